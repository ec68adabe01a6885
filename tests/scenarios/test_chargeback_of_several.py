"""One card payment for several renewals is charged back: each invoice that it paid is owed again, and dunned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock
from purveyor.interfaces.doubles.card import CardDouble
from purveyor.kernel.ids import read
from purveyor.kernel.money import Money
from tests.scenarios.stage import MONTH, Json, Stage, new, open_stage
from tests.support.cards import GOOD, Holder, card_provider, do_due, tell
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.shop import START

FIRST = "office-1m"
CASES = "SELECT invoice_id, status FROM payments_dunningcase"


@pytest.fixture(scope="module")
def double(db: object) -> Iterator[CardDouble]:
    with card_provider() as found:
        yield found


@pytest.fixture(scope="module")
def stage(double: CardDouble) -> Stage:
    stage = open_stage("2026-03-10T09:00:00+00:00")
    stage.pay_in(100_000)
    desk: dict[str, Any] = {"actor": stage.shop.houses.operator, "now": clock.now()}
    offer = catalog.create_offer(
        **desk,
        plan_id=stage.shop.plan_id,
        code=FIRST,
        term_months=1,
        terms=Terms(prepay=True),
        available_from=START,
    )
    price = Money(1000, "EUR")
    catalog.set_price(**desk, price_list_id=stage.shop.eur.id, offer_id=offer.id, price=price)
    return stage


def renewal(stage: Stage, subscription: str) -> Json:
    """The newest one whose day has come."""
    rows = stage.reseller.get(f"/renewals?until={clock.business_date(clock.now())}&limit=200").ok()["data"]
    found: Json = next(row for row in rows if row["subscription"] == subscription)
    return found


def paid_together(stage: Stage, double: CardDouble, *rows: Json) -> tuple[Json, str]:
    """The order, paid on the provider's page, and the charge."""
    body = {"renewals": [row["id"] for row in rows], "payment_method": "card"}
    order: Json = stage.reseller.post("/renewals/pay", body).ok(status=201)
    Holder().pay(order["payment"]["url"], GOOD)
    do_due()
    tell(double)
    order = stage.reseller.get(f"/orders/{order['id']}").ok()
    assert order["status"] == "completed"
    for one in order["subscriptions"]:
        stage.reseller.patch(f"/subscriptions/{one}", {"auto_renew": False}).ok()
    return order, list(double.world.db["payment_intents"])[-1]


def invoices_of(stage: Stage, *subscriptions: str) -> list[Json]:
    """The newest invoice of each."""
    found = {line["subscription"]: one for one in stage.invoices() for line in one["lines"]}
    return [found[one] for one in subscriptions]


def owed(stage: Stage, *subscriptions: str) -> list[int]:
    return [one["open"]["amount"] for one in invoices_of(stage, *subscriptions)]


def cases(stage: Stage, *subscriptions: str) -> list[str]:
    found = dict(everything(CASES))
    return [found[read("inv", one["id"])] for one in invoices_of(stage, *subscriptions)]


def test_each_is_owed_again_and_dunned(stage: Stage, double: CardDouble) -> None:
    """Two invoices, of one a part was paid by transfer, and a renewal that was paid before its invoice."""
    customer = stage.customer("Mehrere GmbH", "DE", vat_number="DE136695976")
    some, other = (stage.buy(customer, new(3, MONTH))["subscriptions"][0] for _ in range(2))
    ahead = stage.buy(customer, new(2, FIRST))["subscriptions"][0]
    every = (some, other, ahead)
    stage.move("2026-04-10T09:00:00Z")
    (part,) = invoices_of(stage, some)
    stage.transfer(part, 200, "2026-04-10")
    order, charge = paid_together(stage, double, *(renewal(stage, one) for one in every))
    assert order["gross"]["amount"] == 1000 + 1200 + 1600
    assert owed(stage, *every) == [0, 0, 0]
    before = stage.available()

    with double.lock:
        dispute = double.world.dispute(charge)
    tell(double, twice=True, shuffled=True)
    assert owed(stage, *every) == [1000, 1200, 1600]
    assert stage.available() == before
    told = everything(
        "SELECT jsonb_array_length(payload->'invoice_ids') FROM infra_event WHERE kind = 'dispute.opened'"
    )
    assert told == [(3,)]
    stage.move("2026-05-20T09:00:00Z")
    assert cases(stage, *every) == ["on_hold"] * 3

    # One is paid again meanwhile; the dispute is lost, and the others are dunned.
    again = invoices_of(stage, other)[0]
    stage.transfer(again | {"payment": asked(stage, again)}, 1200, "2026-05-20")
    assert owed(stage, *every) == [1000, 0, 1600]
    with double.lock:
        double.world.close_dispute(dispute["id"], "lost")
    tell(double, twice=True)
    stage.move("2026-05-21T09:00:00Z")
    assert cases(stage, *every) == ["reminded", "resolved", "reminded"]
    for one in (some, ahead):
        (invoice,) = invoices_of(stage, one)
        stage.transfer(invoice | {"payment": asked(stage, invoice)}, invoice["open"]["amount"], "2026-05-22")
    assert cases(stage, *every) == ["resolved"] * 3
    assert owed(stage, *every) == [0, 0, 0]


def asked(stage: Stage, invoice: Json) -> Json:
    """What asks for its money now."""
    rows = everything(
        "SELECT reference FROM payments_payable WHERE subject_id = %s AND status IN ('open', 'partially_paid')",
        read("inv", invoice["id"]),
    )
    return {"reference": rows[0][0]}


def test_a_won_one_pays_each_again(stage: Stage, double: CardDouble) -> None:
    """What nobody paid meanwhile is paid by the money that is back; the rest goes to the balance."""
    customer = stage.customer("Gewonnen GmbH", "DE", vat_number="DE136695976")
    every = tuple(stage.buy(customer, new(seats, MONTH))["subscriptions"][0] for seats in (1, 2, 3))
    end = stage.subscription(every[0])["period"]["end"]
    stage.move(f"{end}T09:00:00Z")
    _, charge = paid_together(stage, double, *(renewal(stage, one) for one in every))
    with double.lock:
        dispute = double.world.dispute(charge)
    tell(double)
    assert owed(stage, *every) == [400, 800, 1200]
    before = stage.available()
    (second,) = invoices_of(stage, every[1])
    stage.transfer(second | {"payment": asked(stage, second)}, 800, end)
    with double.lock:
        double.world.close_dispute(dispute["id"], "won")
    tell(double, twice=True, shuffled=True)
    run_pending_jobs()
    assert owed(stage, *every) == [0, 0, 0]
    assert stage.available() == before + 800
