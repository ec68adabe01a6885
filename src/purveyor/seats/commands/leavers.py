"""Members who go when the term ends, so that the next one begins with fewer seats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import authority
from purveyor.seats.commands import _write
from purveyor.seats.queries import leavers_of, rows_of
from purveyor.seats.types import Assignment
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.queries import get_subscription
from purveyor.subscriptions.types import Subscription


@command
def plan_leavers(
    *,
    actor: Actor,
    now: datetime,
    subscription_id: UUID,
    assignment_ids: Sequence[UUID],
    renewal_quantity: int | None = None,
) -> tuple[Assignment, ...]:
    """Say who goes at the end of the term: exactly these, and none for an empty list. Safe to repeat.

    They keep their seats until then. ``renewal_quantity`` schedules so many seats with it, at least as many as there
    are members who stay; without it, the number stays as it is.

    Raises:
        NotFound: one of them holds no seat of this subscription. SeatsInUse: more would stay than seats are
        scheduled. RenewalLocked, PeriodEnded, SubscriptionNotActive, Invalid, Forbidden.
    Emits: subscription.renewal_changed, if the number changed.
    """
    wanted = sorted(set(assignment_ids))
    before = subscriptions.hold_seats(actor=actor, now=now, subscription_id=subscription_id)
    held = rows_of(
        "SELECT id, leaves_at_renewal FROM seats_assignment"
        " WHERE subscription_id = %s AND status <> 'ended' AND (leaves_at_renewal OR id = ANY(%s))",
        [subscription_id, wanted],
    )
    known = {row[0] for row in held}
    if not known.issuperset(wanted):
        raise NotFound(kind="assignment", field="assignments")
    subscriptions.plan_leaving(actor=actor, now=now, subscription_id=subscription_id, count=len(wanted))
    if {row[0] for row in held if row[1]} != set(wanted):
        rows_of(
            "UPDATE seats_assignment SET leaves_at_renewal = (id = ANY(%s))"
            " WHERE subscription_id = %s AND status <> 'ended' AND leaves_at_renewal <> (id = ANY(%s)) RETURNING id",
            [wanted, subscription_id, wanted],
        )
        _write.note(
            actor, now, "seat.leavers_planned", "subscription", subscription_id, before.reseller_id,
            before.customer_id, count=len(wanted),
        )  # fmt: skip
    if renewal_quantity is not None:
        subscriptions.set_renewal(
            actor=actor,
            now=now,
            subscription_id=subscription_id,
            auto_renew=True,
            renewal_quantity=renewal_quantity,
        )
    return leavers_of(actor, subscription_id)


@command
def withdraw_leavers(*, actor: Actor, now: datetime, subscription_id: UUID) -> None:
    """Nobody goes at the end of the term. Safe to repeat.

    Raises:
        SeatsInUse: fewer seats are scheduled than are assigned. As :func:`plan_leavers`.
    """
    plan_leavers(actor=actor, now=now, subscription_id=subscription_id, assignment_ids=())


@command
def cancel_scheduled_change(*, actor: Actor, now: datetime, subscription_id: UUID) -> Subscription:
    """Let the next term begin as the running one ends: same offer, same seats, and nobody goes. Safe to repeat.

    Raises:
        RenewalLocked, PeriodEnded, SubscriptionNotActive, NotFound, Forbidden: as
        ``subscriptions.commands.cancel_scheduled_change``.
    Emits: subscription.renewal_changed, unless only leavers were planned.
    """
    subscriptions.cancel_scheduled_change(actor=actor, now=now, subscription_id=subscription_id)
    withdraw_leavers(actor=actor, now=now, subscription_id=subscription_id)
    return get_subscription(actor=actor, subscription_id=subscription_id)


@command
def release_leavers(*, actor: Actor, now: datetime, subscription_id: UUID) -> int:
    """Free the seats of those who go, as the term ends; returns how many. Safe to repeat.

    ``renewals`` calls it before the next term begins, in the same transaction.

    Raises:
        NotFound. Forbidden.
    Emits: seat.released for each.
    """
    authority.require(actor, "operate")
    subscriptions.hold_seats(actor=actor, now=now, subscription_id=subscription_id)
    leaving = leavers_of(actor, subscription_id)
    if not leaving:
        return 0
    rows_of(
        "UPDATE seats_assignment SET status = 'ended', ended_at = %s WHERE id = ANY(%s) RETURNING id",
        [now, [one.id for one in leaving]],
    )
    subscriptions.give_back_seats(
        actor=actor, now=now, subscription_id=subscription_id, count=len(leaving), leaving=len(leaving)
    )
    for one in leaving:
        _write.say_released(actor, now, one.id, subscription_id, _write.holder(one), None)
    return len(leaving)
