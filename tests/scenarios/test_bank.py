"""Bank statements as they arrive: one transfer for five invoices, parts, too much, returns, the same file twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from purveyor.infra import clock, tx
from purveyor.interfaces.api import mandate_shapes, payment_files, statements
from purveyor.kernel.ids import read, show
from purveyor.payments.commands.bank import make_collections, match_again, match_entry
from tests.rooms.books import at_once
from tests.rooms.test_seats_locks import wait_for_a_waiter
from tests.scenarios.stage import MONTH, Stage, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.statements import ACCOUNT, Line, camt, mt940

Json = dict[str, Any]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-02T09:00:00+00:00")


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")


def send(stage: Stage, content: bytes, content_type: str = "application/xml") -> Json:
    """The operator uploads a statement; the worker does what follows."""
    answer = stage.operator.call("POST", "/bank-statements", raw=content, content_type=content_type)
    found: Json = answer.ok(statements.ImportedStatement)
    run_pending_jobs()
    return found


def ordered(stage: Stage, customer: str, seats: int, offer: str = MONTH) -> Json:
    return stage.buy(customer, new(seats, offer), method="bank_transfer")


def order(stage: Stage, made: Json) -> Json:
    found: Json = stage.reseller.get(f"/orders/{made['id']}").ok()
    return found


def test_one_transfer_for_five_orders_named_by_their_numbers(stage: Stage, customer: str) -> None:
    five = [ordered(stage, customer, seats) for seats in (1, 2, 3, 4, 5)]
    total = sum(one["gross"]["amount"] for one in five)
    text = "Our order " + ", ".join(one["pro_forma"]["number"].replace("-", "/") for one in five)
    found = send(stage, camt([Line(total, "B1", text=text, name="Kunde GmbH")]))
    assert (found["duplicate"], found["account"], found["closing"]["amount"]) == (False, ACCOUNT, total)
    (entry,) = found["entries"]
    assert (entry["status"], entry["debtor"]["name"]) == ("matched", "Kunde GmbH")
    assert {one["order"]: one["amount"]["amount"] for one in entry["matches"]} == {
        one["id"]: one["gross"]["amount"] for one in five
    }
    assert {one["rule"] for one in entry["matches"]} == {"number"}
    assert [order(stage, one)["status"] for one in five] == ["completed"] * 5
    assert stage.available() == 0


def test_the_reference_of_one_and_the_numbers_of_others(stage: Stage, customer: str) -> None:
    first, second = ordered(stage, customer, 1), ordered(stage, customer, 2)
    total = first["gross"]["amount"] + second["gross"]["amount"]
    line = Line(total, "B2", rf=first["payment"]["reference"], text=f"and {second['pro_forma']['number']}")
    (entry,) = send(stage, camt([line], sequence=2, opening=6000, version="02"))["entries"]
    assert {one["rule"] for one in entry["matches"]} == {"several"}
    assert [order(stage, one)["status"] for one in (first, second)] == ["completed"] * 2


def test_a_part_then_too_much_then_the_same_statement_again(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 5)
    gross, reference = made["gross"]["amount"], made["payment"]["reference"]
    spaced = " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
    found = send(stage, camt([Line(gross - 500, "B3", rf=spaced)], sequence=3))
    assert [one["code"] for one in found["warnings"]] != []
    (entry,) = found["entries"]
    assert (entry["status"], entry["matches"][0]["rule"]) == ("partial", "reference_part")
    assert order(stage, made)["status"] == "awaiting_payment"
    second = camt([Line(1700, "B4", text=f"rest {reference} thanks")], sequence=4, opening=gross - 500)
    (entry,) = send(stage, second)["entries"]
    assert (entry["status"], entry["to_balance"]["amount"]) == ("matched", 1200)
    assert (entry["matches"][0]["amount"]["amount"], entry["matches"][0]["rule"]) == (500, "reference_over")
    assert order(stage, made)["status"] == "completed"
    assert stage.available() == 1200
    again = send(stage, second)
    assert (again["duplicate"], again["entries"][0]["id"]) == (True, entry["id"])
    assert stage.available() == 1200
    # The same entry on another statement is the same money.
    other = send(stage, camt([Line(1700, "B4", text=reference)], sequence=5, opening=1))
    assert (other["duplicate"], other["skipped"], other["entries"]) == (False, 1, [])


def test_un_match_and_match_by_hand(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 2)
    gross = made["gross"]["amount"]
    (entry,) = send(stage, camt([Line(gross, "B5", rf=made["payment"]["reference"])], sequence=6))["entries"]
    done = order(stage, made)
    invoice = f"/invoices/{done['invoice']['id']}"
    assert stage.reseller.get(invoice).ok()["status"] == "paid"
    path = f"/bank-entries/{entry['id']}"
    undone = stage.operator.post(f"{path}/unmatch").ok(statements.BankEntry)
    assert (undone["status"], undone["reason"], undone["matches"][0]["undone"]) == ("open", "unmatched", True)
    found = stage.reseller.get(invoice).ok()
    assert (found["status"], found["paid"]["amount"]) == ("issued", 0)
    stage.operator.post(f"{path}/unmatch").refused(409, "entry_not_matched")
    again = stage.operator.post(f"{path}/match", {"payables": undone["suggested"]}).ok(statements.BankEntry)
    assert (again["status"], again["matches"][-1]["rule"]) == ("matched", "by_hand")
    run_pending_jobs()
    assert stage.reseller.get(invoice).ok()["status"] == "paid"
    stage.operator.post(f"{path}/match", {"payables": undone["suggested"]}).refused(409, "entry_not_open")


def test_what_a_person_matches_is_not_looked_at_again_meanwhile(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 3)
    part = made["gross"]["amount"] - 7
    send(stage, camt([Line(part, "H1", text=f"for {made['pro_forma']['number']}", name="Kunde GmbH")]))
    actor = stage.shop.houses.operator
    which = "SELECT id FROM payments_bankentry WHERE key = 'H1'"
    payable = "SELECT id FROM payments_payable WHERE subject_id = %s"

    looked: list[int | Exception] = []
    other = threading.Thread(
        target=lambda: looked.extend(at_once(1, lambda _: match_again(actor=actor, now=clock.now())))
    )
    with tx.enter(actor):
        match_entry(
            actor=actor,
            now=clock.now(),
            entry_id=everything(which)[0][0],
            payable_ids=[everything(payable, read("ord", made["id"]))[0][0]],
        )
        other.start()
        wait_for_a_waiter()
    other.join()
    assert looked == [0]
    assert everything("SELECT status FROM payments_bankentry WHERE key = 'H1'") == [("partial",)]


def test_a_rest_that_was_spent_is_not_taken_back(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 1)
    line = Line(made["gross"]["amount"] + 3000, "B6", rf=made["payment"]["reference"])
    (entry,) = send(stage, camt([line], sequence=7))["entries"]
    before = stage.available()
    stage.buy(customer, new(before // 400, MONTH))
    facts = stage.operator.post(f"/bank-entries/{entry['id']}/unmatch").refused(409, "money_spent")
    assert facts["wanted"]["amount"] == 3000
    assert stage.operator.get("/bank-entries?q=B6").ok()["data"] == []


def test_a_returned_transfer_opens_the_invoice_again(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 3)
    gross, reference = made["gross"]["amount"], made["payment"]["reference"]
    send(stage, camt([Line(gross, "B7", rf=reference, end_to_end="E2E-7")], sequence=8))
    invoice = f"/invoices/{order(stage, made)['invoice']['id']}"
    back = Line(-gross, "B8", rf=reference, end_to_end="E2E-7", reversal=True, value_date="2026-03-12")
    (entry,) = send(stage, camt([back], sequence=9, opening=gross))["entries"]
    assert (entry["status"], entry["matches"][0]["rule"]) == ("returned", "return")
    found = stage.reseller.get(invoice).ok()
    assert (found["status"], found["paid"]["amount"]) == ("issued", 0)
    # It comes a second time, and pays the invoice that stood open again.
    (entry,) = send(stage, camt([Line(gross, "B9", rf=reference)], sequence=10, day="2026-03-13"))["entries"]
    assert (entry["status"], entry["matches"][0]["rule"]) == ("matched", "reference")
    assert stage.reseller.get(invoice).ok()["status"] == "paid"


def test_an_account_that_is_known_and_one_that_is_not(stage: Stage, customer: str) -> None:
    iban = "FR1420041010050500013M02606"
    learned, second = ordered(stage, customer, 6), ordered(stage, customer, 7)
    first = Line(learned["gross"]["amount"], "C1", rf=learned["payment"]["reference"], iban=iban)
    name_alone = Line(second["gross"]["amount"] + 1, "C2", name="Kunde GmbH", iban="", text="thank you")
    known = Line(second["gross"]["amount"], "C3", iban=iban, text="no reference at all")
    found = send(stage, camt([first, name_alone, known], sequence=11))["entries"]
    assert [one["status"] for one in found] == ["matched", "open", "matched"]
    assert found[2]["matches"][0]["rule"] == "iban"
    waiting = stage.operator.get("/bank-entries?status=open").ok()["data"]
    assert [one["reason"] for one in waiting if one["id"] == found[1]["id"]] == ["nothing_found"]
    path = f"/bank-entries/{found[1]['id']}"
    assert stage.operator.post(f"{path}/dismiss").ok()["status"] == "dismissed"
    assert stage.operator.post(f"{path}/restore").ok()["status"] == "open"


def test_mt940_with_its_broken_lines(stage: Stage, customer: str) -> None:
    first, second = ordered(stage, customer, 8), ordered(stage, customer, 9)
    lines = [
        Line(
            first["gross"]["amount"], "D1", text=f"order of march {first['payment']['reference']} many thanks"
        ),
        Line(second["gross"]["amount"], "D2", text=f"the invoice number is {second['pro_forma']['number']}"),
        Line(-250, "D3", text="fee"),
    ]
    found = send(stage, mt940(lines, sequence=1), "text/plain")
    assert [(one["status"], *(m["rule"] for m in one["matches"])) for one in found["entries"]] == [
        ("matched", "reference"),
        ("matched", "number"),
        ("open",),
    ]
    assert found["entries"][0]["debtor"] == {"name": "Somebody", "iban": "DE89370400440532013000"}
    assert [order(stage, one)["status"] for one in (first, second)] == ["completed"] * 2


def test_money_that_a_person_typed_in_is_not_counted_twice(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 10)
    gross = made["gross"]["amount"]
    stage.transfer(made, gross, "2026-03-20")
    before = stage.available()
    line = Line(gross, "E1", rf=made["payment"]["reference"], value_date="2026-03-20")
    (entry,) = send(stage, camt([line], sequence=12, day="2026-03-20"))["entries"]
    assert (entry["status"], entry["matches"][0]["rule"]) == ("matched", "recorded")
    assert stage.available() == before


def test_one_entry_over_several_transactions(stage: Stage, customer: str) -> None:
    first, second = ordered(stage, customer, 11), ordered(stage, customer, 12)
    parts = tuple((one["gross"]["amount"], one["payment"]["reference"]) for one in (first, second))
    whole = Line(sum(amount for amount, _ in parts), "F1", parts=parts)
    pending = Line(999, "F2", rf=first["payment"]["reference"], status="PDNG")
    found = send(stage, camt([whole, pending], sequence=13, day="2026-03-21"))["entries"]
    assert [(one["amount"]["amount"], one["status"]) for one in found] == [
        (amount, "matched") for amount, _ in parts
    ]


def test_what_does_not_add_up_is_refused_with_the_difference(stage: Stage) -> None:
    wrong = camt([Line(100, "G1")], opening=50, closing=149)
    answer = stage.operator.call("POST", "/bank-statements", raw=wrong, content_type="application/xml")
    facts = answer.refused(422, "statement_does_not_add_up")
    assert facts["difference"]["amount"] == -1
    for role in (stage.reseller,):
        role.call("POST", "/bank-statements", raw=wrong, content_type="text/xml").refused(403, "forbidden")
        role.get("/bank-statements").refused(404, "not_found")


def test_a_refund_is_paid_out_and_the_statement_shows_it(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 4)
    line = Line(
        made["gross"]["amount"],
        "H1",
        rf=made["payment"]["reference"],
        iban="ES9121000418450200051332",
        name="Pagador",
    )
    send(stage, camt([line], sequence=14, day="2026-03-22"))
    invoice = stage.operator.get(f"/invoices/{order(stage, made)['invoice']['id']}").ok()
    credit = {
        "invoice": invoice["id"],
        "lines": [{"line": invoice["lines"][0]["id"], "quantity": 1}],
        "refund_to": "source",
        "reason": "one too many",
    }
    note = stage.operator.post("/credit-notes", credit).ok(status=201)
    file = stage.operator.post("/payment-files", {"kind": "pain.001"}).ok(payment_files.FileOut, 201)
    assert (file["count"], file["total"], file["open_items"]) == (1, note["gross"], 1)
    stage.operator.post("/payment-files", {"kind": "pain.001"}).refused(409, "nothing_to_pay")
    xml = stage.operator.get(f"/payment-files/{file['id']}/xml").raw.decode()
    assert "ES9121000418450200051332" in xml
    end_to_end = xml.partition("<EndToEndId>")[2].partition("<")[0]
    left = Line(-note["gross"]["amount"], "H2", end_to_end=end_to_end, name="Pagador", iban="")
    (entry,) = send(stage, camt([left], sequence=15, day="2026-03-23"))["entries"]
    assert (entry["status"], entry["matches"][0]["rule"]) == ("outgoing", "refund")
    assert stage.operator.get("/payment-files").ok()["data"][0]["open_items"] == 0
    refunds = stage.operator.get("/refunds").ok()["data"]
    assert [one["status"] for one in refunds if one["id"] == entry["matches"][0]["refund"]] == ["done"]


def test_direct_debits_of_what_is_due(stage: Stage, customer: str) -> None:
    made = ordered(stage, customer, 1)
    send(stage, camt([Line(made["gross"]["amount"], "I1", rf=made["payment"]["reference"])], sequence=16))
    given = {
        "payer": show("res", stage.house.id),
        "iban": "DE89 3704 0044 0532 0130 00",
        "name": "Reseller GmbH",
        "signed_on": "2026-03-01",
    }
    mandate = stage.operator.post("/mandates", given).ok(mandate_shapes.MandateOut, 201)
    assert (mandate["iban"], mandate["sequence"]) == ("DE89370400440532013000", "FRST")
    stage.operator.post("/mandates", given).refused(409, "mandate_exists")
    stage.reseller.patch(f"/subscriptions/{made['subscriptions'][0]}", {"renewal_quantity": 3}).ok()
    # The monthly terms go on by transfer: their invoices fall due.
    stage.move("2026-04-30T09:00:00Z")
    due = [one for one in stage.invoices() if one["status"] in ("issued", "overdue")]
    actor = stage.shop.houses.operator
    found = at_once(3, lambda _: make_collections(actor=actor, now=clock.now()))
    assert sorted(type(one).__name__ for one in found) == ["NothingToPay", "NothingToPay", "PaymentFile"]
    file = stage.operator.get("/payment-files").ok()["data"][0]
    assert 0 < file["count"] <= len(due)
    stage.operator.post("/payment-files", {"kind": "pain.008"}).refused(409, "nothing_to_pay")
    withdrawn = stage.operator.post(f"/payment-files/{file['id']}/withdraw").ok(payment_files.FileOut)
    assert withdrawn["open_items"] == 0
    again = stage.operator.post("/payment-files", {"kind": "pain.008"}).ok(status=201)
    assert (again["count"], again["total"]) == (file["count"], file["total"])
    xml = stage.operator.get(f"/payment-files/{again['id']}/xml").raw.decode()
    one = xml.partition("<EndToEndId>")[2].partition("<")[0]
    amount = int(xml.partition('<InstdAmt Ccy="EUR">')[2].partition("<")[0].replace(".", ""))
    line = Line(amount, "I2", end_to_end=one, iban="", value_date="2026-05-04")
    (entry,) = send(stage, camt([line], sequence=17, day="2026-05-04"))["entries"]
    assert (entry["status"], entry["matches"][0]["rule"]) == ("matched", "reference")
    files = stage.operator.get("/payment-files").ok()["data"]
    assert files[0]["open_items"] == file["count"] - 1
    back = Line(-amount, "I3", end_to_end=one, reversal=True, iban="", value_date="2026-05-06")
    (entry,) = send(stage, camt([back], sequence=18, day="2026-05-06"))["entries"]
    assert entry["status"] == "returned"
    stage.operator.post("/payment-files", {"kind": "pain.008"}).ok(status=201)
    stage.operator.post(f"/mandates/{mandate['id']}/revoke").ok(mandate_shapes.MandateOut)
