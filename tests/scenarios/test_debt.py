"""A reseller that does not pay: staged, and never at the cost of a customer whose renewals are paid."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.kernel.ids import show
from tests.scenarios.stage import MONTH, Stage, books_closed, new, open_stage, period

Json = dict[str, Any]
RESELLER = "office@example.com"


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2025-03-10T09:00:00+00:00")


@pytest.fixture(scope="module")
def unpaid(stage: Stage) -> str:
    return stage.customer("Schuldner GmbH", "DE", vat_number="DE136695976")


@pytest.fixture(scope="module")
def paid_up(stage: Stage) -> str:
    return stage.customer("Zahler GmbH", "DE", vat_number="DE136695976")


def cases(stage: Stage, status: str = "") -> list[Json]:
    found: list[Json] = stage.operator.get(f"/dunning-cases{f'?status={status}' if status else ''}").ok()[
        "data"
    ]
    return found


def dunned(kinds: list[str]) -> list[str]:
    """What the story is about; other rooms' words stand in their own stories."""
    return [kind for kind in kinds if kind.startswith(("dunning.", "subscription.", "invoice."))]


def invoice_of(stage: Stage, subscription: str) -> Json:
    """The last invoice with a line for it."""
    for row in stage.operator.get("/invoices?limit=200").ok()["data"]:
        whole: Json = stage.operator.get(f"/invoices/{row['id']}").ok()
        if row["kind"] == "invoice" and any(line["subscription"] == subscription for line in whole["lines"]):
            return whole
    raise AssertionError("it was never invoiced")


def test_a_reseller_in_debt(stage: Stage, unpaid: str, paid_up: str) -> None:
    with books_closed(stage):
        stage.pay_in(60_000)
        year = stage.buy(unpaid, new(3))["subscriptions"][0]
        # Another subscription of the same customer, paid for until the summer after.
        stage.move("2026-01-15T09:00:00Z")
        other = stage.buy(unpaid, new(1))["subscriptions"][0]
        stage.move("2026-03-01T09:00:00Z")
        monthly = stage.buy(paid_up, new(2, MONTH))["subscriptions"][0]
        stage.reseller.patch(f"/subscriptions/{monthly}", {"renewal_payment_method": "balance"}).ok()
        the_invoice_falls_overdue(stage, year)
        reminded(stage)
        orders_are_refused(stage, unpaid, paid_up)
        the_subscription_is_suspended(stage, year, other, monthly)
        the_paid_up_customer_goes_on(stage, monthly)
        the_money_comes(stage, year, paid_up)


def the_invoice_falls_overdue(stage: Stage, year: str) -> None:
    stage.move("2026-03-10T09:00:00Z")
    stage.invoiced.append((11520, 0))
    assert period(stage.subscription(year)) == ("2026-03-10", "2027-03-10")
    stage.events()
    stage.move("2026-03-25T09:00:00Z")
    assert dunned(stage.events()) == ["invoice.overdue"]
    (case,) = cases(stage)
    assert (case["status"], case["due_on"], case["open"]["amount"]) == ("none", "2026-03-24", 11520)
    assert [(one["on"], one["action"]) for one in case["steps"]] == [
        ("2026-03-27", "remind"),
        ("2026-03-31", "remind"),
        ("2026-04-03", "final_notice"),
        ("2026-04-03", "block_orders"),
        ("2026-04-10", "suspend"),
        ("2026-05-10", "terminate"),
    ]
    # The reseller sees its own debt, and what happens when.
    assert stage.reseller.get(f"/dunning-cases/{case['id']}").ok() == case


def reminded(stage: Stage) -> None:
    before = len(stage.mails(RESELLER))
    stage.move("2026-03-27T09:00:00Z")
    # In between the paid-up customer's month goes on from the balance (1 April).
    stage.move("2026-04-02T09:00:00Z")
    stage.invoiced.append((800, 0))
    assert [kind for kind in stage.events() if kind.startswith("dunning.")] == ["dunning.reminded"] * 2
    number = cases(stage)[0]["number"]
    mails = [subject for subject in stage.mails(RESELLER)[before:] if number in subject]
    assert mails == [f"Reminder: invoice {number} is not paid"] * 2


