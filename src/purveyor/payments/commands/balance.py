"""Pay from the prepaid balance: at once, in the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import apply_payment
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.payments.commands._rows import (
    check_amount,
    insert_payment,
    lock_payable,
    new_payment,
    require_payer,
)
from purveyor.payments.commands.dunning_case import resolve_case
from purveyor.payments.errors import PayableNotOpen
from purveyor.payments.rules.allocation import allocate
from purveyor.payments.types import Payable, SubjectKind

# Whoever watches its balance looks at it once this is committed; nothing where nobody does.
_WATCHED = """
w AS (
  UPDATE payments_fundsettings SET due_at = %(now)s
  WHERE payer_id = %(payer)s AND currency = %(currency)s AND threshold IS NOT NULL
    AND (due_at IS NULL OR due_at > %(now)s)
), """
_OPENED = """
o AS (
  INSERT INTO payments_payable (id, reseller_id, customer_id, payer_id, subject_kind, subject_id, amount, currency,
    paid, reference, method, status, opened_at, settled_at)
  VALUES (%(payable)s, %(reseller)s, %(customer)s, %(payer)s, %(subject_kind)s, %(subject_id)s, %(amount)s,
    %(currency)s, %(amount)s, NULL, 'balance', 'settled', %(now)s, %(now)s)
), """


@command
def charge_balance(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    customer_id: UUID,
    payer_id: UUID,
    subject_kind: SubjectKind,
    subject_id: UUID,
    amount: Money,
) -> Payable:
    """Open a payable and pay it whole from the payer's balance: three statements, all or nothing.

    The balance's row stays locked until the commit. No event: the caller settles its subject in this same
    transaction (for an invoice, by issuing it with ``paid``). Not safe to repeat by itself: one payable a
    subject is guarded by the table.

    Raises: InsufficientBalance, before anything is written; Invalid; NotFound for another's payer.
    """
    require_payer(actor, payer_id)
    check_amount(amount)
    payable = Payable(
        id=new_id(),
        reseller_id=reseller_id,
        customer_id=customer_id,
        payer_id=payer_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        amount=amount,
        paid=amount,
        method="balance",
        reference=None,
        status="settled",
        opened_at=now,
        settled_at=now,
        credited=Money.zero(amount.currency),
    )
    _book(actor, now, payable, amount)
    payment = new_payment(
        actor,
        now=now,
        payable=payable,
        amount=amount,
        allocated=amount,
        received_on=business_date(now),
        reference="",
        from_balance=True,
    )
    extra = {"subject_kind": subject_kind, "subject_id": subject_id}
    insert_payment(payment, actor, after=None, before=_WATCHED + _OPENED, extra=extra)
    return payable


@command
def pay_from_balance(*, actor: Actor, now: datetime, payable_id: UUID) -> Payable:
    """Pay what is open on a payable from its payer's balance; returns it settled.

    No event: the caller settles its subject in this same transaction. An invoice is marked as paid here.
    Safe to repeat: a settled payable is returned as it is.

    Raises: NotFound; PayableNotOpen (cancelled); InsufficientBalance, before anything is written.
    """
    payable = lock_payable(id=payable_id)
    require_payer(actor, payable.payer_id)
    if payable.is_settled:
        return payable
    if payable.status == "cancelled":
        raise PayableNotOpen(status=payable.status)
    amount = payable.open
    _book(actor, now, payable, amount)
    after = allocate(payable, amount)
    payment = new_payment(
        actor,
        now=now,
        payable=payable,
        amount=amount,
        allocated=amount,
        received_on=business_date(now),
        reference="",
        from_balance=True,
    )
    insert_payment(payment, actor, after=after, before=_WATCHED)
    if payable.subject_kind == "invoice":
        apply_payment(actor=actor, now=now, document_id=payable.subject_id, amount=amount)
        resolve_case(actor=actor, now=now, invoice_id=payable.subject_id)
    return replace(payable, paid=after.paid, status=after.status, settled_at=now)


def _book(actor: Actor, now: datetime, payable: Payable, amount: Money) -> None:
    post(
        actor=actor,
        now=now,
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
        kind="payment",
        reference=f"payable:{payable.id}:balance",
        legs=legs.from_balance(payer_id=payable.payer_id, amount=amount),
    )
