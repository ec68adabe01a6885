"""Direct debit mandates by the API: a payer's own, all of the operator's, and what is wrong with an account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from purveyor.interfaces.api import documents, mandate_shapes
from purveyor.kernel.ids import show
from tests.api.caller import Caller
from tests.support.world import World, cus

By = Callable[..., Caller]
GIVEN = {"iban": "DE89 3704 0044 0532 0130 00", "name": "Payer", "signed_on": "2026-01-02"}
LIST = documents.Listed[mandate_shapes.MandateOut]


def test_a_payer_sees_and_revokes_its_own(world: World, by: By) -> None:
    reseller, operator = by("reseller"), by("operator")
    made = reseller.post("/mandates", GIVEN | {"payer": show("res", world.shop.houses.first.id)}).ok(
        mandate_shapes.MandateOut, 201
    )
    assert (made["creditor"], made["iban"]) == ("DE98ZZZ09999999999", "DE89370400440532013000")
    by("admin").post("/mandates", GIVEN | {"payer": cus(world.customer)}).ok(status=201)
    assert reseller.get("/mandates").ok(LIST)["data"] == [made]
    assert reseller.get(f"/mandates/{made['id']}").ok(mandate_shapes.MandateOut) == made
    page = operator.get("/mandates?limit=1").ok(LIST)
    rest = operator.get(f"/mandates?limit=1&cursor={page['next_cursor']}").ok(LIST)
    assert [one["payer"] for one in [*page["data"], *rest["data"]]] == [
        cus(world.customer), show("res", world.shop.houses.first.id),
    ]  # fmt: skip
    revoked = reseller.post(f"/mandates/{made['id']}/revoke").ok(mandate_shapes.MandateOut)
    assert revoked["revoked_at"]
    assert reseller.get("/mandates").ok(LIST)["data"] == []
    assert reseller.get("/mandates?status=all").ok(LIST)["data"] == [revoked]
    # Whom it concerns not, and who may not change settings.
    (own,) = by("admin").get("/mandates").ok(LIST)["data"]
    for role in ("reseller", "technician", "sibling", "manager", "other_reseller"):
        by(role).get(f"/mandates/{own['id']}").refused(404, "not_found")
        by(role).post(f"/mandates/{own['id']}/revoke").refused(404, "not_found")


@pytest.mark.parametrize(
    ("iban", "said"),
    [
        ("DE8937040044053201300", {"reason": "iban_length", "expected": 22, "found": 21, "country": "DE"}),
        ("DE89370400440523013000", {"reason": "iban"}),
        ("ZZ89370400440532013000", {"reason": "iban_country", "value": "ZZ"}),
        ("account 5", {"reason": "iban_form"}),
        ("TR330006100519786457841326", {"reason": "iban_not_sepa", "country": "TR"}),
    ],
)
def test_what_is_wrong_with_an_account(world: World, by: By, iban: str, said: dict[str, object]) -> None:
    body = GIVEN | {"payer": cus(world.direct), "iban": iban}
    facts = by("direct").post("/mandates", body).refused(422, "invalid")
    assert facts == {"field": "iban"} | said
