"""More seats in the running term."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import clock, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.parties import authority
from purveyor.subscriptions import events
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import calendar, lifecycle
from purveyor.subscriptions.types import Subscription


@command
def add_seats(*, actor: Actor, now: datetime, subscription_id: UUID, quantity: int) -> Subscription:
    """Add ``quantity`` seats now, and at the renewal: a planned change of the number keeps its size (rules.md b).

    Not idempotent by itself: the order that paid for them is settled once.

    Raises:
        SubscriptionNotActive. PeriodEnded: that is the renewal's business. NotFound. Forbidden. Invalid.
    Emits: subscription.seats_added; subscription.renewal_rebased when another number was scheduled.
    """
    authority.require(actor, "buy")
    if quantity < 1:
        raise Invalid(field="quantity", reason="too_small")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    lifecycle.need(found.status, lifecycle.GROWS)
    today = clock.business_date(now)
    if found.period_end is not None and today >= found.period_end:
        raise calendar.PeriodEnded(on=today.isoformat(), end=found.period_end.isoformat())
    renewal = None if found.renewal_quantity is None else found.renewal_quantity + quantity
    more = _write.changed(
        _write.update(actor, found.id, quantity=found.quantity + quantity, renewal_quantity=renewal)
    )
    outbox.emit(
        events.SubscriptionSeatsAdded(str(more.id), str(more.customer_id), quantity, more.quantity),
        **_write.announced(more, now),
    )
    _write.note(actor, now, more, "subscription.seats_added", added=quantity, quantity=more.quantity)
    if found.renewal_quantity is not None and renewal is not None:
        _say_rebased(actor, now, more, found.renewal_quantity, renewal)
    return more


def _say_rebased(actor: Actor, now: datetime, more: Subscription, old: int, new: int) -> None:
    """What was scheduled is not lost, and nobody learns of the new number by the invoice."""
    outbox.emit(
        events.SubscriptionRenewalRebased(str(more.id), str(more.customer_id), old, new, more.quantity),
        **_write.announced(more, now),
    )
    _write.note(actor, now, more, "subscription.renewal_rebased", old=old, new=new, quantity=more.quantity)
