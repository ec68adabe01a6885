"""Bank transfers as they really arrive: in parts, too much, too late, or never."""

from __future__ import annotations

import pytest

from tests.scenarios.stage import MONTH, Stage, books_closed, more, new, open_stage, period

ORDERED = ["pro_forma.issued", "order.placed"]
SETTLED = ["payment.received", "payable.settled"]
COMPLETED = ["subscription.activated", "invoice.issued", "invoice.paid", "order.completed"]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-02T09:00:00+00:00")


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    made = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
    stage.events()
    return made


def test_a_month_of_transfers(stage: Stage, customer: str) -> None:
    with books_closed(stage):
        pending_then_in_parts(stage, customer)
        too_much(stage, customer)
        never(stage, customer)
        too_late_for_its_term(stage, customer)


def pending_then_in_parts(stage: Stage, customer: str) -> None:
    """Nothing is active and no invoice exists until the last cent is there; the period begins on that day."""
    order = stage.buy(customer, new(2), method="bank_transfer")
    assert (order["status"], order["gross"]["amount"]) == ("awaiting_payment", 7680)
    assert order["pro_forma"]["number"] == "2026-R001-PF-000001"
    assert (order["payment"]["reference"][:2], order["payment"]["amount"]["amount"]) == ("RF", 7680)
    assert stage.events() == ORDERED
    stage.move("2026-03-09T09:00:00Z")
    assert stage.subscription(order["subscriptions"][0])["status"] == "awaiting_payment"
    stage.transfer(order, 7000, "2026-03-09")
    assert stage.events() == ["payment.received"]
    assert stage.reseller.get(f"/orders/{order['id']}").ok()["status"] == "awaiting_payment"
    assert stage.invoices() == []
    stage.move("2026-03-10T09:00:00Z")
    stage.transfer(order, 680, "2026-03-10")
    assert stage.events() == [*SETTLED, *COMPLETED]
    stage.invoiced.append((7680, 0))
    done = stage.reseller.get(f"/orders/{order['id']}").ok()
    assert (done["status"], done["invoice"]["number"]) == ("completed", "2026-R001-000001")
    found = stage.subscription(order["subscriptions"][0])
    assert (found["status"], period(found)) == ("active", ("2026-03-10", "2027-03-10"))
    assert stage.available() == 0


def too_much(stage: Stage, customer: str) -> None:
    """What is over goes to the payer's balance, and pays the next order."""
    order = stage.buy(customer, new(1), method="bank_transfer")
    stage.events()
    paid = stage.transfer(order, 5000, "2026-03-10")
    assert (paid["allocated"]["amount"], paid["to_balance"]["amount"]) == (3840, 1160)
    assert stage.events() == [*SETTLED, "balance.deposited", *COMPLETED]
    stage.invoiced.append((3840, 0))
    assert stage.available() == 1160
    # The same money once more is nobody's order's any more: all of it is the payer's.
    again = stage.transfer(order, 40, "2026-03-11")
    assert (again["allocated"]["amount"], again["to_balance"]["amount"]) == (0, 40)
    assert stage.events() == ["payment.received", "balance.deposited"]
    stage.buy(customer, new(3, MONTH))
    assert stage.available() == 0
    assert stage.events() == ["order.placed", *COMPLETED]


def never(stage: Stage, customer: str) -> None:
    """An order that is not paid is cancelled, with its subscription; money that comes all the same is kept."""
    order = stage.buy(customer, new(1, MONTH), method="bank_transfer")
    stage.events()
    stage.reseller.post(f"/orders/{order['id']}/cancel").ok()
    assert stage.events() == ["subscription.ended", "order.cancelled"]
    assert stage.subscription(order["subscriptions"][0])["status"] == "cancelled"
    stage.transfer(order, 400, "2026-03-10")
    assert stage.events() == ["payment.received", "balance.deposited"]
    assert stage.available() == 400
    assert stage.subscription(order["subscriptions"][0])["status"] == "cancelled"


def too_late_for_its_term(stage: Stage, customer: str) -> None:
    """Money for seats in a term that is over buys nothing: it waits on the balance, and the order says why."""
    running = stage.buy(customer, new(1, MONTH))
    stage.reseller.patch(f"/subscriptions/{running['subscriptions'][0]}", {"auto_renew": False}).ok()
    order = stage.buy(customer, more(running["subscriptions"][0], 1), method="bank_transfer")
    stage.events()
    stage.move("2026-04-09T22:30:00Z")
    # The monthly term of the story before was to go on, and asked for a transfer.
    stage.invoiced.append((1200, 0))
    assert stage.subscription(running["subscriptions"][0])["status"] == "ended"
    stage.events()
    stage.transfer(order, 400, "2026-04-10")
    assert stage.events() == [*SETTLED, "order.held", "balance.deposited"]
    held = stage.reseller.get(f"/orders/{order['id']}").ok()
    assert (held["status"], held["hold_reason"]) == ("on_hold", "subscription_not_active")
    assert stage.available() == 400
