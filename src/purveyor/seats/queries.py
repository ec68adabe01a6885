"""Reads of seats, scoped to the actor. None of them tells whether an address has an account, but to its owner."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.names import search_key
from purveyor.kernel.paging import Page, capped, read_cursor, write_cursor
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.seats.errors import InvitationNotOpen
from purveyor.seats.rules.addresses import read_pasted as _read_pasted
from purveyor.seats.types import (
    Assignment,
    HeldSeat,
    Invitation,
    InvitationKey,
    InvitationView,
    Member,
    MySeat,
    PastedRow,
)
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.queries import like

# A page's members are found by index first; what belongs to each is fetched for these few alone.
_MEMBER = """
SELECT m.id, m.reseller_id, m.customer_id, m.person_id, m.email, m.name, m.language, m.role, m.status, m.created_at,
       (SELECT json_agg(json_build_array(a.id, a.subscription_id, a.status) ORDER BY a.since, a.id)
        FROM seats_assignment a WHERE a.member_id = m.id AND a.status <> 'ended'),
       i.id, i.expires_at, m.sort_key
FROM ({members}) m LEFT JOIN LATERAL (
  SELECT id, expires_at FROM seats_invitation WHERE member_id = m.id AND status = 'pending' LIMIT 1) i ON true"""
_ASSIGNMENT = """
SELECT a.id, a.reseller_id, a.customer_id, a.subscription_id, a.member_id, m.email, m.name, m.status, a.status,
       a.since, a.ended_at, a.leaves_at_renewal
FROM seats_assignment a JOIN seats_member m ON m.id = a.member_id"""
_INVITATION = """
SELECT i.id, i.reseller_id, i.customer_id, i.organization_id, o.name, i.member_id, i.name, i.email, i.role,
       i.language, i.status, i.expires_at, i.sent_at
FROM seats_invitation i JOIN parties_organization o ON o.id = i.organization_id"""


def read_pasted(text: str) -> tuple[PastedRow, ...]:
    """Addresses from pasted text, bad ones included, so that each row gets its verdict."""
    return _read_pasted(text)


def hash_token(token: str) -> str:
    """How a token is stored and found: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def scope_sql(actor: Actor, alias: str) -> tuple[str, list[Any]]:
    """The condition that keeps a statement inside what the actor may see, and its parameters."""
    parts: list[str] = []
    params: list[Any] = []
    if actor.scope == "reseller":
        parts.append(f"{alias}.reseller_id = %s")
        params.append(actor.reseller_id)
    if actor.customer_id is not None:
        parts.append(f"{alias}.customer_id = %s")
        params.append(actor.customer_id)
    return " AND ".join(parts) or "true", params


