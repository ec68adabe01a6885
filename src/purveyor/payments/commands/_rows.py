"""What several commands of this room write and lock alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from purveyor.infra import outbox
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.errors import PaymentAlreadyRecorded
from purveyor.payments.events import BalanceDeposited
from purveyor.payments.rows import payable_of
from purveyor.payments.types import Allocated, Payable, Payment

# With ON CONFLICT a payment that is on record already writes nothing, and neither do its followers.
_INSERT = """
p AS (
  INSERT INTO payments_payment (id, reseller_id, customer_id, payer_id, payable_id, amount, currency, allocated,
    method, received_on, reference, occurrence, recorded_at, recorded_by, recorded_by_id)
  VALUES (%(payment)s, %(reseller)s, %(customer)s, %(payer)s, %(payable)s, %(amount)s, %(currency)s, %(allocated)s,
    %(method)s, %(received_on)s, %(reference)s, %(occurrence)s, %(now)s, %(by)s, %(by_id)s)
  ON CONFLICT (payer_id, payable_id, reference, amount, currency, received_on, occurrence) DO NOTHING
  RETURNING id
), al AS (
  INSERT INTO payments_allocation (id, payment_id, payable_id, reseller_id, customer_id, payer_id, amount, currency)
  SELECT %(allocation)s, p.id, %(payable)s, %(reseller)s, %(customer)s, %(payer)s, %(allocated)s, %(currency)s
  FROM p WHERE %(allocated)s > 0
)"""
_UPDATE = """, u AS (
  UPDATE payments_payable SET paid = %(paid)s, status = %(status)s,
    settled_at = CASE WHEN %(status)s = 'settled' THEN coalesce(settled_at, %(now)s) END
  FROM p WHERE payments_payable.id = %(payable)s AND %(allocated)s > 0
)"""


def insert_payment(
    payment: Payment,
    actor: Actor,
    *,
    after: Allocated | None,
    occurrence: int = 1,
    before: str = "",
    extra: Mapping[str, Any] | None = None,
) -> bool:
    """Insert a payment, its allocation and the payable's new state in one statement.

    ``before`` is a further common table expression, with its parameters in ``extra``. False when the same
    payment is on record; nothing is written then.
    """
    values: dict[str, Any] = {
        "payment": payment.id,
        "reseller": payment.reseller_id,
        "customer": payment.customer_id,
        "payer": payment.payer_id,
        "payable": payment.payable_id,
        "amount": payment.amount.amount,
        "currency": payment.amount.currency,
        "allocated": payment.allocated.amount,
        "method": payment.method,
        "received_on": payment.received_on,
        "reference": payment.reference,
        "occurrence": occurrence,
        "now": payment.recorded_at,
        "by": payment.recorded_by,
        "by_id": actor.person_id,
        "allocation": new_id(),
        **(extra or {}),
    }
    update = ""
    if after is not None:
        update = _UPDATE
        values |= {"paid": after.paid.amount, "status": after.status}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {before}{_INSERT}{update} SELECT id FROM p", values)
        return cursor.fetchone() is not None


def insert_once(payment: Payment, actor: Actor, *, after: Allocated | None, is_another: bool) -> None:
    """Insert money that came from outside, unless the same is on record; ``is_another`` makes it one more.

    Raises: PaymentAlreadyRecorded.
    """
    twins = models.Payment.objects.filter(
        Q(payable_id=payment.payable_id),
        payer_id=payment.payer_id,
        reference=payment.reference,
        amount=payment.amount.amount,
        currency=payment.amount.currency,
        received_on=payment.received_on,
    )
    if insert_payment(payment, actor, after=after, occurrence=twins.count() + 1 if is_another else 1):
        return
    found = twins.first()
    known = {} if found is None else {"payment": show("pay", found.id)}
    raise PaymentAlreadyRecorded(field="reference", received_on=payment.received_on.isoformat(), **known)


def new_payment(
    actor: Actor,
    *,
    now: datetime,
    payable: Payable,
    amount: Money,
    allocated: Money,
    received_on: date,
    reference: str,
    from_balance: bool,
) -> Payment:
    """A payment towards ``payable``, not stored yet."""
    return Payment(
        id=new_id(),
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
        payable_id=payable.id,
        amount=amount,
        allocated=allocated,
        method="balance" if from_balance else "bank_transfer",
        received_on=received_on,
        reference=reference,
        recorded_at=now,
        recorded_by=actor.name,
    )


def lock_payable(**where: Any) -> Payable:
    """The last payable that ``where`` finds, locked for this transaction. Raises NotFound."""
    rows = models.Payable.objects.select_for_update(no_key=True).filter(**where)
    row = rows.order_by("-opened_at", "-id").first()
    if row is None:
        raise NotFound()
    return payable_of(row)


def require_payer(actor: Actor, payer_id: UUID) -> None:
    """Only the payer itself and the operator touch what it pays. Raises NotFound."""
    own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
    if actor.scope != "operator" and payer_id != own:
        raise NotFound()


def check_amount(amount: Money, currency: str | None = None) -> None:
    """Refuse an amount that cannot be received. Raises Invalid."""
    if amount.amount <= 0:
        raise Invalid(field="amount", reason="not_positive")
    if currency is not None and amount.currency != currency:
        raise Invalid(field="amount", reason="currency_mismatch", currency=currency)


def announce_balance(
    *,
    now: datetime,
    reason: str,
    amount: Money,
    reseller_id: UUID,
    customer_id: UUID | None,
    payer_id: UUID,
) -> None:
    """Emit balance.deposited; nothing for nothing."""
    if amount.amount == 0:
        return
    outbox.emit(
        BalanceDeposited(
            organization_id=str(payer_id), amount=amount.amount, currency=amount.currency, reason=reason
        ),
        now=now,
        subject_id=payer_id,
        reseller_id=reseller_id,
        customer_id=customer_id,
        payer_id=payer_id,
    )
