"""How this room's commands write: members with their invitations, assignments, and what is said about them.

Locks are taken in one order everywhere: subscriptions (by id), then members (by id), then the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from purveyor.infra import activity, outbox
from purveyor.infra.rows import insert
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id
from purveyor.kernel.names import search_key, sort_key
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.parties.types import LANGUAGES
from purveyor.seats import events, models
from purveyor.seats.errors import LastAdmin
from purveyor.seats.queries import rows_of, scope_sql
from purveyor.seats.types import Assignment, AssignmentStatus, MemberRole, MemberStatus
from purveyor.subscriptions import commands as subscriptions

_KNOWN = "m.id, m.reseller_id, m.customer_id, m.person_id, m.email, m.name, m.language, m.role, m.status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A member as commands see it; ``assignment_id`` is its open assignment in the subscription asked about."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    person_id: UUID | None
    email: str
    name: str
    language: str
    role: MemberRole
    status: MemberStatus
    assignment_id: UUID | None = None

    @property
    def seat_status(self) -> AssignmentStatus:
        """What a seat given to this member is at first."""
        return "active" if self.status == "active" else "reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A member to be made: cleaned address and name."""

    email: str
    name: str
    role: MemberRole


def _known(row: Sequence[Any]) -> Known:
    return Known(
        id=row[0], reseller_id=row[1], customer_id=row[2], person_id=row[3], email=row[4], name=row[5],
        language=row[6], role=row[7], status=row[8], assignment_id=row[9] if len(row) > 9 else None,
    )  # fmt: skip


def find_members(
    *, customer_id: UUID, keys: Sequence[str], subscription_id: UUID | None = None
) -> dict[str, Known]:
    """The customer's members with these addresses, held against removal until the transaction ends."""
    found = rows_of(
        f"SELECT {_KNOWN}, (SELECT a.id FROM seats_assignment a WHERE a.member_id = m.id"
        " AND a.subscription_id = %s AND a.status <> 'ended')"
        " FROM seats_member m WHERE m.customer_id = %s AND m.email_key = ANY(%s) AND m.status <> 'removed'"
        " ORDER BY m.id FOR SHARE OF m",
        [subscription_id, customer_id, list(keys)],
    )
    return {row[4]: _known(row) for row in found}


def lock_member(actor: Actor, member_id: UUID) -> Known:
    """A member's row, locked; with it, in the order of ids, its customer's administrators when it is one.

    Raises:
        NotFound: none that the actor may see, or removed.
    """
    scope, params = scope_sql(actor, "m")
    found = rows_of(
        f"SELECT {_KNOWN} FROM seats_member m, seats_member t WHERE t.id = %s AND m.customer_id = t.customer_id"
        f" AND (m.id = t.id OR (t.role = 'admin' AND m.role = 'admin' AND m.status = 'active'))"
        f" AND m.status <> 'removed' AND {scope} ORDER BY m.id FOR NO KEY UPDATE OF m",
        [member_id, *params],
    )
    for row in found:
        if row[0] == member_id:
            return _known(row)
    raise NotFound(kind="member")


def keep_an_admin(member: Known) -> None:
    """Refuse to lose the last administrator of a customer whom no reseller administers (api.md).

    The caller holds the member through ``lock_member``, and so all other administrators.

    Raises:
        LastAdmin.
    """
    if member.role != "admin" or member.status != "active":
        return
    if not parties.get_reseller_profile(reseller_id=member.reseller_id).is_house:
        return
    others = models.Member.objects.filter(customer_id=member.customer_id, role="admin", status="active")
    if not others.exclude(id=member.id).exists():
        raise LastAdmin(field="role")


