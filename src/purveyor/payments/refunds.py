"""Reads of refunds: money on its way back, for its payer and the operator."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from purveyor.billing.types import Document
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.rows import refund_of
from purveyor.payments.rules.refunds import Paid, split_refund
from purveyor.payments.types_refunds import Refund, RefundMethod, RefundStatus, RefundTo, Share

LIMIT_MAX = 200


def get_refund(*, actor: Actor, refund_id: UUID) -> Refund:
    """A refund of the actor's own, or any for the operator. Raises NotFound."""
    row = _visible(actor).filter(id=refund_id).first()
    if row is None:
        raise NotFound(kind="refund")
    return refund_of(row)


def find_refunds(*, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Refund]:
    """Those of these refunds that the actor may see, by id. One statement."""
    return {row.id: refund_of(row) for row in _visible(actor).filter(id__in=ids)} if ids else {}


def list_refunds(
    *,
    actor: Actor,
    status: RefundStatus | None = None,
    method: RefundMethod | None = None,
    payer_id: UUID | None = None,
    only_open: bool = False,
    from_outside: bool = False,
    q: str = "",
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Refund]:
    """Refunds, newest first. ``from_outside`` leaves out those to balances; ``q`` is a part of the number or name."""
    rows = _visible(actor)
    if status is not None:
        rows = rows.filter(status=status)
    if method is not None:
        rows = rows.filter(method=method)
    if payer_id is not None:
        rows = rows.filter(payer_id=payer_id)
    if only_open:
        rows = rows.filter(status__in=["pending", "sent"])
    if from_outside:
        rows = rows.exclude(method="balance")
    # PostgreSQL has no text with a zero byte, so no number has one either.
    wanted = q.strip().replace("\x00", "")
    if wanted:
        rows = rows.filter(Q(number__icontains=wanted) | Q(name__icontains=wanted))
    if cursor is not None:
        rows = rows.filter(Q(asked_at__lt=cursor[0]) | Q(asked_at=cursor[0], id__lt=cursor[1]))
    return [refund_of(row) for row in rows.order_by("-asked_at", "-id")[: min(limit, LIMIT_MAX)]]


def refunds_of(*, actor: Actor, credit_note_ids: Collection[UUID]) -> dict[UUID, list[Refund]]:
    """The refunds of these credit notes, in the order in which they were asked for. One statement."""
    found: dict[UUID, list[Refund]] = {}
    rows = _visible(actor).filter(credit_note_id__in=credit_note_ids).order_by("asked_at", "id")
    for row in rows if credit_note_ids else ():
        if row.credit_note_id is not None:
            found.setdefault(row.credit_note_id, []).append(refund_of(row))
    return found


def count_refunds(*, actor: Actor) -> dict[RefundStatus, int]:
    """How many refunds by card or transfer stand where; statuses without one are left out."""
    rows = _visible(actor).exclude(method="balance").values("status").annotate(count=Count("id"))
    return {cast(RefundStatus, row["status"]): row["count"] for row in rows.order_by("status")}


def foresee_refund(*, actor: Actor, invoice: Document, amount: Money, to: RefundTo) -> list[Share]:
    """How ``amount`` of what was paid on the invoice would go back."""
    return split_refund(amount, to, paid_on(invoice)) if amount else []


def paid_on(invoice: Document) -> list[Paid]:
    """The payments of an invoice, the newest first, and what of each has not gone back yet. Two statements.

    They came for the invoice itself, for the order that it became of, or for the renewal. One that the bank or the
    card holder took back is not there any more.
    """
    wanted = Q(payable__subject_kind="invoice", payable__subject_id=invoice.id)
    wanted |= Q(payable__invoice_id=invoice.id)
    if invoice.order_id is not None:
        wanted |= Q(payable__subject_kind="order", payable__subject_id=invoice.order_id)
    rows = models.Payment.objects.filter(wanted, allocated__gt=0, payer_id=invoice.payer_id)
    rows = rows.exclude(id__in=models.Reversal.objects.values("payment"))
    rows = rows.exclude(id__in=models.CardDispute.objects.exclude(status="won").values("payment"))
    payments = list(rows.order_by("-recorded_at", "-id"))
    gone = (
        models.Refund.objects.filter(payment__in=[payment.id for payment in payments])
        .exclude(status="failed")
        .values("payment")
        .annotate(sum=Sum("amount"))
        .order_by("payment")
    )
    back = {row["payment"]: int(row["sum"]) for row in gone}
    return [
        Paid(row.id, cast(RefundMethod, row.method), Money(row.allocated - back.get(row.id, 0), row.currency))
        for row in payments
    ]


def _visible(actor: Actor) -> QuerySet[models.Refund]:
    rows = models.Refund.objects.all()
    if actor.scope == "reseller":
        return rows.filter(Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id))
    if actor.scope == "customer":
        return rows.filter(Q(customer_id=actor.customer_id, payer_id=actor.customer_id))
    return rows
