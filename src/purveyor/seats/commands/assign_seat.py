"""Members get seats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import authority
from purveyor.seats.commands import _write
from purveyor.seats.commands.add_member import sort_out
from purveyor.seats.errors import AlreadyAssigned
from purveyor.seats.types import Assignment, PastedRow, RowVerdict, Verdict
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.errors import SeatsExhausted


@command
def assign_seat(
    *, actor: Actor, now: datetime, subscription_id: UUID, email: str, name: str = "", language: str = ""
) -> Assignment:
    """Give a seat to the member with this address; one the customer does not know is invited, the seat reserved.

    Three statements for a known member. Taking the seat locks the subscription, so whoever comes second sees
    what the first one did.

    Raises:
        SeatsExhausted, SubscriptionNotActive, AlreadyAssigned, Invalid, NotFound, Forbidden.
    Emits: seat.assigned, and member.invited.
    """
    authority.require(actor, "assign")
    wish = _write.Wish(
        email=clean_email(email), name=clean_line(name, field="name", required=False), role="member"
    )
    try:
        seats = subscriptions.take_seats(actor=actor, now=now, subscription_id=subscription_id)
    except SeatsExhausted:
        _refuse_holder(actor, now, subscription_id, wish.email)
        raise
    member = find_or_make(actor, now, seats.customer_id, subscription_id, wish, language)
    if member.assignment_id is not None:
        subscriptions.give_back_seats(actor=actor, now=now, subscription_id=subscription_id)
        raise AlreadyAssigned(field="email", assignment=str(member.assignment_id))
    made = _write.write_assignments(actor, now, subscription_id, [member])
    return assignment_of(member, subscription_id, made[member.id], now)


def _refuse_holder(actor: Actor, now: datetime, subscription_id: UUID, email: str) -> None:
    """No seat is free, but if the member holds one, that is the better answer."""
    seats = subscriptions.hold_seats(actor=actor, now=now, subscription_id=subscription_id)
    found = _write.find_members(customer_id=seats.customer_id, keys=[email], subscription_id=subscription_id)
    if email in found and found[email].assignment_id is not None:
        raise AlreadyAssigned(field="email", assignment=str(found[email].assignment_id))


def find_or_make(
    actor: Actor, now: datetime, customer_id: UUID, subscription_id: UUID, wish: _write.Wish, language: str
) -> _write.Known:
    """The customer's member with this address, invited now if there was none."""
    found = _write.find_members(customer_id=customer_id, keys=[wish.email], subscription_id=subscription_id)
    if not found:
        found = _write.make_members(actor, now, customer_id=customer_id, wishes=[wish], language=language)
    if not found:
        # Somebody else invited the address in the same moment; it is there now.
        found = _write.find_members(
            customer_id=customer_id, keys=[wish.email], subscription_id=subscription_id
        )
    if wish.email not in found:
        raise NotFound(kind="member")
    return found[wish.email]


def assignment_of(
    member: _write.Known, subscription_id: UUID, assignment_id: UUID, since: datetime
) -> Assignment:
    """What was just written, without reading it again."""
    return Assignment(
        id=assignment_id, reseller_id=member.reseller_id, customer_id=member.customer_id,
        subscription_id=subscription_id, member_id=member.id, member_email=member.email, member_name=member.name,
        member_status=member.status, status=member.seat_status, since=since,
    )  # fmt: skip


@command
def assign_many(
    *, actor: Actor, now: datetime, subscription_id: UUID, rows: Sequence[PastedRow], language: str = ""
) -> tuple[RowVerdict, ...]:
    """Give seats to many, in their order, while seats are free; at most 1,000. Each row gets its verdict.

    Raises:
        Invalid: too many rows. SubscriptionNotActive, NotFound, Forbidden.
    Emits: seat.assigned and member.invited for each that is new.
    """
    authority.require(actor, "assign")
    clean, bad = sort_out(rows)
    seats = subscriptions.hold_seats(actor=actor, now=now, subscription_id=subscription_id, running=True)
    keys = [wish.email for wish in clean.values()]
    known = _write.find_members(customer_id=seats.customer_id, keys=keys, subscription_id=subscription_id)
    fitting = [wish for wish in clean.values() if _without_seat(known.get(wish.email))][: seats.free]
    new = [wish for wish in fitting if wish.email not in known]
    made = _write.make_members(actor, now, customer_id=seats.customer_id, wishes=new, language=language)
    late = [wish.email for wish in new if wish.email not in made]
    known |= made
    if late:
        known |= _write.find_members(
            customer_id=seats.customer_id, keys=late, subscription_id=subscription_id
        )
    getting = [known[wish.email] for wish in fitting]
    written: dict[UUID, UUID] = {}
    if getting:
        subscriptions.take_seats(actor=actor, now=now, subscription_id=subscription_id, count=len(getting))
        written = _write.write_assignments(actor, now, subscription_id, getting)
    verdicts = dict(bad)
    for position, wish in clean.items():
        member = known.get(wish.email)
        verdicts[position] = _verdict(position, wish, member, written.get(member.id) if member else None)
    return tuple(verdicts[position] for position in sorted(verdicts))


def _without_seat(member: _write.Known | None) -> bool:
    return member is None or member.assignment_id is None


def _verdict(
    position: int, wish: _write.Wish, member: _write.Known | None, assignment_id: UUID | None
) -> RowVerdict:
    verdict: Verdict = "seats_exhausted"
    if assignment_id is not None:
        verdict = "assigned"
    elif member is not None and member.assignment_id is not None:
        verdict, assignment_id = "already_assigned", member.assignment_id
    return RowVerdict(
        position=position, email=wish.email, name=wish.name, verdict=verdict,
        member_id=member.id if member else None, assignment_id=assignment_id,
    )  # fmt: skip
