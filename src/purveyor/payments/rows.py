"""Rows of the tables as the frozen types that others see."""

from __future__ import annotations

from typing import Any, cast

from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.types import (
    DunningCase,
    DunningStatus,
    LadderStep,
    Method,
    Payable,
    PayableStatus,
    Payment,
    SubjectKind,
)
from purveyor.payments.types_refunds import Refund, RefundMethod, RefundStatus


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
        credited=Money(row.credited, row.currency),
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


def refund_of(row: models.Refund) -> Refund:
    """The row, frozen."""
    return Refund(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        invoice_id=row.invoice_id,
        credit_note_id=row.credit_note_id,
        payment_id=row.payment_id,
        number=row.number,
        method=cast(RefundMethod, row.method),
        amount=Money(row.amount, row.currency),
        status=cast(RefundStatus, row.status),
        iban=row.iban,
        name=row.name,
        reference=row.reference,
        provider_id=row.provider_id,
        why=row.why,
        asked_at=row.asked_at,
        sent_at=row.sent_at,
        done_at=row.done_at,
    )


def case_of(row: models.DunningCase) -> DunningCase:
    """The row, frozen."""
    return DunningCase(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        invoice_id=row.invoice_id,
        number=row.number,
        due_on=row.due_on,
        status=cast(DunningStatus, row.status),
        before=cast(DunningStatus, row.before),
        plan=tuple(step_of(step) for step in row.plan),
        position=row.position,
        shift_days=row.shift_days,
        due_at=row.due_at,
        reason=row.reason,
        promised_until=row.promised_until,
        retry_at=row.retry_at,
        blocks_orders=row.blocks_orders,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
    )


def step_of(kept: dict[str, Any]) -> LadderStep:
    """A step as it is kept in a case's plan."""
    return LadderStep(
        days=kept["days"], action=kept["action"], audience=tuple(kept["audience"]), channel=kept["channel"]
    )


def step_json(step: LadderStep) -> dict[str, Any]:
    """A step as a case's plan keeps it."""
    return {
        "days": step.days,
        "action": step.action,
        "audience": list(step.audience),
        "channel": step.channel,
    }
