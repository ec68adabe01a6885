"""Rows of the tables as the frozen types that others see."""

from __future__ import annotations

from typing import cast

from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.types import Method, Payable, PayableStatus, Payment, SubjectKind


def payable_of(row: models.Payable) -> Payable:
    """The row, frozen."""
    return Payable(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        subject_kind=cast(SubjectKind, row.subject_kind),
        subject_id=row.subject_id,
        amount=Money(row.amount, row.currency),
        paid=Money(row.paid, row.currency),
        method=cast(Method, row.method),
        reference=row.reference,
        status=cast(PayableStatus, row.status),
        opened_at=row.opened_at,
        settled_at=row.settled_at,
    )


def payment_of(row: models.Payment) -> Payment:
    """The row, frozen."""
    return Payment(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        payable_id=row.payable_id,
        amount=Money(row.amount, row.currency),
        allocated=Money(row.allocated, row.currency),
        method=cast(Method, row.method),
        received_on=row.received_on,
        reference=row.reference,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
