"""Money on the account that no customer owes: charges, interest, other, and payouts that come back."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.interfaces.api import documents, funds, payment_files, statements
from tests.scenarios.stage import MONTH, Stage, new, open_stage
from tests.support.jobs import run_pending_jobs
from tests.support.ledger import verify_books
from tests.support.statements import Line, camt, mt940

Json = dict[str, Any]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-02T09:00:00+00:00")


def send(stage: Stage, content: bytes, content_type: str = "application/xml") -> list[Json]:
    """The operator uploads a statement; its entries."""
    answer = stage.operator.call("POST", "/bank-statements", raw=content, content_type=content_type)
    found: list[Json] = answer.ok(statements.ImportedStatement)["entries"]
    run_pending_jobs()
    return found


def accounts(stage: Stage) -> dict[str, int]:
    """What the trial balance says of each account, in cents."""
    found = stage.operator.get("/ledger/trial-balance").ok(funds.TrialBalance)
    return {row["account"]: row["closing"]["amount"] for row in found["rows"]}


def test_a_charge_and_interest_are_booked_with_one_click_and_taken_back(stage: Stage) -> None:
    before = accounts(stage).get("cash_clearing", 0)
    fee, interest = send(
        stage,
        camt(
            [
                Line(-1490, "A1", text="Account fee", code="ACMT.MDOP.CHRG"),
                Line(77, "A2", text="Interest first quarter", code="ACMT.MCOP.INTR"),
            ]
        ),
    )
    assert (fee["status"], fee["reason"], fee["code"]) == ("open", "own_money", "ACMT.MDOP.CHRG")
    assert (fee["suggested_account"], interest["suggested_account"]) == ("bank_fees", "bank_interest")
    for entry in (fee, interest):
        path = f"/bank-entries/{entry['id']}/book"
        booked = stage.operator.post(path, {"account": entry["suggested_account"]}).ok(statements.BankEntry)
        assert (booked["status"], booked["matches"][0]["rule"]) == ("booked", entry["suggested_account"])
        stage.operator.post(path, {"account": "bank_other", "text": "x"}).refused(409, "entry_not_open")
        verify_books()
    found = accounts(stage)
    assert (found["bank_fees"], found["bank_interest"]) == (1490, -77)
    assert found["cash_clearing"] == before - 1490 + 77
    journal = stage.operator.get("/ledger/journal?limit=200").ok(documents.Listed[funds.JournalEntry])
    assert {(one["account"], one["kind"]) for one in journal["data"]} >= {
        ("bank_fees", "bank_fees"),
        ("bank_interest", "bank_interest"),
    }
    undone = stage.operator.post(f"/bank-entries/{fee['id']}/unmatch").ok(statements.BankEntry)
    assert (undone["status"], undone["matches"][0]["undone"]) == ("open", True)
    assert accounts(stage)["bank_fees"] == 0
    verify_books()
    again = stage.operator.post(f"/bank-entries/{fee['id']}/book", {"account": "bank_fees"}).ok()
    assert [one["undone"] for one in again["matches"]] == [True, False]


def test_other_money_says_what_it_is(stage: Stage) -> None:
    rent, gift = send(
        stage, mt940([Line(-90000, "B1", text="Rent"), Line(500, "B2", text="Cashback")]), "text/plain"
    )
    path = f"/bank-entries/{rent['id']}/book"
    stage.operator.post(path, {"account": "bank_other"}).refused(422, "invalid")
    stage.operator.post(path, {"account": "revenue"}).refused(422, "invalid")
    booked = stage.operator.post(path, {"account": "bank_other", "text": "Rent of March"}).ok(
        statements.BankEntry
    )
    assert (booked["matches"][0]["rule"], booked["matches"][0]["text"]) == ("bank_other", "Rent of March")
    stage.operator.post(
        f"/bank-entries/{gift['id']}/book", {"account": "bank_other", "text": "Cashback"}
    ).ok()
    assert accounts(stage)["bank_other"] == 89500
    stage.reseller.post(path, {"account": "bank_other", "text": "x"}).refused(404, "not_found")


def test_the_types_of_mt940(stage: Stage) -> None:
    lines = [Line(-250, "C1", text="Fee", code="CHG"), Line(31, "C2", text="Interest", code="INT")]
    found = send(stage, mt940(lines, sequence=2), "text/plain")
    assert [one["suggested_account"] for one in found] == ["bank_fees", "bank_interest"]


def paid_out(stage: Stage, name: str, seats: int) -> tuple[Json, str]:
    """A refund by transfer that the statement has shown as done, and what its payout is called at the bank."""
    customer = stage.customer(f"{name} GmbH", "DE", vat_number="DE136695976")
    made = stage.buy(customer, new(seats, MONTH), method="bank_transfer")
    send(
        stage,
        camt([Line(made["gross"]["amount"], f"{name}1", rf=made["payment"]["reference"])], id=f"{name}1"),
    )
    order = stage.reseller.get(f"/orders/{made['id']}").ok()
    invoice = stage.operator.get(f"/invoices/{order['invoice']['id']}").ok()
    credit = {
        "invoice": invoice["id"],
        "lines": [{"line": invoice["lines"][0]["id"], "quantity": seats}],
        "refund_to": "source",
        "reason": "too many",
    }
    stage.operator.post("/credit-notes", credit).ok(status=201)
    file = stage.operator.post("/payment-files", {"kind": "pain.001"}).ok(payment_files.FileOut, 201)
    xml = stage.operator.get(f"/payment-files/{file['id']}/xml").raw.decode()
    end_to_end = xml.partition("<EndToEndId>")[2].partition("<")[0]
    left = Line(-file["total"]["amount"], f"{name}2", end_to_end=end_to_end, iban="")
    (entry,) = send(stage, camt([left], id=f"{name}2"))
    assert (entry["status"], entry["matches"][0]["rule"]) == ("outgoing", "refund")
    return entry, end_to_end


def refund(stage: Stage, entry: Json) -> Json:
    found: list[Json] = stage.operator.get("/refunds").ok()["data"]
    return next(one for one in found if one["id"] == entry["matches"][0]["refund"])


def test_a_payout_that_comes_back_by_its_own_name_goes_to_the_balance(stage: Stage) -> None:
    out, end_to_end = paid_out(stage, "D", 3)
    assert refund(stage, out)["status"] == "done"
    before = stage.available()
    broken_up = " ".join(end_to_end[start : start + 8] for start in range(0, len(end_to_end), 8))
    amount = -out["amount"]["amount"]
    # Neither marked as a reversal nor with the end-to-end id in its place: the text alone names it.
    (back,) = send(stage, camt([Line(amount, "D3", text=f"RETOUR {broken_up} AC04 Account closed")], id="D3"))
    assert (back["status"], back["matches"][0]["rule"]) == ("returned", "return")
    assert back["matches"][0]["refund"] == out["matches"][0]["refund"]
    assert refund(stage, out)["status"] == "failed"
    assert stage.available() == before + amount
    verify_books()
    # The same money does not come back twice.
    (again,) = send(stage, camt([Line(amount, "D4", end_to_end=end_to_end, reversal=True)], id="D4"))
    assert (again["status"], again["reason"]) == ("open", "unknown_return")
    assert stage.available() == before + amount


def test_a_payout_that_comes_back_without_a_name_is_one_click(stage: Stage) -> None:
    out, _ = paid_out(stage, "E", 7)
    amount = -out["amount"]["amount"]
    before = stage.available()
    wrong, right = send(
        stage,
        camt(
            [
                Line(amount + 1, "E3", text="Return", reversal=True),
                Line(amount, "E4", text="Return", code="PMNT.RCDT.RRTN"),
            ],
            id="E3",
        ),
    )
    assert (wrong["suggested_refunds"], right["suggested_refunds"]) == ([], [out["matches"][0]["refund"]])
    chosen = {"refund": out["matches"][0]["refund"]}
    facts = stage.operator.post(f"/bank-entries/{wrong['id']}/match", chosen).refused(
        422, "entry_does_not_fit"
    )
    assert facts["reason"] == "no_payout"
    found = stage.operator.post(f"/bank-entries/{right['id']}/match", chosen).ok(statements.BankEntry)
    assert (found["status"], found["matches"][0]["rule"]) == ("returned", "return")
    assert refund(stage, out)["status"] == "failed"
    assert stage.available() == before + amount
    stage.operator.post(f"/bank-entries/{right['id']}/match", chosen).refused(409, "entry_not_open")
