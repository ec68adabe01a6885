"""A term is over and the next one waits for its money."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Subscription


@command
def await_renewal(*, actor: Actor, now: datetime, subscription_id: UUID) -> Subscription:
    """Let the subscription stand at the end of its term, with no more seats than will renew. Safe to repeat.

    Its seats stay in use; nothing is bought for it, and nothing about the renewal changes any more. ``renewals``
    wakes it: by beginning the next term, or by ending it.

    Raises: NotFound. Forbidden.
    """
    authority.require(actor, "operate")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    quantity = min(found.quantity, found.renews_with)
    return _write.changed(_write.update(actor, found.id, quantity=quantity, due_at=None))
