"""Open a payable: something is owed, and here is how to pay it."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import connection

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.cards import is_offered
from purveyor.payments.commands._rows import check_amount, require_payer
from purveyor.payments.rows import payable_of
from purveyor.payments.rules.references import rf_reference
from purveyor.payments.types import Method, Payable, SubjectKind


def check_method(method: str) -> Method:
    """The method, if it can be used. Raises Invalid (payment_method)."""
    if method == "card" and not is_offered():
        raise Invalid(field="payment_method", reason="card_not_available")
    if method not in ("bank_transfer", "balance", "card"):
        raise Invalid(field="payment_method", reason="unknown_method")
    return cast(Method, method)


@command
def open_payable(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    customer_id: UUID,
    payer_id: UUID,
    subject_kind: SubjectKind,
    subject_id: UUID,
    amount: Money,
    method: str,
) -> Payable:
    """Open a payable with a creditor reference of its own (ISO 11649). One a subject: guarded by the table.

    To pay from the balance at once, ``charge_balance`` does both in one statement less.

    Raises: Invalid for a method that cannot be used or an amount of nothing; NotFound for another's payer.
    """
    require_payer(actor, payer_id)
    check_amount(amount)
    row = models.Payable(
        id=new_id(),
        reseller_id=reseller_id,
        customer_id=customer_id,
        payer_id=payer_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        amount=amount.amount,
        currency=amount.currency,
        paid=0,
        reference=_next_reference(),
        method=check_method(method),
        status="open",
        opened_at=now,
    )
    row.save(force_insert=True)
    return payable_of(row)


def _next_reference() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_reference_seq')")
        return rf_reference(str(cursor.fetchone()[0]))
