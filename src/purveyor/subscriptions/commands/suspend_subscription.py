"""The operator's hand on a subscription: it stands still, goes on, or comes back after it was ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import clock, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.text import clean_line
from purveyor.parties import authority
from purveyor.subscriptions import events
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.errors import TransitionRefused
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import calendar, lifecycle
from purveyor.subscriptions.types import Status, Subscription


@command
def suspend_subscription(*, actor: Actor, now: datetime, subscription_id: UUID, reason: str) -> Subscription:
    """Let it stand still: members keep their seats but cannot use them, nothing is added, and the term runs on.

    It ends with its term unless it is resumed before. ``reason`` is a stable word or what a person wrote. Safe to
    repeat: the first reason stays.

    Raises:
        TransitionRefused: it does not run. Invalid: no reason. NotFound. Forbidden.
    Emits: subscription.suspended.
    """
    authority.require(actor, "operate")
    why = clean_line(reason, field="reason")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if found.status is Status.SUSPENDED:
        return found
    lifecycle.step(found.status, Status.SUSPENDED)
    still = _write.changed(
        _write.update(actor, found.id, status=Status.SUSPENDED.value, suspended_at=now, suspend_reason=why)
    )
    event = events.SubscriptionSuspended(str(still.id), str(still.customer_id), why)
    outbox.emit(event, **_write.announced(still, now))
    _write.note(actor, now, still, "subscription.suspended", reason=why)
    return still


@command
def resume_subscription(*, actor: Actor, now: datetime, subscription_id: UUID, reason: str) -> Subscription:
    """Let a suspended one go on. The end of its term has not moved. Safe to repeat on one that runs.

    Raises:
        TransitionRefused: it is neither suspended nor running. Invalid: no reason. NotFound. Forbidden.
    Emits: subscription.resumed.
    """
    authority.require(actor, "operate")
    why = clean_line(reason, field="reason")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if found.status is Status.ACTIVE:
        return found
    if found.status is not Status.SUSPENDED:
        raise TransitionRefused(status=found.status.value, wanted=Status.ACTIVE.value)
    active = _write.changed(
        _write.update(actor, found.id, status=Status.ACTIVE.value, suspended_at=None, suspend_reason="")
    )
    event = events.SubscriptionResumed(str(active.id), str(active.customer_id), why)
    outbox.emit(event, **_write.announced(active, now))
    _write.note(actor, now, active, "subscription.resumed", reason=why)
    return active


@command
def reactivate_subscription(
    *, actor: Actor, now: datetime, subscription_id: UUID, reason: str
) -> Subscription:
    """Undo the end of one whose term is not over: it runs (or is tried) until then. Its seats are free.

    Raises:
        TransitionRefused: it was not ended. PeriodEnded: its term is over; buy a new one. Invalid: no reason.
        NotFound. Forbidden.
    Emits: subscription.reactivated.
    """
    authority.require(actor, "operate")
    why = clean_line(reason, field="reason")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if found.status is not Status.ENDED:
        raise TransitionRefused(status=found.status.value, wanted=Status.ACTIVE.value)
    today, end = clock.business_date(now), found.period_end
    if end is None:
        raise NotFound(kind="period")
    if today >= end:
        raise calendar.PeriodEnded(on=today.isoformat(), end=end.isoformat())
    status = Status.TRIAL if found.anchor_day is None else Status.ACTIVE
    back = _write.changed(
        _write.update(
            actor, found.id, status=status.value, ended_at=None, end_reason="", suspended_at=None,
            suspend_reason="", due_at=clock.start_of(end),
        )
    )  # fmt: skip
    event = events.SubscriptionReactivated(str(back.id), str(back.customer_id), why, end.isoformat())
    outbox.emit(event, **_write.announced(back, now))
    _write.note(actor, now, back, "subscription.reactivated", reason=why, until=end.isoformat())
    return back
