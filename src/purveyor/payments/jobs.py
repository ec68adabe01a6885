"""Due work of payments: the next step of a dunning case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.kernel.actor import system_actor
from purveyor.payments import commands


def run_dunning(case_id: UUID, due_at: datetime) -> None:
    """Take the step that is due, in a transaction of its own. Safe to run twice."""
    commands.take_step(actor=system_actor(), now=due_at, case_id=case_id)
