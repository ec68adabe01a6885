"""Payments: every cent of a transfer is somewhere, once, and its payer's alone."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given as over
from hypothesis import strategies as st

from purveyor.billing import queries as billing
from purveyor.infra import activity, tx
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.ledger.types import AccountKind
from purveyor.payments import queries
from purveyor.payments.commands import (
    cancel_payable,
    deposit,
    pay_from_balance,
    record_transfer,
)
from purveyor.payments.errors import PaymentAlreadyRecorded
from purveyor.payments.rules.allocation import allocate
from purveyor.payments.rules.references import check_rf, display_rf
from purveyor.payments.types import Payable, Payment
from tests.rooms.books import NOW, SYSTEM, TODAY, House, at_once, eur, found_house, found_operator, within
from tests.rooms.money import OPERATOR, available, booked, events, invoice, owe, receive, reread

_codes = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def _operator(db: object) -> None:
    found_operator()


@pytest.fixture
def house(db: object) -> House:
    return found_house(f"P{next(_codes):03d}")


def test_a_payable_says_how_to_pay_it(house: House) -> None:
    payable = owe(house)
    assert payable.reference is not None
    assert check_rf(payable.reference)
    with tx.enter(house.actor):
        details = queries.find_instructions(payable)
        typed = queries.find_payable_by_reference(
            actor=house.actor, reference=display_rf(payable.reference).lower()
        )
    assert details is not None
    assert (details.amount, details.iban) == (eur(1500), "SE4550000000058398257466")
    assert details.beneficiary == "Nordlicht Distribution AB"
    assert typed == payable
    assert owe(house).reference != payable.reference


def test_a_transfer_settles_an_order_once(house: House) -> None:
    payable = owe(house)
    payment = receive(payable, 1500)
    assert (payment.allocated, payment.to_balance, payment.recorded_by) == (eur(1500), eur(0), "Olof")
    assert reread(house, payable).status == "settled"
    assert booked(house, AccountKind.CASH_CLEARING) == 1500
    assert booked(house, AccountKind.ADVANCE) == -1500
    assert events(house) == ["payment.received", "payable.settled"]
    with tx.enter(house.actor):
        rows = activity.list_activity(actor=house.actor, kind="payment")
        assert [row.facts["amount"] for row in rows] == [1500]
        assert queries.list_open_payables(actor=house.actor) == []
        assert queries.list_payments(actor=house.actor) == [payment]
        assert queries.find_instructions(reread(house, payable)) is None


def test_the_order_or_the_reference_finds_it_too(house: House) -> None:
    payable = owe(house)
    both: dict[str, Any] = {"amount": eur(500), "received_on": TODAY}
    record_transfer(actor=OPERATOR, now=NOW, order_id=payable.subject_id, reference="a", **both)
    record_transfer(
        actor=OPERATOR, now=NOW, creditor_reference=display_rf(payable.reference or ""), reference="b", **both
    )
    assert reread(house, payable).paid == eur(1000)
    targets: list[dict[str, Any]] = [{}, {"order_id": payable.subject_id, "payable_id": payable.id}]
    for wrong in targets:
        with pytest.raises(Invalid):
            record_transfer(actor=OPERATOR, now=NOW, reference="c", **both, **wrong)
    with pytest.raises(NotFound):
        record_transfer(actor=OPERATOR, now=NOW, order_id=UUID(int=3), reference="c", **both)


def test_what_is_too_much_goes_to_the_balance(house: House) -> None:
    payable = owe(house)
    receive(payable, 500)
    assert reread(house, payable).status == "partially_paid"
    payment = receive(payable, 1700, "bank 2")
    assert (payment.allocated, payment.to_balance) == (eur(1000), eur(700))
    assert available(house) == 700
    assert events(house) == [
        "payment.received",
        "payment.received",
        "payable.settled",
        "balance.deposited",
    ]
    receive(payable, 300, "bank 3")
    assert available(house) == 1000
    assert events(house).count("payable.settled") == 1


def test_a_transfer_for_an_invoice_pays_the_invoice(house: House) -> None:
    payable = invoice(house)
    receive(payable, 600)
    receive(payable, 900, "bank 2")
    with tx.enter(house.actor):
        document = billing.get_document(actor=house.actor, document_id=payable.subject_id)
    assert (document.status, document.paid) == ("paid", eur(1500))
    assert booked(house, AccountKind.RECEIVABLE) == -1500, "the sale itself is posted by whoever issued it"
    assert events(house) == [
        "invoice.issued",
        "invoice.partly_paid",
        "payment.received",
        "invoice.paid",
        "payment.received",
        "payable.settled",
    ]


def test_the_same_transfer_typed_in_twice_is_refused(house: House) -> None:
    payable = owe(house)
    first = receive(payable, 500)
    with pytest.raises(PaymentAlreadyRecorded) as refused:
        receive(payable, 500)
    assert refused.value.facts["payment"].startswith("pay_")
    assert receive(payable, 500, is_another=True).id != first.id
    assert reread(house, payable).paid == eur(1000)
    assert booked(house, AccountKind.CASH_CLEARING) == 1000


def test_the_same_transfer_at_once_is_recorded_once(house: House) -> None:
    payable = owe(house)
    answers = at_once(10, lambda _: receive(payable, 1500))
    assert sum(isinstance(answer, Payment) for answer in answers) == 1
    assert sum(isinstance(answer, PaymentAlreadyRecorded) for answer in answers) == 9
    assert booked(house, AccountKind.CASH_CLEARING) == 1500
    assert available(house) == 0


def test_two_transfers_at_once_settle_once_and_lose_nothing(house: House) -> None:
    payable = owe(house)
    answers = at_once(8, lambda index: receive(payable, 1500, f"bank {index}"))
    assert {type(answer) for answer in answers} == {Payment}
    assert reread(house, payable).paid == eur(1500)
    assert available(house) == 7 * 1500
    assert events(house).count("payable.settled") == 1
    assert within(SYSTEM, lambda: ledger.list_drift(actor=SYSTEM)) == []


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_cannot_be_received(house: House, amount: int) -> None:
    payable = owe(house)
    with pytest.raises(Invalid):
        receive(payable, amount)
    with pytest.raises(Invalid) as refused:
        record_transfer(
            actor=OPERATOR,
            now=NOW,
            payable_id=payable.id,
            amount=Money(1500, "SEK"),
            received_on=TODAY,
            reference="",
        )
    assert refused.value.facts["reason"] == "currency_mismatch"


def test_only_the_operator_records_money(house: House) -> None:
    payable = owe(house)
    for actor in (house.actor, house.customer):
        with pytest.raises(Forbidden):
            record_transfer(
                actor=actor, now=NOW, payable_id=payable.id, amount=eur(1500), received_on=TODAY, reference=""
            )
        with pytest.raises(Forbidden):
            deposit(actor=actor, now=NOW, organization_id=house.reseller.id, amount=eur(1), reference="")


@pytest.mark.parametrize(("method", "reason"), [("card", "card_not_available"), ("cash", "unknown_method")])
def test_a_method_that_cannot_be_used_is_refused(house: House, method: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        owe(house, method=method)
    assert refused.value.facts == {"field": "payment_method", "reason": reason}


def test_a_payable_is_its_payers_alone(house: House) -> None:
    payable = owe(house)
    receive(payable, 500)
    other = found_house(f"P{next(_codes):03d}")
    for actor in (house.customer, other.actor, house.customer_actor(house.second)):
        with tx.enter(actor):
            with pytest.raises(NotFound):
                queries.get_payable(actor=actor, payable_id=payable.id)
            assert queries.find_payable_by_reference(actor=actor, reference=payable.reference or "") is None
            assert queries.list_payments(actor=actor) == []
            for table in ("payments_payable", "payments_payment", "payments_allocation"):
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT count(*) FROM {table} WHERE payer_id = %s", (house.reseller.id,))
                    assert cursor.fetchone()[0] == 0, "row-level security is the second wall"
        with pytest.raises(NotFound):
            pay_from_balance(actor=actor, now=NOW, payable_id=payable.id)
        with pytest.raises(NotFound):
            cancel_payable(actor=actor, now=NOW, payable_id=payable.id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments_payment SET amount = amount + 1",
        "DELETE FROM payments_payment",
        "DELETE FROM payments_allocation",
        "UPDATE payments_payable SET amount = amount + 1",
    ],
)
def test_money_on_record_is_never_rewritten(house: House, change: str) -> None:
    receive(owe(house), 500)
    with pytest.raises(DatabaseError, match="never changed"), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(change)


def test_without_a_context_nothing_is_there(house: House) -> None:
    receive(owe(house), 500)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_payable")
        assert cursor.fetchone()[0] == 0


@over(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(1, 20_000), st.booleans())
def test_every_cent_of_a_payment_is_somewhere(
    owed: int, before: int, amount: int, is_cancelled: bool
) -> None:
    paid = min(owed, before)
    status = "cancelled" if is_cancelled else "settled" if paid == owed else "partially_paid"
    payable = Payable(
        id=UUID(int=1), reseller_id=UUID(int=2), customer_id=UUID(int=3), payer_id=UUID(int=2), subject_kind="order",
        subject_id=UUID(int=4), amount=eur(owed), paid=eur(paid), method="bank_transfer", reference=None,
        status=status, opened_at=NOW, settled_at=None,  # type: ignore[arg-type]  # one of the statuses
    )  # fmt: skip
    found = allocate(payable, eur(amount))
    assert found.to_payable + found.to_balance == eur(amount)
    assert found.to_payable.amount >= 0
    assert found.to_balance.amount >= 0
    assert found.paid == payable.paid + found.to_payable
    assert found.paid <= payable.amount
    if is_cancelled:
        assert (found.to_payable, found.status) == (eur(0), "cancelled")
    else:
        assert (found.status == "settled") == (found.paid == payable.amount)
