"""Seats become free, or go to somebody else in one act. The end of the term does not move."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import authority
from purveyor.seats.commands import _write
from purveyor.seats.commands.assign_seat import assignment_of, find_or_make
from purveyor.seats.errors import AlreadyAssigned
from purveyor.seats.queries import read_assignment, rows_of
from purveyor.seats.types import Assignment
from purveyor.subscriptions import commands as subscriptions


@command
def release_seat(*, actor: Actor, now: datetime, assignment_id: UUID) -> Assignment:
    """Free a seat; the member stays. The second of two who release the same one is told it is gone.

    Raises:
        NotFound: none that the actor may see, or already ended. Forbidden.
    Emits: seat.released.
    """
    authority.require(actor, "assign")
    old = read_assignment(actor, assignment_id)
    subscriptions.hold_seats(actor=actor, now=now, subscription_id=old.subscription_id)
    left = _end(old, now)
    subscriptions.give_back_seats(
        actor=actor, now=now, subscription_id=old.subscription_id, leaving=int(left)
    )
    _write.say_released(actor, now, old.id, old.subscription_id, _write.holder(old), None)
    return read_assignment(actor, assignment_id)


@command
def replace_assignment(
    *, actor: Actor, now: datetime, assignment_id: UUID, email: str, name: str = "", language: str = ""
) -> Assignment:
    """Give the seat to the member with this address, inviting an unknown one; no moment in which it is free.

    A seat that was to go at the end of the term still goes then: its new holder has it until that day.

    Raises:
        AlreadyAssigned, SubscriptionNotActive, Invalid, NotFound, Forbidden.
    Emits: seat.released, seat.assigned, and member.invited.
    """
    authority.require(actor, "assign")
    wish = _write.Wish(
        email=clean_email(email), name=clean_line(name, field="name", required=False), role="member"
    )
    old = read_assignment(actor, assignment_id)
    subscriptions.hold_seats(actor=actor, now=now, subscription_id=old.subscription_id, running=True)
    member = find_or_make(actor, now, old.customer_id, old.subscription_id, wish, language)
    if member.assignment_id is not None:
        raise AlreadyAssigned(field="email", assignment=str(member.assignment_id))
    leaves = _end(old, now)
    made = _write.write_assignments(actor, now, old.subscription_id, [member], leaves=leaves)[member.id]
    _write.say_released(actor, now, old.id, old.subscription_id, _write.holder(old), made)
    return replace(assignment_of(member, old.subscription_id, made, now), leaves_at_renewal=leaves)


def _end(old: Assignment, now: datetime) -> bool:
    """End it, unless somebody was faster; whether it was to go with the term. The subscription is held, so its
    counts cannot move meanwhile."""
    ended = rows_of(
        "UPDATE seats_assignment SET status = 'ended', ended_at = %s WHERE id = %s AND status <> 'ended'"
        " RETURNING leaves_at_renewal",
        [now, old.id],
    )
    if not ended:
        raise NotFound(kind="assignment")
    return bool(ended[0][0])


@command
def close_assignments(*, actor: Actor, now: datetime, subscription_id: UUID) -> int:
    """Free all seats of a subscription that has ended; returns how many. Safe to repeat.

    Raises:
        NotFound. Forbidden.
    """
    authority.require(actor, "operate")
    seats = subscriptions.hold_seats(actor=actor, now=now, subscription_id=subscription_id)
    ended = rows_of(
        "UPDATE seats_assignment SET status = 'ended', ended_at = %s"
        " WHERE subscription_id = %s AND status <> 'ended' RETURNING leaves_at_renewal",
        [now, subscription_id],
    )
    if ended:
        subscriptions.give_back_seats(
            actor=actor, now=now, subscription_id=subscription_id, count=len(ended),
            leaving=sum(bool(leaves) for (leaves,) in ended),
        )  # fmt: skip
        _write.note(
            actor, now, "seat.closed", "subscription", subscription_id, seats.reseller_id, seats.customer_id,
            count=len(ended),
        )  # fmt: skip
    return len(ended)
