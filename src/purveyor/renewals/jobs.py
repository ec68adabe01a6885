"""Due work of renewals: the ends of terms and trials."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.kernel.actor import system_actor
from purveyor.renewals.commands import renew_term


def roll_due(subscription_id: UUID, due_at: datetime) -> None:
    """Renew or end the subscription as of its own due instant, in a transaction of its own."""
    renew_term(actor=system_actor(), now=due_at, subscription_id=subscription_id)
