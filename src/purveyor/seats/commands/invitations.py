"""Invitations: sent, sent again, withdrawn, over."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.types import LANGUAGES, ROLES
from purveyor.seats import events, models
from purveyor.seats.commands import _write
from purveyor.seats.errors import InvitationNotOpen, MemberExists
from purveyor.seats.queries import get_invitation, hash_token, rows_of, scope_sql
from purveyor.seats.rules import roles
from purveyor.seats.types import Invitation
from purveyor.subscriptions import commands as subscriptions

TOKEN_BYTES = 32


def mint_invitation_token(invitation_id: UUID) -> str:
    """A fresh 256-bit token for the mail that is being written; only its hash is kept, an older one is void.

    Called inside the transaction of the job that sends the mail, so that no outbox ever holds a secret.

    Raises:
        InvitationNotOpen: it was accepted, withdrawn or is over.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    updated = models.Invitation.objects.filter(id=invitation_id, status="pending").update(
        token_hash=hash_token(token)
    )
    if not updated:
        raise InvitationNotOpen()
    return token


@command
def mark_invitation_sent(*, actor: Actor, now: datetime, invitation_id: UUID) -> None:
    """Remember when the mail went out. Safe to repeat."""
    models.Invitation.objects.filter(id=invitation_id, status="pending").update(sent_at=now)


@command
def resend_invitation(*, actor: Actor, now: datetime, invitation_id: UUID) -> Invitation:
    """Send it again: the old link is void at once, the new one is good for the full time.

    Raises:
        InvitationNotOpen, NotFound, Forbidden.
    Emits: member.invited or staff.invited with ``again``.
    """
    found = _lock(actor, invitation_id)
    _check_touch(actor, found)
    expires = now + timedelta(days=settings.INVITATION_DAYS)
    models.Invitation.objects.filter(id=found.id).update(token_hash=None, expires_at=expires, due_at=expires)
    _say_invited(actor, now, found, again=True)
    return get_invitation(actor=actor, invitation_id=invitation_id)


@command
def withdraw_invitation(*, actor: Actor, now: datetime, invitation_id: UUID) -> None:
    """Void the link; a member who had not accepted is removed, and its reserved seats are free.

    Raises:
        InvitationNotOpen, NotFound, Forbidden.
    Emits: invitation.withdrawn, member.removed, seat.released.
    """
    found = get_invitation(actor=actor, invitation_id=invitation_id)
    if found.member_id is not None and found.customer_id is not None:
        authority.require(actor, "assign")
        subscriptions.hold_customer_seats(actor=actor, now=now, customer_id=found.customer_id)
        member = _write.lock_member(actor, found.member_id)
        found = _lock(actor, invitation_id)
        roles.check_touching(role=member.role, may_promote=authority.may(actor, "promote"))
        _write.remove(actor, now, member, "withdrawn")
        return
    found = _lock(actor, invitation_id)
    _check_touch(actor, found)
    _close(found, "withdrawn")
    event = events.InvitationWithdrawn(str(found.id), None, str(found.organization_id), "withdrawn")
    _write.announce(event, now, found.reseller_id, found.customer_id, found.id)
    _note(actor, now, found, "invitation.withdrawn")


@command
def expire_invitation(*, actor: Actor, now: datetime, invitation_id: UUID) -> bool:
    """Nobody accepted in time: reserved seats are free, the member is removed. Safe to repeat.

    Returns whether there was anything to do; an invitation that was sent again meanwhile is left alone.

    Raises:
        Forbidden.
    Emits: invitation.expired, member.removed, seat.released.
    """
    authority.require(actor, "operate")
    first = models.Invitation.objects.filter(id=invitation_id, status="pending").first()
    if first is None:
        return False
    member: _write.Known | None = None
    if first.member_id is not None and first.customer_id is not None:
        subscriptions.hold_customer_seats(actor=actor, now=now, customer_id=first.customer_id)
        try:
            member = _write.lock_member(actor, first.member_id)
        except NotFound:
            return False
    row = (
        models.Invitation.objects.select_for_update(no_key=True)
        .filter(id=invitation_id, status="pending")
        .first()
    )
    if row is None or row.expires_at > now:
        return False
    models.Invitation.objects.filter(id=row.id).update(status="expired", due_at=None)
    event = events.InvitationExpired(str(row.id), _text(row.member_id), str(row.organization_id))
    _write.announce(event, now, row.reseller_id, row.customer_id, row.id)
    if member is not None:
        _write.remove(actor, now, member, "expired")
    else:
        _write.note(
            actor, now, "invitation.expired", "organization", row.organization_id, row.reseller_id,
            row.customer_id, email=row.email,
        )  # fmt: skip
    return True


