"""Of a renewal's invoice that was paid in part, one transfer for several renewals pays the rest."""

from __future__ import annotations

import pytest

from purveyor.infra import clock
from purveyor.kernel.ids import read
from purveyor.payments.commands.bank import reverse_payment
from purveyor.sales.books import verify
from tests.scenarios.stage import MONTH, Json, Stage, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-03-10T09:00:00+00:00")
    stage.pay_in(100_000)
    return stage


def renewal(stage: Stage, subscription: str) -> Json:
    """The newest one whose day has come."""
    rows = stage.reseller.get("/renewals?until=2026-04-30&limit=200").ok()["data"]
    found: Json = next(row for row in rows if row["subscription"] == subscription)
    return found


def invoice(stage: Stage, row: Json) -> Json:
    found: Json = stage.reseller.get(f"/invoices/{row['invoice']}").ok()
    return found


def order(stage: Stage, *rows: Json) -> Json:
    body = {"renewals": [row["id"] for row in rows], "payment_method": "bank_transfer"}
    found: Json = stage.reseller.post("/renewals/pay", body).ok(status=201)
    run_pending_jobs()
    return found


def test_the_rest_of_an_invoice_is_ordered_cancelled_and_paid(stage: Stage) -> None:
    customer = stage.customer("Teil GmbH", "DE")
    some, other = (stage.buy(customer, new(3, MONTH))["subscriptions"][0] for _ in range(2))
    stage.move("2026-04-10T09:00:00Z")
    part, whole = renewal(stage, some), renewal(stage, other)
    asked = invoice(stage, part)
    gross = asked["gross"]["amount"]
    stage.transfer(asked, 501, "2026-04-11")
    rest = gross - 501
    assert invoice(stage, part)["open"]["amount"] == rest

    first = order(stage, part)
    assert first["gross"]["amount"] == rest
    assert first["net"]["amount"] + first["vat"]["amount"] == rest
    assert [line["net"]["amount"] for line in first["lines"]] == [first["net"]["amount"]]
    mail = stage.operator.get("/mailbox?limit=1").ok()["data"][0]
    assert f"€{rest / 100:.2f} with VAT." in mail["text"]
    assert first["payment"]["reference"] in mail["text"]
    # What comes under the invoice's own reference meanwhile is the payer's.
    before = stage.available()
    stage.transfer(asked, 100, "2026-04-12")
    assert (stage.available() - before, invoice(stage, part)["open"]["amount"]) == (100, rest)

    # Cancelled, the invoice asks for its rest again, under its own reference.
    stage.reseller.post(f"/orders/{first['id']}/cancel").ok()
    stage.transfer(asked, 99, "2026-04-13")
    rest -= 99
    assert invoice(stage, part)["open"]["amount"] == rest

    second = order(stage, part, whole)
    assert second["gross"]["amount"] == rest + gross
    stage.transfer(second, rest + gross, "2026-04-14")
    assert stage.reseller.get(f"/orders/{second['id']}").ok()["status"] == "completed"
    for row in (part, whole):
        assert (invoice(stage, row)["status"], invoice(stage, row)["open"]["amount"]) == ("paid", 0)
        assert stage.reseller.get(f"/renewals/{row['id']}").ok()["status"] == "paid"


def test_the_bank_takes_one_transfer_for_two_invoices_back(stage: Stage) -> None:
    """Both invoices are owed again, and paid by the next transfer under the same reference."""
    customer = stage.customer("Zurueck GmbH", "DE")
    every = [stage.buy(customer, new(seats, MONTH))["subscriptions"][0] for seats in (1, 2)]
    stage.move("2026-05-14T09:00:00Z")
    rows = stage.reseller.get("/renewals?until=2026-05-31&limit=200").ok()["data"]
    waiting = [next(row for row in rows if row["subscription"] == one) for one in every]
    together = order(stage, *waiting)
    stage.transfer(together, together["gross"]["amount"], "2026-05-14")
    assert [invoice(stage, row)["open"]["amount"] for row in waiting] == [0, 0]
    (payment,) = everything(
        "SELECT p.id FROM payments_payment p JOIN payments_payable y ON y.id = p.payable_id WHERE y.subject_id = %s",
        read("ord", together["id"]),
    )
    operator = stage.shop.houses.operator
    reverse_payment(actor=operator, now=clock.now(), payment_id=payment[0], reason="returned")
    assert [invoice(stage, row)["open"] for row in waiting] == [row["gross"] for row in waiting]
    assert verify() == []
    stage.transfer(together, together["gross"]["amount"], "2026-05-15")
    assert [invoice(stage, row)["open"]["amount"] for row in waiting] == [0, 0]