def rows_of(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    return tx.fetch(sql, params)


def _viewing(actor: Actor) -> None:
    # What a role may not see does not exist for it.
    if not authority.may(actor, "view"):
        raise NotFound()


def _member(row: Sequence[Any]) -> Member:
    held = json.loads(row[10]) if isinstance(row[10], str) else (row[10] or [])
    return Member(
        id=row[0], reseller_id=row[1], customer_id=row[2], person_id=row[3], email=row[4], name=row[5],
        language=row[6], role=row[7], status=row[8], created_at=row[9],
        seats=tuple(HeldSeat(assignment_id=UUID(a), subscription_id=UUID(s), status=st) for a, s, st in held),
        invitation_id=row[11], invitation_expires_at=row[12],
    )  # fmt: skip


def as_assignment(row: Sequence[Any]) -> Assignment:
    """The frozen row behind a row of assignments."""
    return Assignment(
        id=row[0], reseller_id=row[1], customer_id=row[2], subscription_id=row[3], member_id=row[4],
        member_email=row[5], member_name=row[6], member_status=row[7], status=row[8], since=row[9], ended_at=row[10],
        leaves_at_renewal=row[11],
    )  # fmt: skip


def _invitation(row: Sequence[Any]) -> Invitation:
    return Invitation(
        id=row[0], reseller_id=row[1], customer_id=row[2], organization_id=row[3], organization_name=row[4],
        member_id=row[5], name=row[6], email=row[7], role=row[8], language=row[9], status=row[10],
        expires_at=row[11], sent_at=row[12],
    )  # fmt: skip


def get_member(*, actor: Actor, member_id: UUID) -> Member:
    """A member with the seats it holds.

    Raises:
        NotFound: none that the actor may see.
    """
    _viewing(actor)
    return read_member(actor, member_id)


def read_member(actor: Actor, member_id: UUID) -> Member:
    """The same for commands, which have checked the actor's role in their own way."""
    scope, params = scope_sql(actor, "m")
    members = f"SELECT * FROM seats_member m WHERE m.id = %s AND {scope}"
    found = rows_of(_MEMBER.format(members=members), [member_id, *params])
    if not found:
        raise NotFound(kind="member")
    return _member(found[0])


def list_members(
    *,
    actor: Actor,
    customer_id: UUID,
    q: str = "",
    status: str | None = None,
    sort: Literal["name", "newest"] = "name",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Member]:
    """A customer's members with the seats they hold, by name or newest first, removed ones only if asked for.

    Raises:
        NotFound: a role that sees no members. Invalid: an unknown status, sort or cursor.
    """
    _viewing(actor)
    where, params = scope_sql(actor, "m")
    where += " AND m.customer_id = %s"
    params.append(customer_id)
    if status:
        if status not in {"invited", "active", "removed"}:
            raise Invalid(field="status", reason="unknown")
        where += " AND m.status = %s"
        params.append(status)
    else:
        where += " AND m.status <> 'removed'"
    for word in search_key(q).split()[:5]:
        where += " AND m.search_key LIKE %s"
        params.append(like(word))
    if sort not in {"name", "newest"}:
        raise Invalid(field="sort", reason="unknown")
    column, sign, order = ("sort_key", ">", "ASC") if sort == "name" else ("created_at", "<", "DESC")
    key = read_cursor(cursor, parts=2)
    if key is not None:
        where += f" AND (m.{column}, m.id) {sign} (%s, %s)"
        params += [key[0] if sort == "name" else _instant(key[0]), _uuid(key[1])]
    size = capped(limit)
    by = f"ORDER BY m.{column} {order}, m.id {order}"
    members = f"SELECT * FROM seats_member m WHERE {where} {by} LIMIT %s"
    found = rows_of(f"{_MEMBER.format(members=members)} {by}", [*params, size + 1])
    next_cursor = None
    if len(found) > size:
        last = found[size - 1]
        next_cursor = write_cursor(last[13] if sort == "name" else last[9].isoformat(), str(last[0]))
    return Page(tuple(_member(row) for row in found[:size]), next_cursor)


def get_assignment(*, actor: Actor, assignment_id: UUID) -> Assignment:
    """An assignment, ended ones too.

    Raises:
        NotFound: none that the actor may see.
    """
    _viewing(actor)
    return read_assignment(actor, assignment_id)


def read_assignment(actor: Actor, assignment_id: UUID) -> Assignment:
    """The same for commands, which have checked the actor's role in their own way."""
    scope, params = scope_sql(actor, "a")
    found = rows_of(f"{_ASSIGNMENT} WHERE a.id = %s AND {scope}", [assignment_id, *params])
    if not found:
        raise NotFound(kind="assignment")
    return as_assignment(found[0])


def list_assignments(
    *, actor: Actor, subscription_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[Assignment]:
    """Who holds a seat of a subscription, newest first.

    Raises:
        NotFound: a role that sees no assignments. Invalid: an unknown cursor.
    """
    _viewing(actor)
    where, params = scope_sql(actor, "a")
    where += " AND a.subscription_id = %s AND a.status <> 'ended'"
    params.append(subscription_id)
    key = read_cursor(cursor, parts=2)
    if key is not None:
        where += " AND (a.since, a.id) < (%s, %s)"
        params += [_instant(key[0]), _uuid(key[1])]
    size = capped(limit)
    found = rows_of(
        f"{_ASSIGNMENT} WHERE {where} ORDER BY a.since DESC, a.id DESC LIMIT %s", [*params, size + 1]
    )
    next_cursor = None
    if len(found) > size:
        next_cursor = write_cursor(found[size - 1][9].isoformat(), str(found[size - 1][0]))
    return Page(tuple(as_assignment(row) for row in found[:size]), next_cursor)


def leavers_of(actor: Actor, subscription_id: UUID) -> tuple[Assignment, ...]:
    """Who goes at the end of the term, in the order of ids; for commands that have checked the actor's role."""
    scope, params = scope_sql(actor, "a")
    where = f"{scope} AND a.subscription_id = %s AND a.status <> 'ended' AND a.leaves_at_renewal"
    found = rows_of(f"{_ASSIGNMENT} WHERE {where} ORDER BY a.id", [*params, subscription_id])
    return tuple(as_assignment(row) for row in found)


def list_leavers(*, actor: Actor, subscription_id: UUID) -> tuple[Assignment, ...]:
    """The same for a reader. Raises NotFound for a role that sees no assignments."""
    _viewing(actor)
    return leavers_of(actor, subscription_id)


def holders_at(*, subscription_id: UUID, at: datetime) -> tuple[UUID, ...]:
    """The active members who had a seat of a subscription at an instant: for mails about what happened to it then."""
    found = rows_of(
        "SELECT DISTINCT a.member_id FROM seats_assignment a JOIN seats_member m ON m.id = a.member_id"
        " WHERE a.subscription_id = %s AND a.since <= %s AND (a.ended_at IS NULL OR a.ended_at >= %s)"
        " AND m.status = 'active' ORDER BY a.member_id",
        [subscription_id, at, at],
    )
    return tuple(row[0] for row in found)


def my_seats(*, actor: Actor) -> tuple[MySeat, ...]:
    """What the signed-in person has in the customer it works in, and until when."""
    if actor.person_id is None or actor.customer_id is None:
        return ()
    found = rows_of(
        f"{_ASSIGNMENT} WHERE m.person_id = %s AND m.customer_id = %s AND m.status = 'active'"
        " AND a.status <> 'ended' ORDER BY a.since, a.id LIMIT 200",
        [actor.person_id, actor.customer_id],
    )
    held = [as_assignment(row) for row in found]
    known = subscriptions.find_subscriptions(actor=actor, ids=[seat.subscription_id for seat in held])
    return tuple(
        MySeat(
            assignment_id=seat.id, subscription_id=sub.id, customer_id=sub.customer_id,
            customer_name=sub.customer_name, offer_code=sub.offer_code, product=sub.product, plan=sub.plan,
            status=seat.status, subscription_status=sub.status.value, since=seat.since, until=sub.period_end,
            renews=sub.auto_renew,
        )
        for seat in held
        if (sub := known.get(seat.subscription_id)) is not None
    )  # fmt: skip


def get_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """An invitation without its secret.

    Raises:
        NotFound: none that the actor may see.
    """
    _viewing(actor)
    scope, params = scope_sql(actor, "i")
    found = rows_of(f"{_INVITATION} WHERE i.id = %s AND {scope}", [invitation_id, *params])
    if not found:
        raise NotFound(kind="invitation")
    return _invitation(found[0])


def list_pending_invitations(
    *, actor: Actor, customer_id: UUID | None = None, limit: int = 50
) -> tuple[Invitation, ...]:
    """Members' invitations that nobody has accepted yet, the next to expire first."""
    _viewing(actor)
    where, params = _pending(actor, customer_id)
    found = rows_of(
        f"{_INVITATION} WHERE {where} ORDER BY i.expires_at, i.id LIMIT %s", [*params, capped(limit)]
    )
    return tuple(_invitation(row) for row in found)


def list_staff_invitations(*, actor: Actor, organization_id: UUID, limit: int = 50) -> tuple[Invitation, ...]:
    """Open invitations to the staff of a reseller or of the operator, the next to expire first."""
    _viewing(actor)
    scope, params = scope_sql(actor, "i")
    found = rows_of(
        f"{_INVITATION} WHERE {scope} AND i.organization_id = %s AND i.member_id IS NULL AND i.status = 'pending'"
        " ORDER BY i.expires_at, i.id LIMIT %s",
        [*params, organization_id, capped(limit)],
    )
    return tuple(_invitation(row) for row in found)


def count_pending_invitations(*, actor: Actor, customer_id: UUID | None = None) -> int:
    """How many members have not accepted their invitation yet."""
    _viewing(actor)
    where, params = _pending(actor, customer_id)
    count: int = rows_of(f"SELECT count(*) FROM seats_invitation i WHERE {where}", params)[0][0]
    return count


def _pending(actor: Actor, customer_id: UUID | None) -> tuple[str, list[Any]]:
    where, params = scope_sql(actor, "i")
    where += " AND i.status = 'pending' AND i.member_id IS NOT NULL"
    if customer_id is not None:
        where += " AND i.customer_id = %s"
        params.append(customer_id)
    return where, params


def find_by_token(token: str) -> InvitationKey | None:
    """The ids behind a link, before any context exists; None for an unknown or replaced token."""
    found = rows_of(
        "SELECT invitation_id, organization_id, reseller_id, customer_id FROM seats_invitation_by_token(%s)",
        [hash_token(token)],
    )
    if not found:
        return None
    row = found[0]
    return InvitationKey(invitation_id=row[0], organization_id=row[1], reseller_id=row[2], customer_id=row[3])


def guest(key: InvitationKey, *, name: str = "", ip: str | None = None) -> Actor:
    """The actor of somebody who holds a link: inside the organization that invites, with no rights."""
    if key.customer_id is not None:
        return Actor(
            scope="customer", organization_id=key.organization_id, reseller_id=key.reseller_id,
            customer_id=key.customer_id, role="guest", name=name, ip=ip,
        )  # fmt: skip
    if key.reseller_id is not None:
        return Actor(
            scope="reseller", organization_id=key.organization_id, reseller_id=key.reseller_id, role="guest",
            name=name, ip=ip,
        )  # fmt: skip
    return Actor(scope="operator", organization_id=key.organization_id, role="guest", name=name, ip=ip)


def invitation_view(token: str) -> InvitationView:
    """What the holder of a link may see. Reading never uses it up: mail scanners follow links.

    Only the holder, who has the mailbox, learns whether the address has an account.

    Raises:
        InvitationNotOpen: no such token.
    """
    key = find_by_token(token)
    if key is None:
        raise InvitationNotOpen()
    with tx.enter(guest(key)) as now:
        found = rows_of(f"{_INVITATION} WHERE i.id = %s", [key.invitation_id])
        if not found:
            raise InvitationNotOpen()
        invitation = _invitation(found[0])
        return InvitationView(
            invitation=invitation,
            open=invitation.status == "pending" and invitation.expires_at > now,
            has_account=parties.find_person_by_email(invitation.email) is not None,
        )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
