"""Orders above a credit limit go on by themselves, the oldest first, whatever brings the reseller below it again."""

from __future__ import annotations

import pytest

from purveyor.kernel.ids import show
from tests.scenarios.stage import MONTH, Json, Stage, more, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs

SEAT = 400
RESELLER = "office@example.com"
GOES_ON = "An order goes on: there is room below your credit limit"


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    """A house that gathers, may owe 80.00, and has 60 days for its invoices."""
    stage = open_stage("2026-03-02T09:00:00+00:00")
    house = f"/resellers/{show('res', stage.house.id)}"
    stage.operator.patch(house, {"gathering_allowed": True, "gathered_due_days": 60}).ok()
    stage.reseller.patch(house, {"billing_mode": "gathered"}).ok()
    return stage


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Kredit GmbH", "DE", bill_to="reseller")


def limit(stage: Stage, amount: int) -> None:
    stage.operator.put(
        f"/resellers/{show('res', stage.house.id)}/credit", {"currency": "EUR", "amount": amount}
    ).ok()
    run_pending_jobs()


def bought(stage: Stage, customer: str, seats: int) -> Json:
    """An order on account, which never renews; or one that waits."""
    order = stage.buy(customer, new(seats, MONTH), method="bank_transfer")
    for one in order["subscriptions"] if order["status"] == "completed" else ():
        stage.reseller.patch(f"/subscriptions/{one}", {"auto_renew": False}).ok()
    return order


def states(stage: Stage, *orders: Json) -> list[str]:
    return [stage.reseller.get(f"/orders/{one['id']}").ok()["status"] for one in orders]


def told(stage: Stage) -> list[tuple[str, int]]:
    """What became of each order that went on, and how many waited on then, oldest first."""
    return everything(
        "SELECT payload->>'status', (payload->>'still_waiting')::int FROM infra_event WHERE kind = 'order.released'"
        " ORDER BY id"
    )


def test_whatever_makes_room(stage: Stage, customer: str) -> None:
    limit(stage, 20 * SEAT)
    first, second = two_months(stage, customer)
    third, fourth, fifth = (bought(stage, customer, seats) for seats in (5, 10, 1))
    assert states(stage, third, fourth, fifth) == ["on_hold"] * 3
    # Part of one invoice is paid: not enough yet, then enough for the oldest.
    stage.transfer(first, 1000, "2026-05-01")
    assert (states(stage, third), told(stage)) == (["on_hold"], [])
    stage.transfer(first, 1000, "2026-05-02")
    assert states(stage, third, fourth, fifth) == ["completed", "on_hold", "on_hold"]
    assert told(stage) == [("completed", 2)]
    assert stage.mails(RESELLER).count(GOES_ON) == 1
    # Another invoice is paid.
    stage.transfer(second, 10 * SEAT, "2026-05-02")
    assert states(stage, fourth, fifth) == ["completed", "on_hold"]
    # What is open is credited.
    line = stage.operator.get(f"/invoices/{first['id']}").ok()["lines"][0]["id"]
    body = {
        "invoice": first["id"],
        "lines": [{"line": line, "quantity": 1}],
        "refund_to": "balance",
        "reason": "one too many",
    }
    note = stage.operator.post("/credit-notes", body).ok(status=201)
    run_pending_jobs()
    assert states(stage, fifth) == ["completed"]
    assert told(stage) == [("completed", 2), ("completed", 1), ("completed", 0)]
    a_raised_limit_and_less_on_account(stage, customer, fourth["subscriptions"][0])
    all_is_paid(stage, first, note)


def two_months(stage: Stage, customer: str) -> list[Json]:
    """Two gathered invoices of ten seats each: all that it may owe."""
    assert bought(stage, customer, 10)["on_account"]
    stage.move("2026-04-01T09:00:00Z")
    assert bought(stage, customer, 10)["on_account"]
    stage.move("2026-05-01T09:00:00Z")
    found = [one for one in stage.invoices() if one["customer"] is None]
    assert [one["gross"]["amount"] for one in found] == [10 * SEAT] * 2
    return found


def a_raised_limit_and_less_on_account(stage: Stage, customer: str, subscription: str) -> None:
    """The oldest first: a smaller order waits behind it, until it is cancelled."""
    sixth = stage.buy(customer, more(subscription, 10), method="bank_transfer")
    assert states(stage, sixth) == ["on_hold"]
    limit(stage, 30 * SEAT)
    assert states(stage, sixth) == ["completed"]
    seventh, eighth = (bought(stage, customer, seats) for seats in (2, 1))
    back = f"/subscriptions/{subscription}/take-back"
    stage.reseller.post(back, {"quantity": 1}).ok()
    run_pending_jobs()
    assert states(stage, seventh, eighth) == ["on_hold"] * 2
    stage.reseller.post(f"/orders/{seventh['id']}/cancel").ok()
    run_pending_jobs()
    assert states(stage, eighth) == ["completed"]
    ninth = bought(stage, customer, 3)
    assert states(stage, ninth) == ["on_hold"]
    stage.reseller.post(back, {"quantity": 3}).ok()
    run_pending_jobs()
    assert states(stage, ninth) == ["completed"]
    assert stage.mails(RESELLER).count(GOES_ON) == 6


def all_is_paid(stage: Stage, first: Json, note: Json) -> None:
    rest = stage.operator.get(f"/invoices/{first['id']}").ok()["open"]["amount"]
    assert rest == 10 * SEAT - 2000 - note["gross"]["amount"]
    stage.transfer(first, rest, "2026-05-03")
    stage.move("2026-06-01T09:00:00Z")
    bill = stage.invoices()[-1]
    stage.transfer(bill, bill["gross"]["amount"], "2026-06-01")
    assert everything("SELECT count(*) FROM sales_order WHERE status = 'on_hold'") == [(0,)]
