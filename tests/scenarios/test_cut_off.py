"""Pay before the 26th: two months that are paid first, and at their end everybody pays in another way.

The offer's day is the 26th in Mexico City, which begins at 06:00 UTC.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock
from purveyor.kernel.money import Money
from tests.scenarios.stage import Json, Stage, books_closed, new, open_stage, period
from tests.support.jobs import run_pending_jobs
from tests.support.shop import START

OFFICE = "office-2m"
# Two seats of 60.00 less 20 %.
NET = 9600
PAID = ["renewal.paid", "subscription.renewed", "invoice.issued", "invoice.paid"]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-09-10T09:00:00+00:00")
    terms = Terms(
        prepay=True,
        cut_off_day=26,
        cut_off_min_days=5,
        cut_off_zone="America/Mexico_City",
        suspend_after_days=3,
        end_after_days=30,
    )
    desk: dict[str, Any] = {"actor": stage.shop.houses.operator, "now": clock.now()}
    offer = catalog.create_offer(
        **desk, plan_id=stage.shop.plan_id, code=OFFICE, term_months=2, terms=terms, available_from=START
    )
    price = Money(6000, "EUR")
    catalog.set_price(**desk, price_list_id=stage.shop.eur.id, offer_id=offer.id, price=price)
    return stage


def renewal(stage: Stage, subscription: str) -> Json:
    """The renewal of this November, as its payer sees it."""
    rows = stage.reseller.get("/renewals?until=2026-12-31&limit=200").ok()["data"]
    found = next(row for row in rows if row["subscription"] == subscription)
    shown: Json = stage.reseller.get(f"/renewals/{found['id']}").ok()
    return shown


def pay(stage: Stage, *rows: Json, method: str = "balance") -> Json:
    body = {"renewals": [row["id"] for row in rows], "payment_method": method}
    order: Json = stage.reseller.post("/renewals/pay", body).ok(status=201)
    return order


def transfer(stage: Stage, row: Json, received_on: str) -> None:
    """Its money arrives at the bank on that day, and is read in now."""
    stage.received.append(row["gross"]["amount"])
    body = {
        "renewal": row["id"],
        "amount": row["gross"],
        "received_on": received_on,
        "reference": row["payment"]["reference"],
    }
    stage.operator.post("/payments", body).ok(status=201)
    run_pending_jobs()


def mail_about(stage: Stage, subject: str) -> Json:
    """The only mail of such a subject."""
    rows = stage.operator.get("/mailbox?limit=200").ok()["data"]
    (found,) = [row for row in rows if subject in row["subject"]]
    mail: Json = found
    return mail


def invoiced(stage: Stage, count: int = 1) -> None:
    stage.invoiced += [(NET, 0)] * count


def test_pay_before_the_26th(stage: Stage) -> None:
    with books_closed(stage):
        customers = [
            stage.customer("Erste GmbH", "DE", vat_number="DE136695976"),
            stage.customer("Zweite GmbH", "DE", vat_number="DE136695976"),
        ]
        stage.pay_in(300_000)
        bought = [stage.buy(customers[place % 2], new(2, OFFICE))["subscriptions"][0] for place in range(8)]
        stage.events()
        all_wait(stage, bought)
        early, late, read_late, suspended, first, second, missed, never = bought
        the_25th_in_time(stage, early)
        the_26th_is_late(stage, late, [read_late, suspended, first, second, missed, never])
        read_in_on_the_28th(stage, read_late)
        two_by_one_transfer(stage, first, second)
        suspended_and_undone(stage, suspended, [missed, never])
        suspended_and_paid_later(stage, missed)
        never_paid(stage, never)


def all_wait(stage: Stage, bought: list[str]) -> None:
    """At the end of the term nothing rolls: each waits with a pro-forma and a reference of its own."""
    upcoming = renewal(stage, bought[0])
    assert (upcoming["status"], upcoming["due_on"]) == ("upcoming", "2026-11-10")
    refused = stage.reseller.post(
        "/renewals/pay", {"renewals": [upcoming["id"]], "payment_method": "balance"}
    )
    refused.refused(409, "renewal_not_open")
    stage.move("2026-11-10T09:00:00Z")
    assert Counter(stage.events()) == {"pro_forma.issued": 8, "renewal.pending": 8}
    rows = [renewal(stage, one) for one in bought]
    assert {row["status"] for row in rows} == {"pending"}
    assert {row["cut_off"] for row in rows} == {"2026-11-26T06:00:00Z"}
    assert {row["net"]["amount"] for row in rows} == {NET}
    assert len({row["payment"]["reference"] for row in rows}) == 8
    assert rows[0]["consequence"] == (
        "Pay by 25 Nov 2026. If nothing comes, it is suspended on 29 Nov 2026 and ends on 26 Dec 2026."
    )
    assert rows[0]["id"] == upcoming["id"]
    waiting = stage.subscription(bought[0])
    assert (waiting["status"], period(waiting)) == ("active", ("2026-09-10", "2026-11-10"))
    pro_forma = stage.reseller.get(f"/invoices/{rows[0]['pro_forma']}").ok()
    assert (pro_forma["kind"], pro_forma["due_on"]) == ("pro_forma", "2026-11-25")
    assert pro_forma["gross"] == rows[0]["gross"]
    more = {"type": "add_seats", "subscription": bought[0], "quantity": 1}
    wish = {"customer": waiting["customer"], "lines": [more]}
    stage.reseller.post("/quotes", wish).refused(409, "period_ended")


def the_25th_in_time(stage: Stage, early: str) -> None:
    stage.move("2026-11-26T05:57:00Z")
    assert stage.events() == []
    before = stage.available()
    order = pay(stage, renewal(stage, early))
    invoiced(stage)
    assert (order["kind"], order["status"], order["quote"]) == ("renewals", "completed", None)
    assert before - stage.available() == NET
    row = renewal(stage, early)
    assert (row["status"], row["on_time"]) == ("paid", True)
    assert period(stage.subscription(early)) == ("2026-11-10", "2027-01-10")
    assert Counter(stage.events()) == Counter([*PAID, "order.placed", "order.completed"])


def the_26th_is_late(stage: Stage, late: str, others: list[str]) -> None:
    stage.move("2026-11-26T06:00:00Z")
    assert stage.events() == ["renewal.at_risk"] * 7
    pay(stage, renewal(stage, late))
    invoiced(stage)
    row = renewal(stage, late)
    assert (row["status"], row["on_time"]) == ("paid", False)
    # Late or not, the term begins where the last one ended.
    assert period(stage.subscription(late)) == ("2026-11-10", "2027-01-10")
    assert {renewal(stage, one)["status"] for one in others} == {"at_risk"}
    assert Counter(stage.events()) == Counter([*PAID, "order.placed", "order.completed"])


def read_in_on_the_28th(stage: Stage, read_late: str) -> None:
    """The bank had it on the 25th."""
    stage.move("2026-11-28T09:00:00Z")
    transfer(stage, renewal(stage, read_late), "2026-11-25")
    invoiced(stage)
    row = renewal(stage, read_late)
    assert (row["status"], row["on_time"]) == ("paid", True)
    assert Counter(stage.events()) == Counter([*PAID, "payment.received", "payable.settled"])


def two_by_one_transfer(stage: Stage, first: str, second: str) -> None:
    """Of two customers, with one reference. What comes on an own reference meanwhile is on the balance."""
    rows = [renewal(stage, first), renewal(stage, second)]
    order = pay(stage, *rows, method="bank_transfer")
    assert (order["status"], order["customer"]) == ("awaiting_payment", None)
    assert order["gross"]["amount"] == 2 * NET
    run_pending_jobs()
    asked = mail_about(stage, "Please transfer")
    assert asked["subject"] == "Please transfer €192.00 for 2 renewals"
    for said in (order["payment"]["reference"], "IBAN: ", "Amount: €192.00", "Erste GmbH: ", "Zweite GmbH: "):
        assert said in asked["text"], said
    assert asked["text"].count("It was to be paid before 26 Nov 2026") == 2
    assert asked["text"].count("€96.00 with VAT.") == 2
    again = {"renewals": [rows[0]["id"]], "payment_method": "balance"}
    refusal = stage.reseller.post("/renewals/pay", again).refused(409, "renewal_not_open")
    assert refusal["order"] == order["id"]
    before = stage.available()
    transfer(stage, rows[0], "2026-11-28")
    assert stage.available() - before == NET
    stage.transfer(order, 2 * NET, "2026-11-27")
    invoiced(stage, 2)
    assert stage.reseller.get(f"/orders/{order['id']}").ok()["status"] == "completed"
    done = [renewal(stage, first), renewal(stage, second)]
    assert {(row["status"], row["on_time"]) for row in done} == {("paid", False)}
    assert len({row["invoice"] for row in done}) == 2
    thanks = mail_about(stage, "renewals are paid")
    assert "Your transfer of" in thanks["text"]
    assert "on your balance" not in thanks["text"]
    assert Counter(stage.events()) == Counter(
        [*PAID * 2, "order.placed", "order.completed", "payment.received", "payment.received",
         "balance.deposited", "payable.settled"]
    )  # fmt: skip


def suspended_and_undone(stage: Stage, suspended: str, others: list[str]) -> None:
    """Suspended on the 29th; the transfer of the 25th is read in on the 30th and undoes it."""
    stage.move("2026-11-29T09:00:00Z")
    assert Counter(stage.events()) == {"subscription.suspended": 3, "renewal.missed": 3}
    assert {renewal(stage, one)["status"] for one in [suspended, *others]} == {"missed"}
    assert stage.subscription(suspended)["status"] == "suspended"
    stage.move("2026-11-30T09:00:00Z")
    transfer(stage, renewal(stage, suspended), "2026-11-25")
    invoiced(stage)
    row = renewal(stage, suspended)
    assert (row["status"], row["on_time"]) == ("paid", True)
    assert stage.subscription(suspended)["status"] == "active"
    assert Counter(stage.events()) == Counter(
        [*PAID, "subscription.resumed", "payment.received", "payable.settled"]
    )


def suspended_and_paid_later(stage: Stage, missed: str) -> None:
    stage.move("2026-12-05T09:00:00Z")
    transfer(stage, renewal(stage, missed), "2026-12-04")
    invoiced(stage)
    row = renewal(stage, missed)
    assert (row["status"], row["on_time"]) == ("paid", False)
    assert row["consequence"] == "Paid late. The new term began on 10 Nov 2026 all the same."
    assert stage.subscription(missed)["status"] == "active"
    assert period(stage.subscription(missed)) == ("2026-11-10", "2027-01-10")
    issued = stage.invoices()[-1]
    assert (issued["issued_on"], issued["status"]) == ("2026-12-05", "paid")
    assert Counter(stage.events()) == Counter(
        [*PAID, "subscription.resumed", "payment.received", "payable.settled"]
    )


def never_paid(stage: Stage, never: str) -> None:
    row = renewal(stage, never)
    stage.move("2026-12-26T05:00:00Z")
    assert stage.events() == []
    stage.move("2026-12-26T06:00:00Z")
    assert Counter(stage.events()) == {"subscription.ended": 1, "renewal.ended": 1}
    ended = renewal(stage, never)
    assert (ended["status"], ended["consequence"]) == (
        "ended",
        "Ended because the renewal of 10 Nov 2026 was not paid.",
    )
    assert stage.subscription(never)["status"] == "ended"
    assert stage.operator.get(f"/invoices/{row['pro_forma']}").ok()["status"] == "cancelled"
    # Money that comes after all is the payer's.
    before = stage.available()
    transfer(stage, row, date(2026, 12, 27).isoformat())
    assert stage.available() - before == NET
    assert stage.subscription(never)["status"] == "ended"