def make_members(
    actor: Actor, now: datetime, *, customer_id: UUID, wishes: Sequence[Wish], language: str
) -> dict[str, Known]:
    """Write members and their invitations; an address that another transaction was faster with is left out.

    Nothing here looks for an account: the answer and its timing are the same for everybody.

    Raises:
        NotFound: no such customer.
    """
    if not wishes:
        return {}
    customer = parties.get_customer(actor=actor, customer_id=customer_id)
    if customer.reseller_id is None:
        raise NotFound(kind="customer")
    speaks = language if language in LANGUAGES else customer.language
    # In one order everywhere: of two lists with the same addresses, the second waits for the first.
    wishes = sorted(wishes, key=lambda wish: wish.email)
    rows = [
        models.Member(
            id=new_id(), reseller_id=customer.reseller_id, customer_id=customer_id, email=wish.email,
            email_key=wish.email, name=wish.name, language=speaks, role=wish.role, status="invited",
            created_at=now, **name_keys(wish.name, wish.email),
        )
        for wish in wishes
    ]  # fmt: skip
    models.Member.objects.bulk_create(rows, ignore_conflicts=True)
    made = set(models.Member.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    members = {
        row.email: Known(
            id=row.id, reseller_id=row.reseller_id, customer_id=customer_id, person_id=None, email=row.email,
            name=row.name, language=speaks, role=wish.role, status="invited",
        )
        for row, wish in zip(rows, wishes, strict=True)
        if row.id in made
    }  # fmt: skip
    invite(actor, now, members.values())
    return members


def name_keys(name: str, email: str) -> dict[str, str]:
    """The columns by which a member is found and listed."""
    return {"search_key": search_key(f"{name} {email}"), "sort_key": sort_key(name or email)}


def invite(actor: Actor, now: datetime, members: Iterable[Known]) -> None:
    """Write an invitation for each and announce it; the mail with its token is the job's."""
    expires = now + timedelta(days=settings.INVITATION_DAYS)
    rows = [
        models.Invitation(
            id=new_id(), reseller_id=member.reseller_id, customer_id=member.customer_id,
            organization_id=member.customer_id, member_id=member.id, email=member.email, email_key=member.email,
            name=member.name, role=member.role, language=member.language, status="pending", expires_at=expires,
            due_at=expires, created_at=now,
        )
        for member in members
    ]  # fmt: skip
    models.Invitation.objects.bulk_create(rows)
    for row in rows:
        member_id = row.member_id
        if member_id is None:
            continue
        event = events.MemberInvited(str(row.id), str(member_id), str(row.customer_id), again=False)
        announce(event, now, row.reseller_id, row.customer_id, member_id)
        note(
            actor, now, "member.invited", "member", member_id, row.reseller_id, row.customer_id,
            email=row.email, role=row.role,
        )  # fmt: skip


def write_assignments(
    actor: Actor, now: datetime, subscription_id: UUID, members: Sequence[Known], *, leaves: bool = False
) -> dict[UUID, UUID]:
    """Put members into seats that the caller has taken in this transaction; assignment ids by member id."""
    rows = [
        models.Assignment(
            id=new_id(), reseller_id=member.reseller_id, customer_id=member.customer_id,
            subscription_id=subscription_id, member_id=member.id, status=member.seat_status, since=now,
            leaves_at_renewal=leaves,
        )
        for member in members
    ]  # fmt: skip
    _insert(rows)
    for row, member in zip(rows, members, strict=True):
        event = events.SeatAssigned(
            str(row.id), str(subscription_id), str(member.id), str(member.customer_id), member.seat_status
        )
        announce(event, now, member.reseller_id, member.customer_id, row.id)
        note(
            actor, now, "seat.assigned", "subscription", subscription_id, member.reseller_id, member.customer_id,
            email=member.email, status=member.seat_status,
        )  # fmt: skip
    return {row.member_id: row.id for row in rows}


def _insert(rows: list[models.Assignment]) -> None:
    # One at a time is what the API does all day.
    if len(rows) == 1:
        insert(rows[0])
    else:
        models.Assignment.objects.bulk_create(rows)


def vacate(actor: Actor, now: datetime, member: Known) -> int:
    """End all assignments of a member and give the seats back; the caller holds the customer's seats."""
    ended = rows_of(
        "UPDATE seats_assignment SET status = 'ended', ended_at = %s WHERE member_id = %s AND status <> 'ended'"
        " RETURNING id, subscription_id, leaves_at_renewal",
        [now, member.id],
    )
    for assignment_id, subscription_id, leaves in sorted(ended, key=lambda row: str(row[1])):
        subscriptions.give_back_seats(
            actor=actor, now=now, subscription_id=subscription_id, leaving=int(leaves)
        )
        say_released(actor, now, assignment_id, subscription_id, member, None)
    return len(ended)


def holder(seat: Assignment) -> Known:
    """The member in a seat, as announcements need it."""
    return Known(
        id=seat.member_id, reseller_id=seat.reseller_id, customer_id=seat.customer_id, person_id=None,
        email=seat.member_email, name=seat.member_name, language="", role="member", status=seat.member_status,
    )  # fmt: skip


def say_released(
    actor: Actor, now: datetime, assignment_id: UUID, subscription_id: UUID, member: Known, by: UUID | None
) -> None:
    """Announce that a seat was left, and to whom it went."""
    event = events.SeatReleased(
        str(assignment_id), str(subscription_id), str(member.id), str(member.customer_id),
        None if by is None else str(by),
    )  # fmt: skip
    announce(event, now, member.reseller_id, member.customer_id, assignment_id)
    note(
        actor, now, "seat.released", "subscription", subscription_id, member.reseller_id, member.customer_id,
        email=member.email,
    )  # fmt: skip


def remove(actor: Actor, now: datetime, member: Known, reason: str) -> None:
    """Take a member out: link void, seats free, membership ended. The caller holds seats and member."""
    void_invitations(now, member, reason)
    vacate(actor, now, member)
    models.Member.objects.filter(id=member.id).update(status="removed", removed_at=now)
    if member.person_id is not None:
        parties_commands.end_membership(
            actor=actor, now=now, person_id=member.person_id, organization_id=member.customer_id
        )
    event = events.MemberRemoved(str(member.id), str(member.customer_id), reason)
    announce(event, now, member.reseller_id, member.customer_id, member.id)
    note(
        actor, now, "member.removed", "member", member.id, member.reseller_id, member.customer_id,
        email=member.email, reason=reason,
    )  # fmt: skip


def void_invitations(now: datetime, member: Known, reason: str) -> None:
    """Withdraw what is still open for a member, with one event each."""
    voided = rows_of(
        "UPDATE seats_invitation SET status = 'withdrawn', due_at = NULL"
        " WHERE member_id = %s AND status = 'pending' RETURNING id",
        [member.id],
    )
    for (invitation_id,) in voided:
        event = events.InvitationWithdrawn(
            str(invitation_id), str(member.id), str(member.customer_id), reason
        )
        announce(event, now, member.reseller_id, member.customer_id, invitation_id)


def announce(
    event: Event, now: datetime, reseller_id: UUID | None, customer_id: UUID | None, subject_id: UUID
) -> None:
    """Emit in the scope of the row."""
    outbox.emit(event, now=now, subject_id=subject_id, reseller_id=reseller_id, customer_id=customer_id)


def note(
    actor: Actor, now: datetime, kind: str, subject_kind: str, subject_id: UUID, reseller_id: UUID | None,
    customer_id: UUID | None, **facts: Any,
) -> None:  # fmt: skip
    """Put an act on record in the scope of the row."""
    activity.record(
        actor, now=now, kind=kind, subject_kind=subject_kind, subject_id=subject_id, reseller_id=reseller_id,
        customer_id=customer_id, facts=facts,
    )  # fmt: skip
