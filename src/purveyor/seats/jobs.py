"""Work that is due at an instant."""

from datetime import datetime
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import system_actor
from purveyor.seats import commands


def run_expiry(invitation_id: UUID, due_at: datetime) -> None:
    """An invitation's time is over, seen at its own due instant. Safe to run twice."""
    actor = system_actor()
    with tx.enter(actor):
        commands.expire_invitation(actor=actor, now=due_at, invitation_id=invitation_id)
