"""A payer signs a mandate: the mail of the next invoice announces the collection, and the money comes by the bank."""

from __future__ import annotations

import pytest

from purveyor.kernel.ids import show
from tests.scenarios.stage import MONTH, Json, Stage, books_closed, new, open_stage
from tests.support.jobs import run_pending_jobs
from tests.support.statements import Line, camt


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-03-02T09:00:00+00:00")
    stage.pay_in(10_000)
    return stage


def letters(stage: Stage) -> list[Json]:
    """The mails about invoices, oldest first."""
    rows = stage.operator.get("/mailbox").ok()["data"]
    return [one for one in reversed(rows) if one["subject"].startswith("Invoice ")]


def signed(stage: Stage) -> Json:
    given = {
        "payer": show("res", stage.house.id),
        "iban": "DE89 3704 0044 0532 0130 00",
        "name": "Adler IT",
        "signed_on": "2026-03-02",
    }
    made: Json = stage.reseller.post("/mandates", given).ok(status=201)
    return made


def test_a_renewal_is_announced_and_collected(stage: Stage) -> None:
    with books_closed(stage):
        customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
        order = stage.buy(customer, new(2, MONTH))
        by_transfer = {"renewal_payment_method": "bank_transfer"}
        stage.reseller.patch(f"/subscriptions/{order['subscriptions'][0]}", by_transfer).ok()
        run_pending_jobs()
        assert "There is nothing to transfer" not in letters(stage)[-1]["text"]
        mandate = signed(stage)
        stage.move("2026-04-02T09:00:00Z")
        said = letters(stage)[-1]["text"]
        assert "collected from your account DE … 3000 by direct debit, on 16 Apr 2026 at the earliest" in said
        assert mandate["reference"] in said
        assert "DE98ZZZ09999999999" in said
        assert "IBAN" not in said
        invoice = stage.invoices()[-1]
        stage.invoiced.append((invoice["net"]["amount"], invoice["vat"]["amount"]))
        # Not before it falls due.
        stage.operator.post("/payment-files", {"kind": "pain.008"}).refused(409, "nothing_to_pay")
        stage.move("2026-04-14T09:00:00Z")
        file = stage.operator.post("/payment-files", {"kind": "pain.008"}).ok(status=201)
        assert (file["execute_on"], file["total"]["amount"]) == ("2026-04-16", invoice["open"]["amount"])
        xml = stage.operator.get(f"/payment-files/{file['id']}/xml").raw.decode()
        one = xml.partition("<EndToEndId>")[2].partition("<")[0]
        line = Line(invoice["open"]["amount"], "D1", end_to_end=one, iban="", value_date="2026-04-16")
        content = camt([line], day="2026-04-16")
        stage.operator.call("POST", "/bank-statements", raw=content, content_type="application/xml").ok()
        stage.received.append(invoice["open"]["amount"])
        run_pending_jobs()
        assert stage.operator.get(f"/invoices/{invoice['id']}").ok()["status"] == "paid"


def test_what_is_withdrawn_announces_nothing(stage: Stage) -> None:
    with books_closed(stage):
        (mandate,) = stage.reseller.get("/mandates").ok()["data"]
        stage.reseller.post(f"/mandates/{mandate['id']}/revoke").ok()
        stage.move("2026-05-02T09:00:00Z")
        said = letters(stage)[-1]["text"]
        assert "Please pay it by 16 May 2026" in said
        assert "IBAN" in said
        invoice = stage.invoices()[-1]
        stage.invoiced.append((invoice["net"]["amount"], invoice["vat"]["amount"]))
        stage.move("2026-05-20T09:00:00Z")
        stage.operator.post("/payment-files", {"kind": "pain.008"}).refused(409, "nothing_to_pay")
