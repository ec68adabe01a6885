"""Due work of billing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import mark_overdue
from purveyor.infra import tx
from purveyor.kernel.actor import system_actor


def run_overdue(document_id: UUID, due_at: datetime) -> None:
    """Mark the invoice overdue as of ``due_at``, the first instant after its due date."""
    actor = system_actor()
    with tx.enter(actor):
        mark_overdue(actor=actor, now=due_at, document_id=document_id)
