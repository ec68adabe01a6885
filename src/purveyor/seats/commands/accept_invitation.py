"""Somebody accepts an invitation: a login is made or joined, a membership given, reserved seats become active."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.text import clean_line
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.parties.types import PersonRow
from purveyor.seats import events, models
from purveyor.seats.commands import _write
from purveyor.seats.errors import InvitationForAnother, InvitationNotOpen, SignInRequired
from purveyor.seats.queries import find_by_token, guest, hash_token
from purveyor.seats.types import Accepted, InvitationKey


def accept_invitation(
    *,
    token: str,
    name: str = "",
    password: str | None = None,
    person_id: UUID | None = None,
    ip: str | None = None,
) -> Accepted:
    """Accept as the signed-in person with the invited address (``person_id``), or with a new login.

    A new login gets ``password``, or none when a passkey follows. Without rights of its own: the token says
    who is invited and where, and works once (POST only: mail scanners follow links).

    Raises:
        InvitationNotOpen: unknown, replaced, used, withdrawn or over. SignInRequired: the address has a login.
        InvitationForAnother: somebody else is signed in. Invalid: name or password.
    Emits: member.activated.
    """
    key = find_by_token(token)
    if key is None:
        raise InvitationNotOpen()
    called = clean_line(name, field="name", required=False)
    actor = guest(key, name=called, ip=ip)
    with tx.enter(actor) as now:
        return _accept(actor, now, key, hash_token(token), called, password, person_id)


def _accept(
    actor: Actor, now: datetime, key: InvitationKey, token_hash: str, name: str, password: str | None,
    person_id: UUID | None,
) -> Accepted:  # fmt: skip
    # The member before its invitation, as everywhere.
    if key.customer_id is not None:
        models.Member.objects.select_for_update(no_key=True).filter(
            id__in=models.Invitation.objects.filter(id=key.invitation_id).values("member_id")
        ).first()
    row = models.Invitation.objects.select_for_update(no_key=True).filter(id=key.invitation_id).first()
    if row is None or row.status != "pending" or row.token_hash != token_hash or row.expires_at <= now:
        raise InvitationNotOpen(status=row.status if row else "")
    person, created = _person(now, row, name, password, person_id)
    actor = replace(actor, person_id=person.id, name=name or person.name or person.email)
    parties_commands.grant_membership(
        actor=actor, now=now, person_id=person.id, organization_id=row.organization_id, role=row.role
    )
    # The hash stays with a used invitation, so that its link can say that it was used.
    models.Invitation.objects.filter(id=row.id).update(status="accepted", due_at=None)
    if row.member_id is not None:
        _activate(actor, now, row.member_id, person, name)
    else:
        _write.note(
            actor, now, "staff.joined", "organization", row.organization_id, row.reseller_id, row.customer_id,
            email=row.email, role=row.role,
        )  # fmt: skip
    return Accepted(
        person_id=person.id, organization_id=row.organization_id, customer_id=row.customer_id, role=row.role,
        created=created,
    )  # fmt: skip


def _person(
    now: datetime, row: models.Invitation, name: str, password: str | None, person_id: UUID | None
) -> tuple[PersonRow, bool]:
    if person_id is not None:
        person = parties.get_person(person_id)
        if person.email != row.email_key:
            raise InvitationForAnother()
        return person, False
    if parties.find_person_by_email(row.email_key) is not None:
        raise SignInRequired()
    if password is not None:
        _check_password(password)
    person, created = parties_commands.ensure_person(
        now=now, email=row.email_key, name=name or row.name, language=row.language, password=password
    )
    if not created:
        raise SignInRequired()
    return person, True


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(field="password", reason=str(error.error_list[0].code)) from error


def _activate(actor: Actor, now: datetime, member_id: UUID, person: PersonRow, name: str) -> None:
    member = models.Member.objects.get(id=member_id)
    called = name or member.name or person.name
    models.Member.objects.filter(id=member_id).update(
        status="active", person_id=person.id, name=called, **_write.name_keys(called, member.email)
    )
    models.Assignment.objects.filter(member_id=member_id, status="reserved").update(status="active")
    event = events.MemberActivated(str(member_id), str(member.customer_id), str(person.id))
    _write.announce(event, now, member.reseller_id, member.customer_id, member_id)
    _write.note(
        actor, now, "member.activated", "member", member_id, member.reseller_id, member.customer_id,
        email=member.email,
    )  # fmt: skip