def orders_are_refused(stage: Stage, unpaid: str, paid_up: str) -> None:
    stage.buy(paid_up, new(1, MONTH), method="bank_transfer")
    stage.move("2026-04-03T09:00:00Z")
    assert [kind for kind in stage.events() if kind.startswith("dunning.")] == [
        "dunning.final_notice",
        "dunning.orders_blocked",
    ]
    (case,) = cases(stage, "final_notice")
    assert case["blocks_orders"]
    for customer in (unpaid, paid_up):
        quote = stage.quote(customer, new(1))
        body = {"quote": quote["id"], "payment_method": "balance"}
        assert stage.reseller.post("/orders", body).refused(409, "debt_blocks_orders") == {"overdue": 1}
    trial = {"customer": unpaid, "offer": MONTH, "quantity": 1}
    assert stage.reseller.post("/trials", trial).refused(409, "debt_blocks_orders")
    # A customer that pays for itself is not in its reseller's debt.
    own = stage.key_of(paid_up)
    quote = stage.quote(paid_up, new(1, MONTH), by=own)
    order = own.post("/orders", {"quote": quote["id"], "payment_method": "bank_transfer"}).ok(status=201)
    own.post(f"/orders/{order['id']}/cancel").ok()
    final = [subject for subject in stage.mails(RESELLER) if subject.startswith("Final notice")]
    assert final == [f"Final notice: invoice {case['number']} is not paid"]
    stage.events()


def the_subscription_is_suspended(stage: Stage, year: str, other: str, monthly: str) -> None:
    stage.move("2026-04-10T09:00:00Z")
    assert dunned(stage.events()) == ["dunning.suspend_due", "subscription.suspended"]
    found = [stage.subscription(one)["status"] for one in (year, other, monthly)]
    assert found == ["suspended", "active", "active"]
    assert cases(stage)[0]["status"] == "suspended"


def the_paid_up_customer_goes_on(stage: Stage, monthly: str) -> None:
    stage.move("2026-05-02T09:00:00Z")
    stage.invoiced.append((800, 0))
    assert "subscription.renewed" in stage.events()
    found = stage.subscription(monthly)
    assert (found["status"], period(found)) == ("active", ("2026-05-01", "2026-06-01"))


def the_money_comes(stage: Stage, year: str, paid_up: str) -> None:
    debt = invoice_of(stage, year)
    stage.transfer(debt, 11_000, "2026-05-04")
    assert stage.subscription(year)["status"] == "suspended"
    stage.events()
    stage.transfer(debt, 520, "2026-05-05")
    assert dunned(stage.events()) == ["invoice.paid", "dunning.resolved", "subscription.resumed"]
    found = stage.subscription(year)
    assert (found["status"], found["payment_status"]) == ("active", "ok")
    # The term has not moved, and nothing ends on the day that was announced for it.
    assert period(found) == ("2026-03-10", "2027-03-10")
    stage.move("2026-05-11T09:00:00Z")
    assert stage.subscription(year)["status"] == "active"
    assert [one["status"] for one in cases(stage)] == ["resolved"]
    thanks = [subject for subject in stage.mails(RESELLER) if subject.startswith("Thank you")]
    assert len(thanks) == 1
    stage.buy(paid_up, new(1, MONTH))


