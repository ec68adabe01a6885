"""A renewal that waits for its money is told of when it opens, before the cut-off, and when that has passed."""

from __future__ import annotations

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.interfaces.api import documents
from purveyor.interfaces.api.renewal_shapes import RenewalRow
from purveyor.kernel.money import Money
from tests.scenarios.stage import Json, Stage, new, open_stage
from tests.scenarios.test_notices import mails, person
from tests.support.filled import everything, uuid_of
from tests.support.shop import offer_of

OFFICE = Terms(prepay=True, cut_off_day=26, cut_off_zone="America/Mexico_City", notice_days=(7,))


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-10-10T09:00:00+00:00")
    office = offer_of(stage.shop, "office-1m", terms=OFFICE)
    catalog.set_price(
        **stage.shop.desk, price_list_id=stage.shop.eur.id, offer_id=office.id, price=Money(1000, "EUR")
    )
    stage.pay_in(100_000)
    person(stage, "ines@adler.example", stage.house.id, "admin", "en")
    return stage


def reminded(subscription: str) -> list[tuple[int, str]]:
    """(days before the cut-off, day) of each reminder."""
    rows = everything(
        "SELECT step, noticed_on FROM renewals_notice WHERE subscription_id = %s AND kind = 'pending'"
        " ORDER BY noticed_on",
        uuid_of(subscription),
    )
    return [(step, on.isoformat()) for step, on in rows]


def asked(stage: Stage) -> list[Json]:
    """The mornings' mails that ask for money, not those about free seats."""
    return [one for one in mails(stage, "ines@adler.example") if "/renewals/pending" in one["text"]]


def test_pay_before_the_26th_is_said_on_the_15th_20th_23rd_and_25th(stage: Stage) -> None:
    customer = stage.customer("Erste GmbH", "DE")
    paid, never = (stage.buy(customer, new(2, "office-1m"))["subscriptions"][0] for _ in range(2))
    stage.move("2026-11-09T22:00:00Z")
    assert reminded(never) == []
    stage.move("2026-11-10T06:00:00Z")
    assert reminded(never) == reminded(paid) == [(0, "2026-11-10")]
    (mail,) = asked(stage)
    assert "19.04" in mail["text"]
    rows = stage.reseller.get("/renewals?until=2026-11-30").ok()["data"]
    wanted = next(row["id"] for row in rows if row["subscription"] == paid)
    stage.reseller.post("/renewals/pay", {"renewals": [wanted], "payment_method": "balance"}).ok(status=201)
    # The morning of the 26th is still the 25th in Mexico; the next one tells that it is too late.
    stage.move("2026-11-26T05:30:00Z")
    before = [
        (0, "2026-11-10"),
        (11, "2026-11-15"),
        (6, "2026-11-20"),
        (3, "2026-11-23"),
        (1, "2026-11-25"),
    ]
    assert reminded(never) == before
    stage.move("2026-11-28T12:00:00Z")
    assert reminded(never) == [*before, (-1, "2026-11-27")]
    assert "was to be paid until" in asked(stage)[-1]["text"]
    # What is paid is not asked for again.
    assert reminded(paid) == before[:1]
    assert len(asked(stage)) == 6
    # A program reads who was told, as the console's renewals show it; a customer that does not pay learns nothing.
    rows = stage.reseller.get("/renewals?until=2026-11-30").ok(documents.Listed[RenewalRow])["data"]
    (row,) = [one for one in rows if one["subscription"] == never]
    whole = stage.operator.get(f"/renewals/{row['id']}").ok(RenewalRow)
    assert whole["told"] == row["told"]
    told = [one for one in row["told"] if one["kind"] == "pending"]
    assert [one["step"] for one in told] == [0, 11, 6, 3, 1, -1]
    assert {(one["text"], one["email"], one["role"], one["language"]) for one in told} == {
        ("Waits for its payment", "ines@adler.example", "admin", "en")
    }
    assert told[0]["at"] == "2026-11-10T05:00:00Z"
    (seen,) = stage.key_of(customer).get(f"/renewals?customer={customer}&until=2026-11-30").ok()["data"][:1]
    assert seen["told"] == []
