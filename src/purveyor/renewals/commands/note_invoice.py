"""A renewal whose invoice was held learns of it, and follows its payment from then on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.period import Period
from purveyor.parties import authority
from purveyor.payments.commands import link_invoice
from purveyor.payments.queries import find_payable_for
from purveyor.renewals import events, models


@command
def note_invoice(
    *, actor: Actor, now: datetime, subscription_id: UUID, period: Period, invoice_id: UUID, paid: bool
) -> None:
    """Set the invoice of the renewal, and what asks for its money. Safe to repeat.

    Raises: Forbidden for everybody but the operator and its jobs.
    Emits: renewal.invoiced, for one that was not paid before its invoice.
    """
    authority.require(actor, "operate")
    row = models.Renewal.objects.filter(
        subscription_id=subscription_id, period_start=period.start, invoice_id__isnull=True
    ).first()
    if row is None:
        return
    row.invoice_id = invoice_id
    asked = find_payable_for(actor=actor, subject_kind="invoice", subject_id=invoice_id)
    if row.payable_id is None and asked is not None:
        row.payable_id = asked.id
    elif row.prepay and row.payable_id is not None and row.order_id is None:
        link_invoice(actor=actor, now=now, payable_id=row.payable_id, invoice_id=invoice_id)
    row.save(update_fields=["invoice", "payable"])
    if row.prepay:
        return
    outbox.emit(
        events.RenewalInvoiced(
            subscription_id=str(row.subscription_id),
            invoice_id=str(invoice_id),
            period_start=period.start.isoformat(),
            period_end=period.end.isoformat(),
            paid=paid,
        ),
        now=now,
        subject_id=row.subscription_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )


@command
def replace_invoice(*, actor: Actor, now: datetime, invoice_id: UUID, by_id: UUID, paid: bool) -> int:
    """Let the renewals that an invoice billed follow the one that was issued in its place; how many. Repeatable.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    asked = find_payable_for(actor=actor, subject_kind="invoice", subject_id=by_id)
    rows = models.Renewal.objects.filter(invoice_id=invoice_id)
    if paid or asked is None:
        return rows.update(invoice_id=by_id)
    return rows.update(invoice_id=by_id, payable_id=asked.id, status="pending", paid_at=None)