@command
def invite_staff(
    *,
    actor: Actor,
    now: datetime,
    organization_id: UUID,
    email: str,
    role: str,
    name: str = "",
    language: str = "",
) -> Invitation:
    """Invite somebody to the staff of a reseller or of the operator; no seat, no member.

    The operator may invite to any of its resellers, a reseller's administrator to its own.

    Raises:
        MemberExists: an invitation to this address is open. Invalid, NotFound, Forbidden.
    Emits: staff.invited.
    """
    authority.require(actor, "settings")
    if actor.scope == "customer":
        raise NotFound(kind="organization")
    if actor.scope == "reseller" and organization_id != actor.organization_id:
        raise NotFound(kind="organization")
    organization = parties.get_organization(actor=actor, organization_id=organization_id)
    if organization.kind == "customer":
        raise Invalid(field="organization", reason="is_a_customer")
    if role not in ROLES[organization.kind]:
        raise Invalid(field="role", reason="choice", choices=list(ROLES[organization.kind]))
    address = clean_email(email)
    expires = now + timedelta(days=settings.INVITATION_DAYS)
    row = models.Invitation(
        id=new_id(), reseller_id=organization.reseller_id, organization_id=organization_id, email=address,
        email_key=address, name=clean_line(name, field="name", required=False), role=role,
        language=language if language in LANGUAGES else organization.language, status="pending",
        expires_at=expires, due_at=expires, created_at=now,
    )  # fmt: skip
    models.Invitation.objects.bulk_create([row], ignore_conflicts=True)
    if not models.Invitation.objects.filter(id=row.id).exists():
        raise MemberExists(field="email")
    found = get_invitation(actor=actor, invitation_id=row.id)
    _say_invited(actor, now, found, again=False)
    return found


def _lock(actor: Actor, invitation_id: UUID) -> Invitation:
    scope, params = scope_sql(actor, "i")
    rows_of(
        f"SELECT i.id FROM seats_invitation i WHERE i.id = %s AND {scope} FOR NO KEY UPDATE",
        [invitation_id, *params],
    )
    found = get_invitation(actor=actor, invitation_id=invitation_id)
    if found.status != "pending":
        raise InvitationNotOpen(status=found.status)
    return found


def _check_touch(actor: Actor, found: Invitation) -> None:
    if found.member_id is None:
        authority.require(actor, "settings")
        if actor.scope == "customer":
            raise Forbidden(act="settings")
        return
    authority.require(actor, "assign")
    roles.check_touching(role=found.role, may_promote=authority.may(actor, "promote"))


def _close(found: Invitation, status: str) -> None:
    models.Invitation.objects.filter(id=found.id).update(status=status, due_at=None)


def _say_invited(actor: Actor, now: datetime, found: Invitation, *, again: bool) -> None:
    if found.member_id is not None:
        member_event = events.MemberInvited(
            str(found.id), str(found.member_id), str(found.customer_id), again
        )
        _write.announce(member_event, now, found.reseller_id, found.customer_id, found.member_id)
    else:
        staff_event = events.StaffInvited(str(found.id), str(found.organization_id), again)
        _write.announce(staff_event, now, found.reseller_id, found.customer_id, found.id)
    _note(actor, now, found, "invitation.sent_again" if again else "staff.invited")


def _note(actor: Actor, now: datetime, found: Invitation, kind: str) -> None:
    subject, subject_id = (
        ("member", found.member_id) if found.member_id else ("organization", found.organization_id)
    )
    _write.note(
        actor, now, kind, subject, subject_id, found.reseller_id, found.customer_id,
        email=found.email, role=found.role,
    )  # fmt: skip


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
