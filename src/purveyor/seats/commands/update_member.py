"""A member's data are corrected, or its role changes, or it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import authority
from purveyor.parties import commands as parties
from purveyor.parties.types import LANGUAGES
from purveyor.seats import events, models
from purveyor.seats.commands import _write
from purveyor.seats.errors import MemberExists
from purveyor.seats.queries import read_member
from purveyor.seats.rules import roles
from purveyor.seats.types import Member, MemberRole
from purveyor.subscriptions import commands as subscriptions


@command
def update_member(
    *,
    actor: Actor,
    now: datetime,
    member_id: UUID,
    name: str | None = None,
    email: str | None = None,
    language: str | None = None,
    role: str | None = None,
    confirm: str | None = None,
) -> Member:
    """Correct a member; what is None stays.

    Another e-mail voids the old link and invites the new address: the member is ``invited`` again, its seats
    are reserved, and the person behind the old address is out. A person's login is never changed here.
    An administrator needs ``confirm="discount_lost"``; the last one of a customer without a reseller stays.

    Raises:
        MemberExists, ConfirmationRequired, LastAdmin, Invalid, NotFound, Forbidden.
    Emits: member.role_changed; invitation.withdrawn and member.invited.
    """
    authority.require(actor, "assign")
    member = _write.lock_member(actor, member_id)
    promotes = authority.may(actor, "promote")
    roles.check_touching(role=member.role, may_promote=promotes)
    values: dict[str, Any] = {}
    if language is not None and language != member.language:
        if language not in LANGUAGES:
            raise Invalid(field="language", reason="choice", choices=list(LANGUAGES))
        values["language"] = language
    if name is not None:
        values["name"] = clean_line(name, field="name", required=False)
    new_role = member.role if role is None else roles.known_role(role)
    if new_role != member.role:
        roles.check_giving(role=new_role, may_promote=promotes, confirm=confirm)
        _write.keep_an_admin(member)
        values["role"] = new_role
    key = member.email if email is None else clean_email(email)
    moves = key != member.email
    if moves:
        _write.keep_an_admin(member)
        values |= {"email": key, "email_key": key, "status": "invited", "person_id": None}
    if "name" in values or moves:
        values |= _write.name_keys(values.get("name", member.name), key)
    _save(member, values)
    changed = sorted(set(values) & {"name", "email", "language", "role"})
    if new_role != member.role:
        _say_role(actor, now, member, new_role)
    if moves:
        _move(actor, now, member, key, values, new_role)
    if changed:
        _write.note(
            actor, now, "member.updated", "member", member.id, member.reseller_id, member.customer_id,
            changed=changed, email=key,
        )  # fmt: skip
    return read_member(actor, member_id)


def _save(member: _write.Known, values: dict[str, Any]) -> None:
    if not values:
        return
    try:
        with transaction.atomic():
            models.Member.objects.filter(id=member.id).update(**values)
            if "role" in values and "email" not in values:
                models.Invitation.objects.filter(member_id=member.id, status="pending").update(
                    role=values["role"]
                )
    except IntegrityError as error:
        if "seats_member_once" not in str(error):
            raise
        raise MemberExists(field="email") from error


def _say_role(actor: Actor, now: datetime, member: _write.Known, new: MemberRole) -> None:
    if member.person_id is not None:
        parties.set_membership_role(
            actor=actor, now=now, person_id=member.person_id, organization_id=member.customer_id, role=new
        )
    event = events.MemberRoleChanged(str(member.id), str(member.customer_id), member.role, new)
    _write.announce(event, now, member.reseller_id, member.customer_id, member.id)
    _write.note(
        actor, now, "member.role_changed", "member", member.id, member.reseller_id, member.customer_id,
        email=member.email, old=member.role, new=new,
    )  # fmt: skip


def _move(
    actor: Actor, now: datetime, member: _write.Known, key: str, values: dict[str, Any], role: MemberRole
) -> None:
    """The old address is out and the new one invited; the seats wait for it."""
    _write.void_invitations(now, member, "address_changed")
    if member.person_id is not None:
        parties.end_membership(
            actor=actor, now=now, person_id=member.person_id, organization_id=member.customer_id
        )
    models.Assignment.objects.filter(member_id=member.id, status="active").update(status="reserved")
    moved = _write.Known(
        id=member.id, reseller_id=member.reseller_id, customer_id=member.customer_id, person_id=None, email=key,
        name=values.get("name", member.name), language=values.get("language", member.language), role=role,
        status="invited",
    )  # fmt: skip
    _write.invite(actor, now, [moved])


@command
def remove_member(*, actor: Actor, now: datetime, member_id: UUID) -> Member:
    """Take a member out of the customer: all its seats are free at once, its login is its own.

    Raises:
        LastAdmin, NotFound (also when it was removed before), Forbidden.
    Emits: member.removed, seat.released for each seat, invitation.withdrawn.
    """
    authority.require(actor, "assign")
    customer_id = read_member(actor, member_id).customer_id
    subscriptions.hold_customer_seats(actor=actor, now=now, customer_id=customer_id)
    member = _write.lock_member(actor, member_id)
    roles.check_touching(role=member.role, may_promote=authority.may(actor, "promote"))
    _write.keep_an_admin(member)
    _write.remove(actor, now, member, "removed")
    return read_member(actor, member_id)
