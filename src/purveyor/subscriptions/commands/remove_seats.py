"""Fewer seats in the running term: only for what was never billed, or is credited."""

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
from purveyor.subscriptions.errors import SeatsInUse
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import calendar, lifecycle
from purveyor.subscriptions.types import Subscription


@command
def remove_seats(*, actor: Actor, now: datetime, subscription_id: UUID, quantity: int) -> Subscription:
    """Take ``quantity`` free seats away now; a number planned for the renewal goes down with them.

    Only ``sales.take_back_seats`` calls it, which knows what is still on account, and ``payments.credit_invoice``,
    which pays back: what was billed stays until the renewal otherwise (rules.md b). Not safe to repeat by itself.

    Raises: SubscriptionNotActive, PeriodEnded, SeatsInUse (members hold them), NotFound, Forbidden, Invalid.
    Emits: subscription.seats_removed; subscription.renewal_rebased when another number was scheduled.
    """
    authority.require(actor, "buy")
    if quantity < 1:
        raise Invalid(field="quantity", reason="too_small", min=1)
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    lifecycle.need(found.status, lifecycle.GROWS)
    today = clock.business_date(now)
    if found.period_end is not None and today >= found.period_end:
        raise calendar.PeriodEnded(on=today.isoformat(), end=found.period_end.isoformat())
    left = found.quantity - quantity
    if left < max(1, found.seats_assigned):
        raise SeatsInUse(field="quantity", wanted=left, assigned=found.seats_assigned)
    planned = found.renewal_quantity
    renewal = (
        None if planned is None else max(1, found.seats_assigned - found.seats_leaving, planned - quantity)
    )
    less = _write.changed(_write.update(actor, found.id, quantity=left, renewal_quantity=renewal))
    outbox.emit(
        events.SubscriptionSeatsRemoved(str(less.id), str(less.customer_id), quantity, less.quantity),
        **_write.announced(less, now),
    )
    _write.note(actor, now, less, "subscription.seats_removed", removed=quantity, quantity=less.quantity)
    if planned is not None and renewal is not None and renewal != planned:
        outbox.emit(
            events.SubscriptionRenewalRebased(
                str(less.id), str(less.customer_id), planned, renewal, less.quantity
            ),
            **_write.announced(less, now),
        )
        _write.note(
            actor, now, less, "subscription.renewal_rebased", old=planned, new=renewal, quantity=less.quantity
        )
    return less