def test_a_dispute_and_a_promise(stage: Stage, unpaid: str) -> None:
    """Each stops the ladder for its time; nothing is said twice, and nothing comes all at once afterwards."""
    stage.events()
    year = stage.buy(unpaid, new(1), method="bank_transfer")
    stage.transfer(year, 3840, "2026-05-11")
    stage.move("2027-05-11T09:00:00Z")
    subscription = year["subscriptions"][0]
    debt = invoice_of(stage, subscription)
    stage.move("2027-05-29T09:00:00Z")
    case = next(one for one in cases(stage) if one["invoice"] == debt["id"])
    assert case["status"] == "reminded"
    held = stage.operator.post(f"/dunning-cases/{case['id']}/hold", {"reason": "Two seats too many"}).ok()
    assert (held["status"], held["reason"]) == ("on_hold", "Two seats too many")
    stage.reseller.post(f"/dunning-cases/{case['id']}/release").refused(403, "forbidden")
    stage.move("2027-06-15T09:00:00Z")
    assert one_case(stage, case)["status"] == "on_hold"
    back = stage.operator.post(f"/dunning-cases/{case['id']}/release").ok()
    ahead = [(one["on"], one["action"]) for one in back["steps"] if one["on"]]
    assert ahead == [
        ("2027-06-16", "remind"),
        ("2027-06-19", "final_notice"),
        ("2027-06-19", "block_orders"),
        ("2027-06-26", "suspend"),
        ("2027-07-26", "terminate"),
    ]
    stage.move("2027-06-20T09:00:00Z")
    assert one_case(stage, case)["status"] == "final_notice"
    promised = stage.operator.post(f"/dunning-cases/{case['id']}/promise", {"until": "2027-07-05"}).ok()
    assert (promised["status"], promised["promised_until"]) == ("promised", "2027-07-05")
    stage.move("2027-07-05T20:00:00Z")
    assert stage.subscription(subscription)["status"] == "active"
    stage.move("2027-07-06T09:00:00Z")
    assert (one_case(stage, case)["status"], stage.subscription(subscription)["status"]) == (
        "suspended",
        "suspended",
    )
    stage.move("2027-08-06T09:00:00Z")
    assert one_case(stage, case)["status"] == "terminated"
    ended = stage.subscription(subscription)
    assert ended["status"] == "ended"
    stage.operator.post(f"/dunning-cases/{case['id']}/hold", {"reason": "x"}).refused(
        409, "dunning_case_closed"
    )
    number = debt["number"]
    mails = [subject for subject in stage.mails(RESELLER) if number in subject]
    assert mails == [
        f"Invoice {number}",
        f"Invoice {number} is overdue",
        f"Reminder: invoice {number} is not paid",
        f"Reminder: invoice {number} is not paid",
        f"Final notice: invoice {number} is not paid",
        f"Suspended: invoice {number} is not paid",
        f"Ended: invoice {number} was not paid",
    ]


def one_case(stage: Stage, case: Json) -> Json:
    found: Json = stage.operator.get(f"/dunning-cases/{case['id']}").ok()
    return found


def test_a_reseller_has_a_ladder_of_its_own(stage: Stage) -> None:
    reseller = show("res", stage.house.id)
    steps = [
        {"days": 5, "action": "remind", "audience": ["payer", "operator"]},
        {"days": 8, "action": "final_notice", "audience": ["payer"]},
        {"days": 9, "action": "suspend", "audience": []},
    ]
    made = stage.operator.post("/dunning-ladder", {"reseller": reseller, "steps": steps}).ok()
    assert made == {"reseller": reseller, "own": True, "steps": steps}
    assert stage.reseller.get("/dunning-ladder").ok() == made
    stage.reseller.post("/dunning-ladder", {"steps": steps}).refused(403, "forbidden")
    unsound = {"steps": [{"days": 9, "action": "suspend"}]}
    assert stage.operator.post("/dunning-ladder", unsound).refused(422, "invalid")["field"] == "steps"
    reset = stage.operator.post("/dunning-ladder/reset", {"reseller": reseller}).ok()
    assert (reset["own"], [one["days"] for one in reset["steps"]]) == (False, [3, 7, 10, 10, 17, 47])
