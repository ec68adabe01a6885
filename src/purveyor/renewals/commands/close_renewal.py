"""A subscription is over while its renewal waits for money: nothing is asked for any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.renewals import events, models
from purveyor.renewals.commands import _pending
from purveyor.renewals.commands.advance_ladder import void
from purveyor.renewals.types import OPEN
from purveyor.subscriptions.types import Status


@command
def close_renewal(*, actor: Actor, now: datetime, subscription_id: UUID, reason: str) -> bool:
    """Call off the renewal that waits for an ended subscription; whether there was one. Safe to repeat.

    Pro-forma and payable are cancelled, and money that had come for a part goes to the payer's balance. A renewal
    whose ladder ended the subscription is closed by then.

    Raises: Forbidden. NotFound.
    Emits: renewal.ended.
    """
    authority.require(actor, "operate")
    waiting = models.Renewal.objects.filter(
        subscription_id=subscription_id, prepay=True, rolled_at=None, status__in=OPEN
    ).values_list("id", flat=True)
    closed = False
    for renewal_id in list(waiting):
        row, found = _pending.lock(actor, renewal_id)
        if not _pending.waits(row) or found.status is not Status.ENDED:
            continue
        row.status, row.due_at, row.reason = "ended", None, reason
        row.save(update_fields=["status", "due_at", "reason"])
        void(actor, now, row)
        event = events.RenewalEnded(
            renewal_id=str(row.id), subscription_id=str(row.subscription_id), reason=reason
        )
        _pending.announce(row, now, event)
        _pending.note(actor, now, row, "renewal.ended", reason=reason)
        closed = True
    return closed
