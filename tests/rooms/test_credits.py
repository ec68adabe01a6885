"""Credit notes and refunds as commands: many at once, the database's own refusals, and whose they are."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from django.db import DatabaseError, connections

from purveyor.billing import queries as billing
from purveyor.billing.credits import corrections_of, preview_credit
from purveyor.billing.errors import CreditExceedsLine
from purveyor.billing.types import Document
from purveyor.infra import tx
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.ledger.types import AccountKind
from purveyor.payments import refunds
from purveyor.payments.commands import credit_invoice, finish_refund, name_refund_account
from purveyor.payments.errors import RefundOver
from purveyor.payments.types_refunds import CreditLine, CreditNote
from tests.rooms.books import NOW, SYSTEM, House, at_once, found_house, found_operator, within
from tests.rooms.money import OPERATOR, available, booked, invoice, receive, reread

_codes = itertools.count(1)


@pytest.fixture(scope="module")
def seller(db: object) -> None:
    found_operator()


@pytest.fixture
def house(seller: None) -> House:
    return found_house(f"C{next(_codes):03d}")


def read(id: UUID) -> Document:
    return within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=id))


def credit(document: Document, quantity: int, *, to: str = "balance", actor: object = OPERATOR) -> CreditNote:
    return credit_invoice(
        actor=actor,  # type: ignore[arg-type]  # an actor
        now=NOW,
        invoice_id=document.id,
        lines=[CreditLine(document.lines[0].id, quantity)],
        refund_to=to,  # type: ignore[arg-type]  # also what is not offered
        reason="Mistake",
    )


def test_the_last_seat_is_credited_once(house: House) -> None:
    """Eight at a time want two of three seats: one gets them, and the books know of one."""
    document = read(invoice(house).subject_id)
    found = at_once(8, lambda _index: credit(document, 2))
    assert [type(one) for one in found if not isinstance(one, CreditNote)] == [CreditExceedsLine] * 7
    after = read(document.id)
    assert (after.open.amount, after.status) == (500, "issued")
    known = within(SYSTEM, lambda: corrections_of(actor=SYSTEM, documents=[after]))[after.id]
    assert list(known.seats.values()) == [2]
    assert len(known.credit_notes) == 1


def test_what_is_open_is_reduced_and_the_rest_comes_back(house: House) -> None:
    payable = invoice(house)
    document = read(payable.subject_id)
    receive(payable, 1200)
    made = credit(document, 2)
    assert (made.settled.amount, [one.amount.amount for one in made.refunds]) == (300, [700])
    assert available(house) == 700
    # The sale itself is its seller's to book: here it was not, and all that was booked after it closes.
    assert booked(house, AccountKind.RECEIVABLE) == -document.gross.amount
    settled = reread(house, payable)
    assert (settled.status, settled.open.amount) == ("settled", 0)
    # Nothing is open any more: all of the next one comes back.
    assert [one.amount.amount for one in credit(document, 1, to="source").refunds] == [500]
    assert booked(house, AccountKind.REFUND_PAYABLE) == -500


def test_a_refund_ends_once(house: House) -> None:
    payable = invoice(house)
    receive(payable, 1500)
    (refund,) = credit(read(payable.subject_id), 3, to="source").refunds
    assert (refund.method, refund.status) == ("bank_transfer", "pending")

    def finish(index: int) -> object:
        outcome = "done" if index % 2 else "failed"
        return finish_refund(actor=OPERATOR, now=NOW, refund_id=refund.id, outcome=outcome)  # type: ignore[arg-type]  # both are

    found = at_once(6, finish)
    assert sum(isinstance(one, RefundOver) for one in found) == 3
    assert booked(house, AccountKind.REFUND_PAYABLE) == 0
    with pytest.raises(RefundOver):
        name_refund_account(
            actor=OPERATOR, now=NOW, refund_id=refund.id, iban="DE89370400440532013000", name="A"
        )


def test_what_makes_no_sense_is_refused(house: House) -> None:
    document = read(invoice(house).subject_id)
    with pytest.raises(Forbidden):
        credit(document, 1, actor=house.actor)
    with pytest.raises(Invalid):
        credit(document, 1, to="elsewhere")
    with pytest.raises(Invalid):
        within(SYSTEM, lambda: preview_credit(actor=SYSTEM, invoice_id=document.id, wanted={new_id(): 1}))
    with pytest.raises(Invalid):
        within(SYSTEM, lambda: preview_credit(actor=SYSTEM, invoice_id=document.id, wanted={}))
    with pytest.raises(NotFound):
        finish_refund(actor=OPERATOR, now=NOW, refund_id=new_id(), outcome="done")
    assert read(document.id) == document


def test_others_see_nothing_of_it(house: House) -> None:
    payable = invoice(house)
    receive(payable, 1500)
    made = credit(read(payable.subject_id), 1, to="source")
    other = found_house(f"C{next(_codes):03d}")
    mine = within(house.actor, lambda: refunds.list_refunds(actor=house.actor))
    assert [one.id for one in mine] == [made.refunds[0].id]
    assert within(other.actor, lambda: refunds.list_refunds(actor=other.actor)) == []
    with pytest.raises(NotFound):
        within(other.actor, lambda: refunds.get_refund(actor=other.actor, refund_id=made.refunds[0].id))
    with pytest.raises(NotFound):
        within(other.actor, lambda: billing.get_document(actor=other.actor, document_id=made.document.id))


_MORE = """
INSERT INTO billing_line (id, document_id, reseller_id, customer_id, payer_id, position, description, quantity, months,
  unit_price, discount_percent, net, explanation, answers_id)
SELECT gen_random_uuid(), document_id, reseller_id, customer_id, payer_id, position + 1, description, quantity, months,
  unit_price, discount_percent, net, explanation, answers_id FROM billing_line WHERE document_id = %s"""


@pytest.mark.parametrize(
    "statement",
    [
        _MORE,
        "UPDATE billing_document SET reason = 'other' WHERE id = %s",
        "UPDATE billing_document SET answers_id = NULL WHERE id = %s",
        "UPDATE payments_refund SET amount = 1 WHERE credit_note_id = %s",
        "DELETE FROM payments_refund WHERE credit_note_id = %s",
    ],
)
def test_the_database_itself_refuses(house: House, statement: str) -> None:
    payable = invoice(house)
    receive(payable, 1500)
    made = credit(read(payable.subject_id), 2, to="source")
    with pytest.raises(DatabaseError), tx.enter(SYSTEM), connections["default"].cursor() as cursor:
        cursor.execute(statement, [made.document.id])
    assert read(made.document.id) == made.document
