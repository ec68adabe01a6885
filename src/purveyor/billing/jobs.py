"""Due work of billing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from purveyor.billing.commands import mark_overdue
from purveyor.billing.commands.recognize_revenue import (
    last_closing,
    next_closing,
    postpone_recognition,
    recognize_revenue,
)
from purveyor.billing.commands.seal_documents import seal_documents
from purveyor.infra import clock, tx
from purveyor.kernel.actor import system_actor


def run_overdue(document_id: UUID, due_at: datetime) -> None:
    """Mark the invoice overdue as of ``due_at``, the first instant after its due date."""
    actor = system_actor()
    with tx.enter(actor):
        mark_overdue(actor=actor, now=due_at, document_id=document_id)


def run_recognition(state_id: UUID, due_at: datetime) -> None:
    """Seal what was issued, recognize the revenue of the days before ``due_at``, and come back the next morning.

    A morning that is long over is not made up for by itself: the next one takes all days that were missed. So does the
    last one of a move of the test clock.
    """
    actor = system_actor()
    target = clock.moving_to()
    if target is not None and last_closing(target) > due_at:
        postpone_recognition(actor=actor, state_id=state_id, next_at=last_closing(target))
        return
    behind = clock.now()
    if behind - due_at > timedelta(days=1):
        postpone_recognition(actor=actor, state_id=state_id, next_at=next_closing(behind))
        return
    seal_documents(actor=actor, now=due_at)
    recognize_revenue(actor=actor, now=due_at, state_id=state_id, next_at=next_closing(due_at))
