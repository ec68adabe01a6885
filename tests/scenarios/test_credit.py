"""What was invoiced wrongly is credited: seats, debts, money on its way back, and never more than there was."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.infra import clock
from purveyor.interfaces.api import papers
from purveyor.kernel.ids import read, show
from purveyor.payments import commands as payments
from purveyor.payments.types_refunds import RefundOutcome
from tests.scenarios.stage import Json, Stage, check_numbers, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2025-03-10T09:00:00+00:00")
    stage.pay_in(500_000)
    return stage


@pytest.fixture(scope="module")
def swede(stage: Stage) -> str:
    """A customer at home: VAT of 25 percent."""
    return stage.customer("Kund AB", "SE", "111 29")


def invoice_of(stage: Stage, order: Json) -> Json:
    found: Json = stage.operator.get(f"/invoices/{order['invoice']['id']}").ok(papers.Invoice)
    return found


def body(invoice: Json, *quantities: int, to: str = "balance", **more: Any) -> Json:
    """A credit note over so many seats of each line, in order."""
    lines = [
        {"line": line["id"], "quantity": quantity}
        for line, quantity in zip(invoice["lines"], quantities, strict=False)
        if quantity
    ]
    return {"invoice": invoice["id"], "lines": lines, "refund_to": to, "reason": "Ordered by mistake"} | more


def credit(stage: Stage, invoice: Json, *quantities: int, **more: Any) -> Json:
    made: Json = stage.operator.post("/credit-notes", body(invoice, *quantities, **more)).ok(
        papers.Invoice, status=201
    )
    run_pending_jobs()
    return made


def refunds(stage: Stage, note: Json) -> list[Json]:
    rows = stage.operator.get("/refunds").ok()["data"]
    return [row for row in rows if row["credit_note"] == note["id"]]


def amounts(document: Json) -> tuple[int, int, int]:
    return document["net"]["amount"], document["vat"]["amount"], document["gross"]["amount"]


def finish(stage: Stage, refund: Json, outcome: RefundOutcome, **more: str) -> None:
    payments.finish_refund(
        actor=stage.shop.houses.operator,
        now=clock.now(),
        refund_id=read("ref", refund["id"]),
        outcome=outcome,
        **more,
    )
    run_pending_jobs()


def test_three_of_ten_seats(stage: Stage, swede: str) -> None:
    """They end at once, their money is on the balance, and the rest of the invoice stands."""
    order = stage.buy(swede, new(10))
    (subscription,) = order["subscriptions"]
    for name in "abcdefgh":
        stage.reseller.post(
            f"/subscriptions/{subscription}/assignments", {"email": f"{name}@kund.example"}
        ).ok(status=201)
    invoice, before = invoice_of(stage, order), stage.available()
    assert amounts(invoice) == (38400, 9600, 48000)
    # Eight of ten seats are taken: three cannot go.
    refused = stage.operator.post("/credit-notes", body(invoice, 3, end_seats=True)).refused(
        409, "seats_in_use"
    )
    assert (refused["wanted"], refused["assigned"]) == (7, 8)
    assert invoice_of(stage, order)["credit_notes"] == []
    (seat, *_) = stage.reseller.get(f"/subscriptions/{subscription}/assignments").ok()["data"]
    stage.reseller.call("DELETE", f"/assignments/{seat['id']}").ok(status=204)
    stage.events()

    note = credit(stage, invoice, 3, end_seats=True)
    assert (note["kind"], note["status"], note["number"][9:]) == ("credit_note", "paid", "-CN-000001")
    assert amounts(note) == (11520, 2880, 14400)
    assert (note["answers"]["number"], note["reason"]) == (invoice["number"], "Ordered by mistake")
    assert note["lines"][0]["answers"] == invoice["lines"][0]["id"]
    assert "3 of 10 seats" in note["lines"][0]["explanation"]
    assert stage.subscription(subscription)["quantity"] == 7
    assert stage.available() - before == 14400
    assert [row["status"] for row in refunds(stage, note)] == ["done"]
    again = invoice_of(stage, order)
    assert (again["status"], again["open"]["amount"], again["lines"][0]["credited_quantity"]) == (
        "paid",
        0,
        3,
    )
    assert [one["number"] for one in again["credit_notes"]] == [note["number"]]
    told = stage.events()
    assert {"credit_note.issued", "subscription.seats_removed", "balance.deposited"} <= set(told)
    assert any("credit note" in subject.lower() for subject in stage.mails("office@example.com"))
    check_numbers()


def test_two_credits_never_exceed_the_line(stage: Stage, swede: str) -> None:
    invoice = invoice_of(stage, stage.buy(swede, new(7, "lockbox-business-1m")))
    first = credit(stage, invoice, 3)
    refused = stage.operator.post("/credit-notes", body(invoice, 5)).refused(409, "credit_exceeds_line")
    assert (refused["left"], refused["wanted"]) == (4, 5)
    second = credit(stage, invoice, 4)
    assert [a + b for a, b in zip(amounts(first), amounts(second), strict=True)] == list(amounts(invoice))
    facts = stage.operator.post("/credit-notes", body(invoice, 1)).refused(409, "credit_exceeds_line")
    assert facts["left"] == 0


def test_all_seats_end_the_subscription(stage: Stage, swede: str) -> None:
    order = stage.buy(swede, new(2))
    note = credit(stage, invoice_of(stage, order), 2, end_seats=True)
    assert amounts(note) == amounts(invoice_of(stage, order))
    assert stage.subscription(order["subscriptions"][0])["status"] == "ended"


def test_the_same_key_twice_is_one_credit_note(stage: Stage, swede: str) -> None:
    invoice = invoice_of(stage, stage.buy(swede, new(2)))
    first = stage.operator.post("/credit-notes", body(invoice, 1), key="c-1").ok(status=201)
    again = stage.operator.post("/credit-notes", body(invoice, 1), key="c-1").ok(status=201)
    assert first == again
    stage.operator.post("/credit-notes", body(invoice, 2), key="c-1").refused(422, "idempotency_key_reused")
    (note,) = stage.operator.get(f"/invoices/{invoice['id']}").ok()["credit_notes"]
    assert note["id"] == first["id"]


def test_who_may_not(stage: Stage, swede: str) -> None:
    invoice = invoice_of(stage, stage.buy(swede, new(1)))
    stage.reseller.post("/credit-notes", body(invoice, 1)).refused(403, "forbidden")
    stage.operator.post("/credit-notes", body(invoice, 1, to="elsewhere")).refused(422, "invalid")
    twice = body(invoice, 1) | {"lines": body(invoice, 1)["lines"] * 2}
    stage.operator.post("/credit-notes", twice).refused(422, "invalid")
    note = credit(stage, invoice, 1)
    stage.operator.post("/credit-notes", body(note, 1)).refused(409, "document_not_creditable")


def test_back_to_where_a_transfer_came_from(stage: Stage, swede: str) -> None:
    """The money waits for the bank; once it has left, the credit note is settled. One that fails is on the balance."""
    order = stage.buy(swede, new(4), method="bank_transfer")
    stage.transfer(order, order["gross"]["amount"], "2025-03-10")
    order = stage.reseller.get(f"/orders/{order['id']}").ok()
    invoice, before = invoice_of(stage, order), stage.available()
    note = credit(stage, invoice, 1, to="source")
    assert (note["status"], note["paid"]["amount"], note["open"]["amount"]) == ("issued", 0, 4800)
    (refund,) = refunds(stage, note)
    assert (refund["method"], refund["status"], refund["amount"]["amount"]) == (
        "bank_transfer",
        "pending",
        4800,
    )
    assert stage.available() == before
    finish(stage, refund, "sent", provider_id="P-1")
    finish(stage, refund, "done")
    finish(stage, refund, "done")
    assert stage.operator.get(f"/invoices/{note['id']}").ok()["status"] == "paid"
    assert stage.available() == before
    failing = credit(stage, invoice, 2, to="source")
    (refund,) = refunds(stage, failing)
    finish(stage, refund, "failed", reason="account closed")
    assert stage.available() - before == 9600
    assert stage.operator.get(f"/invoices/{failing['id']}").ok()["status"] == "paid"
    # Three of the four seats' money is back already: no more than the fourth can follow.
    rest = credit(stage, invoice, 1, to="source")
    assert [row["amount"]["amount"] for row in refunds(stage, rest)] == [4800]


def test_what_came_from_the_balance_goes_back_there(stage: Stage, swede: str) -> None:
    invoice, before = invoice_of(stage, stage.buy(swede, new(1))), stage.available()
    note = credit(stage, invoice, 1, to="source")
    assert [row["method"] for row in refunds(stage, note)] == ["balance"]
    assert stage.available() - before == 4800


def test_one_customer_of_a_gathered_invoice(stage: Stage) -> None:
    """Its lines are many customers'; a credit note takes back one's, and says whose."""
    house = f"/resellers/{show('res', stage.house.id)}"
    stage.operator.patch(house, {"gathering_allowed": True}).ok()
    stage.reseller.patch(house, {"billing_mode": "gathered"}).ok()
    for name in ("Ett AB", "Tva AB"):
        customer = stage.customer(name, "SE", "111 29", bill_to="reseller")
        assert stage.buy(customer, new(4), method="bank_transfer")["on_account"]
    stage.move("2025-04-02T09:00:00Z")
    (invoice,) = [one for one in stage.invoices() if one["customer"] is None]
    names = [line["customer_name"] for line in invoice["lines"]]
    assert names == ["Ett AB", "Tva AB"]
    note = credit(stage, invoice, 0, 3, end_seats=True)
    assert note["customer"] is None
    (line,) = note["lines"]
    assert (line["customer_name"], line["quantity"], line["net"]["amount"]) == ("Tva AB", 3, 3 * 3840)
    assert stage.subscription(line["subscription"])["quantity"] == 1
    again = stage.operator.get(f"/invoices/{invoice['id']}").ok()
    assert again["open"]["amount"] == invoice["gross"]["amount"] - note["gross"]["amount"]
    assert stage.reseller.get(f"/invoices/{note['id']}/pdf").raw.startswith(b"%PDF-1.7")
    assert b"381" in stage.reseller.get(f"/invoices/{note['id']}/xml").raw
    stage.transfer(invoice, again["open"]["amount"], "2025-04-02")
    assert stage.operator.get(f"/invoices/{invoice['id']}").ok()["status"] == "paid"
    stage.reseller.patch(house, {"billing_mode": "at_once"}).ok()


@pytest.fixture(scope="module")
def renewed(stage: Stage, swede: str) -> list[Json]:
    """Three renewals a year later, to be paid by transfer: their invoices are open."""
    orders = [stage.buy(swede, new(quantity)) for quantity in (3, 4, 5)]
    stage.move("2026-04-02T09:00:00Z")
    wanted = {order["subscriptions"][0] for order in orders}
    found = [one for one in stage.invoices() if one["lines"][0]["subscription"] in wanted]
    opened = [one for one in found if one["open"]["amount"]]
    assert [one["status"] for one in opened] == ["issued"] * 3
    return sorted(opened, key=lambda one: one["gross"]["amount"])


def test_full_credit_of_an_unpaid_invoice(stage: Stage, renewed: list[Json]) -> None:
    """It owes nothing any more, nothing goes back, and its reminders end."""
    invoice, before = renewed[0], stage.available()
    stage.move("2026-04-20T09:00:00Z")
    (case,) = [
        one for one in stage.operator.get("/dunning-cases").ok()["data"] if one["invoice"] == invoice["id"]
    ]
    assert case["status"] == "reminded"
    note = credit(stage, invoice, 3)
    assert amounts(note) == amounts(invoice)
    assert refunds(stage, note) == []
    assert stage.available() == before
    again = stage.operator.get(f"/invoices/{invoice['id']}").ok()
    assert (again["status"], again["paid"]["amount"], again["credited"], again["open"]["amount"]) == (
        "paid", 0, invoice["gross"], 0,
    )  # fmt: skip
    assert stage.operator.get(f"/dunning-cases/{case['id']}").ok()["status"] == "resolved"


def test_credit_of_a_partly_paid_invoice(stage: Stage, renewed: list[Json]) -> None:
    """What is open goes first, the rest of the credit was paid."""
    invoice, before = renewed[1], stage.available()
    gross = invoice["gross"]["amount"]
    stage.transfer(invoice, gross - 3000, "2026-04-19")
    note = credit(stage, invoice, 1)
    assert note["gross"]["amount"] == gross // 4
    again = stage.operator.get(f"/invoices/{invoice['id']}").ok()
    assert (again["status"], again["credited"]["amount"], again["open"]["amount"]) == ("paid", 3000, 0)
    assert stage.available() - before == gross // 4 - 3000


def test_money_after_a_credit(stage: Stage, renewed: list[Json]) -> None:
    """The transfer of the old amount pays what is left, and the rest is the payer's."""
    invoice, before = renewed[2], stage.available()
    credit(stage, invoice, 2)
    half = stage.operator.get(f"/invoices/{invoice['id']}").ok()
    assert half["open"]["amount"] == invoice["gross"]["amount"] * 3 // 5
    stage.transfer(invoice, invoice["gross"]["amount"], "2026-04-20")
    again = stage.operator.get(f"/invoices/{invoice['id']}").ok()
    assert (again["status"], again["paid"]) == ("paid", half["open"])
    assert stage.available() - before == invoice["gross"]["amount"] * 2 // 5


