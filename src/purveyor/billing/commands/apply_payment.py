"""Count money towards an invoice."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from purveyor.billing.commands._locked import announce, lock
from purveyor.billing.errors import DocumentNotPayable, PaymentExceedsInvoice
from purveyor.billing.events import InvoicePaid, InvoicePartlyPaid
from purveyor.billing.rules.status import PAYABLE, status_of
from purveyor.billing.types import Status
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.money import Money


@command
def apply_payment(*, actor: Actor, now: datetime, document_id: UUID, amount: Money) -> Status:
    """Count ``amount`` towards an invoice; returns its new status.

    Not safe to repeat by itself: payments calls it in the transaction that records the money.

    Raises: NotFound; Invalid (amount); DocumentNotPayable; PaymentExceedsInvoice.
    Emits: invoice.paid when nothing is open any more, else invoice.partly_paid.
    """
    row = lock(document_id)
    if amount.currency != row.currency:
        raise Invalid(field="amount", reason="currency_mismatch", currency=row.currency)
    if amount.amount <= 0:
        raise Invalid(field="amount", reason="not_positive")
    if row.kind != "invoice" or row.status not in PAYABLE:
        raise DocumentNotPayable(number=row.number, status=row.status)
    owed = row.gross - row.credited
    if row.paid + amount.amount > owed:
        raise PaymentExceedsInvoice(open=owed - row.paid, wanted=amount.amount, currency=row.currency)
    row.paid += amount.amount
    status = status_of(gross=owed, paid=row.paid, before=cast(Status, row.status))
    row.status = status
    if status == "paid":
        row.due_at = None
    announce(InvoicePaid if status == "paid" else InvoicePartlyPaid, row, now)
    row.save(update_fields=["paid", "status", "due_at"])
    return status
