"""A subscription is over, or falls behind with its payments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.text import clean_line
from purveyor.parties import authority
from purveyor.subscriptions import events
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import lifecycle
from purveyor.subscriptions.types import PaymentStatus, Status, Subscription


@command
def end_subscription(*, actor: Actor, now: datetime, subscription_id: UUID, reason: str) -> Subscription:
    """End it now, at the end of its term or before; nothing is paid back. Safe to repeat.

    ``reason`` is a stable word (not_renewed, trial_over, offer_not_available) or what a person wrote. Its seats are
    freed by ``seats`` when it hears of it; all that is known of it stays.

    Raises:
        TransitionRefused. Invalid: no reason. NotFound. Forbidden.
    Emits: subscription.ended.
    """
    authority.require(actor, "operate")
    return _close(actor, now, subscription_id, Status.ENDED, clean_line(reason, field="reason"))


@command
def cancel_subscription(
    *, actor: Actor, now: datetime, subscription_id: UUID, reason: str = "cancelled"
) -> Subscription:
    """Cancel one that never ran, with its order. Safe to repeat.

    Raises:
        TransitionRefused: it has begun to end in another way. NotFound. Forbidden.
    Emits: subscription.ended.
    """
    authority.require(actor, "buy")
    return _close(actor, now, subscription_id, Status.CANCELLED, reason)


def _close(actor: Actor, now: datetime, subscription_id: UUID, new: Status, reason: str) -> Subscription:
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if found.status is new:
        return found
    lifecycle.step(found.status, new)
    closed = _write.changed(
        _write.update(actor, found.id, status=new.value, ended_at=now, end_reason=reason, due_at=None)
    )
    outbox.emit(
        events.SubscriptionEnded(str(closed.id), str(closed.customer_id), reason),
        **_write.announced(closed, now),
    )
    _write.note(actor, now, closed, f"subscription.{new.value}", reason=reason)
    return closed


@command
def set_payment_status(
    *, actor: Actor, now: datetime, subscription_id: UUID, payment_status: PaymentStatus
) -> Subscription:
    """Say whether what it costs has been paid; apart from the life cycle (rules.md a3). Safe to repeat.

    Raises:
        NotFound. Forbidden.
    """
    authority.require(actor, "operate")
    return _write.changed(_write.update(actor, subscription_id, payment_status=payment_status))


@command
def set_due(*, actor: Actor, now: datetime, subscription_id: UUID, due_at: datetime | None) -> Subscription:
    """Move the instant at which the subscription wants attention again, or clear it.

    Raises:
        NotFound. Forbidden.
    """
    authority.require(actor, "operate")
    return _write.changed(_write.update(actor, subscription_id, due_at=due_at))