def owed_in_the_books(stage: Stage) -> int:
    sums = everything(
        "SELECT coalesce(sum(e.amount), 0) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        f" WHERE a.kind = 'receivable' AND a.party_id = '{stage.house.id}'"
    )
    return int(sums[0][0])


def test_the_statement_closes_with_the_books(stage: Stage, renewed: list[Json]) -> None:
    """Month by month each begins where the last one ended, and the last one ends with what is owed by the books."""
    closing = 0
    for first, last in (
        ("2025-03-01", "2025-03-31"), ("2025-04-01", "2026-02-28"), ("2026-03-01", "2026-12-31"),
    ):  # fmt: skip
        path = f"/statement?from={first}&until={last}"
        (account,) = stage.reseller.get(path).ok(papers.Statement)["accounts"]
        assert account["opening"]["amount"] == closing
        closing = account["closing"]["amount"]
        parts = ("opening", "invoices", "credit_notes", "payments", "refunds")
        assert sum(account[name]["amount"] for name in parts) == closing
        assert (
            closing == ([account["opening"]] + [line["balance"] for line in account["lines"]])[-1]["amount"]
        )
        documents = {line["kind"] for line in account["lines"] if line["document"] is None}
        assert documents <= {"payment", "payment_withdrawn"}, account["lines"]
        same = stage.operator.get(f"{path}&organization={show('res', stage.house.id)}").ok()
        assert same["accounts"] == [account]
        csv = stage.reseller.get(f"{path}&format=csv")
        assert csv.headers["Content-Type"].startswith("text/csv")
        assert len(csv.raw.decode().splitlines()) == len(account["lines"]) + 3
        assert stage.reseller.get(f"{path}&format=pdf").raw.startswith(b"%PDF-1.7")
    assert closing == owed_in_the_books(stage)
    (own,) = stage.operator.get("/statement").ok()["accounts"]
    assert own["lines"] == []
    stage.reseller.get("/statement?from=2026-02-02&until=2026-01-01").refused(422, "invalid")
