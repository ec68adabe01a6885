"""A reseller leaves a renewal unpaid; its customer, allowed to, pays for itself and goes on."""

from __future__ import annotations

from datetime import date

import pytest

from purveyor.catalog.commands import set_price
from purveyor.catalog.types import Terms
from purveyor.infra import tx
from purveyor.kernel.money import Money
from purveyor.payments import queries as payments
from purveyor.payments.commands import record_transfer
from tests.scenarios.stage import Stage, books_closed, new, open_stage, period
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.shop import offer_of

CLOUD = "cloud-mail-1m"


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-01-15T09:00:00+00:00")
    terms = Terms(prepay=True, cut_off_day=26)
    offer = offer_of(stage.shop, CLOUD, terms=terms, available_from=date(2025, 1, 1))
    set_price(**stage.shop.desk, price_list_id=stage.shop.eur.id, offer_id=offer.id, price=Money(1000, "EUR"))
    stage.events()
    return stage


def paid_by_transfer(stage: Stage, reference: str, amount: int, day: str) -> None:
    operator = stage.shop.houses.operator
    with tx.enter(operator) as now:
        payable = payments.find_payable_by_reference(actor=operator, reference=reference)
        assert payable is not None
        record_transfer(
            actor=operator,
            now=now,
            payable_id=payable.id,
            amount=Money(amount, "EUR"),
            received_on=date.fromisoformat(day),
            reference=reference,
        )
    stage.received.append(amount)
    run_pending_jobs()


def test_a_customer_pays_for_itself(stage: Stage) -> None:
    with books_closed(stage):
        stage.pay_in(10_000)
        customer = stage.customer("Mieter GmbH", "DE", vat_number="DE136695976")
        cloud = stage.buy(customer, new(2, CLOUD))["subscriptions"][0]
        own = stage.key_of(customer)
        stage.move("2026-03-02T09:00:00Z")
        assert stage.subscription(cloud)["status"] == "suspended"
        # Not before its reseller (or the operator) says so, and never by its own word.
        own.post(f"/subscriptions/{cloud}/take-over").refused(403, "forbidden")
        own.patch(f"/customers/{customer}", {"may_pay_itself": True}).refused(403, "forbidden")
        changed = stage.reseller.patch(f"/customers/{customer}", {"may_pay_itself": True}).ok()
        assert changed["may_pay_itself"] is True
        stage.reseller.post(f"/subscriptions/{cloud}/take-over").refused(403, "forbidden")
        stage.events()
        taken = own.post(f"/subscriptions/{cloud}/take-over").ok()
        # Two seats at list price: the reseller's discount is the reseller's.
        assert (taken["subscription"], taken["gross"]["amount"]) == (cloud, 2000)
        assert stage.events() == ["pro_forma.issued", "renewal.taken_over", "renewal.pending"]
        own.post(f"/subscriptions/{cloud}/take-over").refused(409, "nothing_to_take_over")
        asked = everything("SELECT status FROM billing_document WHERE kind = 'pro_forma' ORDER BY issued_at")
        assert asked == [("cancelled",), ("issued",)]
        assert stage.subscription(cloud)["payer"] == customer
        paid_by_transfer(stage, taken["reference"], 2000, "2026-03-03")
        stage.invoiced.append((2000, 0))
        found = stage.subscription(cloud)
        assert (found["status"], period(found)) == ("active", ("2026-02-15", "2026-03-15"))
        assert stage.available() == 10_000 - 1600
        (invoice,) = [row for row in own.get("/invoices").ok()["data"] if row["kind"] == "invoice"]
        assert (invoice["payer"], invoice["gross"]["amount"]) == (customer, 2000)


def test_nothing_of_another_customers_can_be_taken(stage: Stage) -> None:
    stranger = stage.customer("Nachbar GmbH", "DE")
    stage.reseller.patch(f"/customers/{stranger}", {"may_pay_itself": True}).ok()
    theirs = stage.reseller.get("/subscriptions").ok()["data"][0]["id"]
    stage.key_of(stranger).post(f"/subscriptions/{theirs}/take-over").refused(404, "not_found")
