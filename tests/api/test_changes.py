"""What a change may leave out it may not send as null; what a limit is; which refusals the schema names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from purveyor.interfaces.api import documents, schema
from tests.api.caller import Caller
from tests.api.test_story import GMBH
from tests.support.world import World

By = Callable[..., Caller]


@pytest.mark.parametrize(
    "change",
    [{"name": None}, {"currency": None}, {"bill_to": None}, {"address": None}, {"address": {"city": None}}],
)
def test_null_is_no_change_of_a_customer(world: World, by: By, change: dict[str, Any]) -> None:
    reseller = by("reseller")
    made = reseller.post("/customers", GMBH, key="changed").ok(documents.Customer, 201)
    field = next(iter(change))
    facts = reseller.patch(f"/customers/{made['id']}", change).refused(422, "invalid")
    assert facts["field"].partition(".")[0] == field
    assert reseller.get(f"/customers/{made['id']}").ok() == made


def test_what_may_be_taken_away_is_null(world: World, by: By) -> None:
    reseller = by("reseller")
    address = GMBH["address"] | {"line2": "Hof", "region": "BE"}
    made = reseller.post("/customers", GMBH | {"address": address}).ok(documents.Customer, 201)
    gone = {"vat_number": None, "address": {"line2": None, "region": None}}
    changed = reseller.patch(f"/customers/{made['id']}", gone).ok(documents.Customer)
    assert (changed["vat_number"], changed["address"]) == (None, GMBH["address"])


@pytest.mark.parametrize("limit", ["", "0", "201", "1.0", "%2B5", "5_0", "x", "-1", "٣", "9" * 30])
def test_a_limit_is_digits_from_1_to_200(world: World, by: By, limit: str) -> None:
    assert by("reseller").get(f"/customers?limit={limit}").refused(422, "invalid")["field"] == "limit"


def test_the_schema_names_every_refusal() -> None:
    for path, operations in schema.document()["paths"].items():
        for method, operation in operations.items():
            wanted = {"401", "403", "404", "409", "422", "500", "503"}
            if "requestBody" in operation:
                wanted |= {"413", "415"}
            assert wanted <= set(operation["responses"]), (method, path)
