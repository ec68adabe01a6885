"""A document locked to change what may change on it, and what its events say."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.events import InvoiceOverdue, InvoicePaid, InvoicePartlyPaid
from purveyor.billing.models import Document
from purveyor.infra import outbox
from purveyor.kernel.errors import NotFound

# Parties and lines are large and not needed to count money.
_FIELDS = (
    *("id", "kind", "number", "status", "reseller_id", "customer_id", "payer_id", "order_id", "currency"),
    *("gross", "paid", "credited", "due_at", "bill_to_may_read"),
)


def lock(document_id: UUID) -> Document:
    """The document, locked for this transaction. Raises NotFound."""
    found = Document.objects.select_for_update(no_key=True).only(*_FIELDS).filter(id=document_id).first()
    if found is None:
        raise NotFound(document=str(document_id))
    return found


def announce(
    event: type[InvoicePaid] | type[InvoicePartlyPaid] | type[InvoiceOverdue], row: Document, now: datetime
) -> None:
    """Emit ``event`` about the document."""
    customer_id = None if row.customer_id == row.reseller_id else row.customer_id
    outbox.emit(
        event(
            document_id=str(row.id),
            number=row.number,
            customer_id=None if customer_id is None else str(customer_id),
            payer_id=str(row.payer_id),
            order_id=None if row.order_id is None else str(row.order_id),
            gross=row.gross,
            currency=row.currency,
        ),
        now=now,
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=customer_id,
        payer_id=row.payer_id,
    )
