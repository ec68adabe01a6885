"""Due work of sales."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import system_actor
from purveyor.sales.commands import close_account


def run_close(gathering_id: UUID, due_at: datetime) -> None:
    """Bill what was gathered, as of ``due_at``: the first instant of the month after."""
    actor = system_actor()
    with tx.enter(actor):
        close_account(actor=actor, now=due_at, gathering_id=gathering_id)
