"""A renewal that waits for its money goes down its ladder: at risk, suspended, over (rules.md d)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.catalog import queries as catalog
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.payments import queries as payments
from purveyor.renewals import events, models
from purveyor.renewals._view import ladder_at, zone_of
from purveyor.renewals.commands import _pending
from purveyor.renewals.commands.settle_renewal import settle_renewal
from purveyor.renewals.rules.cut_off import Ladder
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.types import Status, Subscription


@command
def advance_ladder(*, actor: Actor, now: datetime, renewal_id: UUID) -> str:
    """Take the step that is due at ``now``, the furthest one if several are; returns the status. Safe to repeat.

    The cut-off makes it ``at_risk``; ``suspend_after_days`` later its subscription is suspended (``missed``);
    ``end_after_days`` later it has ended, and so has the subscription: pro-forma and payable are cancelled, and
    money that had come for a part goes to the payer's balance. Money that is complete but not heard of yet is.

    Raises: NotFound. Forbidden.
    Emits: renewal.at_risk; or renewal.missed and subscription.suspended; or renewal.ended and subscription.ended.
    """
    authority.require(actor, "operate")
    row, found = _pending.lock(actor, renewal_id)
    if not _pending.waits(row) or row.cut_off_at is None:
        models.Renewal.objects.filter(id=row.id).update(due_at=None)
        return row.status
    value_date = payments.find_value_date(actor=actor, payable_id=row.payable_id)
    if value_date is not None:
        settle_renewal(actor=actor, now=now, renewal_id=row.id, source="advance", value_date=value_date)
        return "paid"
    terms = catalog.get_offer(offer_ref=row.offer_id).terms
    ladder = ladder_at(terms, row.cut_off_at)
    step, row.due_at = ladder.after(now)
    if step is not None and step != row.status:
        row.status = step
        if step == "at_risk":
            _warn(actor, now, row, ladder, zone=str(zone_of(terms)))
        elif step == "missed":
            _suspend(actor, now, row, found)
        else:
            _end(actor, now, row)
    row.save(update_fields=["status", "due_at", "reason"])
    return row.status


def _warn(actor: Actor, now: datetime, row: models.Renewal, ladder: Ladder, *, zone: str) -> None:
    event = events.RenewalAtRisk(
        renewal_id=str(row.id),
        subscription_id=str(row.subscription_id),
        suspend_on=ladder.suspend_on.isoformat(),
        end_on=ladder.end_on.isoformat(),
    )
    _pending.announce(row, now, event)
    _pending.note(actor, now, row, "renewal.at_risk", until=ladder.suspend_on.isoformat(), zone=zone)


def _suspend(actor: Actor, now: datetime, row: models.Renewal, found: Subscription) -> None:
    if found.status is not Status.SUSPENDED:
        subscriptions.suspend_subscription(
            actor=actor, now=now, subscription_id=found.id, reason=_pending.UNPAID
        )
    _pending.announce(row, now, events.RenewalMissed(subscription_id=str(found.id), reason=_pending.UNPAID))
    _pending.note(actor, now, row, "renewal.missed", reason=_pending.UNPAID)


def _end(actor: Actor, now: datetime, row: models.Renewal) -> None:
    row.reason = _pending.UNPAID
    subscriptions.end_subscription(
        actor=actor, now=now, subscription_id=row.subscription_id, reason=_pending.UNPAID
    )
    void(actor, now, row)
    event = events.RenewalEnded(
        renewal_id=str(row.id), subscription_id=str(row.subscription_id), reason=_pending.UNPAID
    )
    _pending.announce(row, now, event)
    _pending.note(actor, now, row, "renewal.ended", reason=_pending.UNPAID)


def void(actor: Actor, now: datetime, row: models.Renewal) -> None:
    """As :func:`_pending.void`, for commands that close a renewal in another way."""
    _pending.void(actor, now, row)
