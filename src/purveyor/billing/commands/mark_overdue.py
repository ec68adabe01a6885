"""Mark an invoice as overdue once its due date has passed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands._locked import announce, lock
from purveyor.billing.events import InvoiceOverdue
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor


@command
def mark_overdue(*, actor: Actor, now: datetime, document_id: UUID) -> bool:
    """Mark an invoice overdue if its day is over and something is open; False when there is nothing to do.

    Safe to repeat: the row is locked and looked at again.

    Raises: NotFound.
    Emits: invoice.overdue.
    """
    row = lock(document_id)
    if row.due_at is None or row.due_at > now:
        return False
    row.due_at = None
    is_overdue = row.kind == "invoice" and row.status in {"issued", "partially_paid"}
    if is_overdue:
        row.status = "overdue"
        announce(InvoiceOverdue, row, now)
    row.save(update_fields=["status", "due_at"])
    return is_overdue
