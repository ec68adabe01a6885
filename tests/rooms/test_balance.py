"""The prepaid balance: it pays at once or not at all, and never more than there is."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purveyor.billing import queries as billing
from purveyor.infra import tx
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.ledger import queries as ledger
from purveyor.ledger.errors import InsufficientBalance
from purveyor.ledger.types import AccountKind
from purveyor.payments import queries
from purveyor.payments.commands import (
    cancel_payable,
    charge_balance,
    deposit,
    open_payable,
    pay_from_balance,
)
from purveyor.payments.errors import PayableNotOpen, PaymentAlreadyRecorded
from purveyor.payments.types import Payable
from tests.rooms.books import NOW, House, at_once, eur, found_house, found_operator
from tests.rooms.money import OPERATOR, available, booked, charge, events, fill, invoice, owe, receive, reread

_codes = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def _operator(db: object) -> None:
    found_operator()


@pytest.fixture
def house(db: object) -> House:
    return found_house(f"A{next(_codes):03d}")


def test_a_deposit_pays_a_payable_at_once(house: House) -> None:
    fill(house, 2000)
    payable = owe(house)
    settled = pay_from_balance(actor=house.actor, now=NOW, payable_id=payable.id)
    assert settled == reread(house, payable)
    assert (settled.status, settled.settled_at) == ("settled", NOW)
    assert pay_from_balance(actor=house.actor, now=NOW, payable_id=payable.id) == settled
    assert available(house) == 500
    assert booked(house, AccountKind.RECEIVABLE) == -1500
    assert events(house) == ["payment.received", "balance.deposited"]


def test_a_part_that_came_by_bank_is_completed_from_the_balance(house: House) -> None:
    fill(house, 1000)
    payable = invoice(house)
    receive(payable, 600)
    pay_from_balance(actor=house.actor, now=NOW, payable_id=payable.id)
    assert available(house) == 100
    with tx.enter(house.actor):
        assert billing.get_document(actor=house.actor, document_id=payable.subject_id).status == "paid"


def test_charging_the_balance_opens_and_settles_in_three_statements(house: House) -> None:
    fill(house, 2000)
    with tx.enter(house.actor), CaptureQueriesContext(connection) as caught:
        payable = charge(house, 1500)
    assert len(caught) == 3
    assert reread(house, payable) == payable
    with tx.enter(house.actor):
        paid = queries.list_payments(actor=house.actor, payable_id=payable.id)
    assert [(p.method, p.amount, p.allocated) for p in paid] == [("balance", eur(1500), eur(1500))]
    assert available(house) == 500


def test_a_balance_that_does_not_suffice_leaves_no_trace(house: House) -> None:
    fill(house, 1499)
    payable = owe(house)
    with tx.enter(house.actor):
        with pytest.raises(InsufficientBalance):
            charge(house, 1500)
        with pytest.raises(InsufficientBalance):
            pay_from_balance(actor=house.actor, now=NOW, payable_id=payable.id)
    assert (available(house), reread(house, payable).status) == (1499, "open")


def test_twenty_charges_at_once_never_overdraw(house: House) -> None:
    fill(house, 1000)
    answers = at_once(20, lambda _: charge(house, 300))
    assert sum(isinstance(answer, Payable) for answer in answers) == 3
    assert sum(isinstance(answer, InsufficientBalance) for answer in answers) == 17
    assert available(house) == 100


def test_one_subject_is_charged_once(house: House) -> None:
    fill(house, 5000)
    subject = new_id()
    answers = at_once(6, lambda _: charge(house, 300, subject))
    assert sum(isinstance(answer, Payable) for answer in answers) == 1
    assert available(house) == 4700


def test_a_customer_pays_from_its_own_balance(house: House) -> None:
    deposit(actor=OPERATOR, now=NOW, organization_id=house.first.id, amount=eur(2000), reference="x")
    mine: dict[str, Any] = {
        "reseller_id": house.reseller.id,
        "customer_id": house.first.id,
        "payer_id": house.first.id,
        "subject_kind": "order",
        "amount": eur(1500),
    }
    charge_balance(actor=house.customer, now=NOW, subject_id=new_id(), **mine)
    payable = open_payable(actor=house.customer, now=NOW, subject_id=new_id(), method="bank_transfer", **mine)
    receive(payable, 1000)
    assert cancel_payable(actor=house.customer, now=NOW, payable_id=payable.id).status == "cancelled"
    with tx.enter(house.customer):
        assert ledger.get_balance(actor=house.customer, party_id=house.first.id)[0].available == eur(1500)
        kinds = [m.kind for m in ledger.list_movements(actor=house.customer, party_id=house.first.id)]
        assert kinds == ["order_cancelled", "payment", "deposit"]
    assert available(house) == 0
    with pytest.raises(NotFound):
        charge_balance(
            actor=house.customer, now=NOW, subject_id=new_id(), **(mine | {"payer_id": house.reseller.id})
        )


def test_a_cancelled_order_gives_its_money_to_the_balance(house: House) -> None:
    payable = owe(house)
    receive(payable, 500)
    cancelled = cancel_payable(actor=house.actor, now=NOW, payable_id=payable.id)
    assert cancelled.status == "cancelled"
    assert cancel_payable(actor=house.actor, now=NOW, payable_id=payable.id) == cancelled
    assert (available(house), booked(house, AccountKind.ADVANCE)) == (500, 0)
    receive(payable, 1500, "too late")
    assert available(house) == 2000
    assert "payable.settled" not in events(house)
    with pytest.raises(PayableNotOpen):
        pay_from_balance(actor=house.actor, now=NOW, payable_id=payable.id)
    again = owe(house, subject_id=payable.subject_id)
    with tx.enter(house.actor):
        found = queries.find_payable_for(
            actor=house.actor, subject_kind="order", subject_id=payable.subject_id
        )
    assert found == again


def test_what_is_settled_cannot_be_cancelled(house: House) -> None:
    payable = owe(house)
    receive(payable, 1500)
    half = invoice(house)
    receive(half, 100)
    for each in (payable, half):
        with pytest.raises(PayableNotOpen):
            cancel_payable(actor=house.actor, now=NOW, payable_id=each.id)


def test_a_deposit_typed_in_twice_is_refused(house: House) -> None:
    fill(house, 1000)
    with pytest.raises(PaymentAlreadyRecorded):
        fill(house, 1000)
    deposit(
        actor=OPERATOR,
        now=NOW + timedelta(days=1),
        organization_id=house.reseller.id,
        amount=eur(1000),
        reference="ahead",
    )
    assert available(house) == 2000
