"""Somebody leaves the staff of a reseller or of the operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import authority
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.seats.errors import LastAdmin


@command
def end_staff(*, actor: Actor, now: datetime, organization_id: UUID, person_id: UUID) -> None:
    """Take somebody out of the staff: the login and everything on record stay.

    The operator may do so at any of its resellers, a reseller's administrator at its own. Customers have
    members instead (``remove_member``). Of two administrators who take each other out, one is told to stay.

    Raises:
        LastAdmin, NotFound (also when the person does not work there any more), Forbidden.
    Emits: nothing; the activity ``membership.ended`` is on record.
    """
    authority.require(actor, "settings")
    if actor.scope == "customer" or (actor.scope == "reseller" and organization_id != actor.organization_id):
        raise NotFound(kind="organization")
    organization = parties.get_organization(actor=actor, organization_id=organization_id)
    if organization.kind == "customer":
        raise NotFound(kind="organization")
    staff = parties.lock_staff(actor=actor, organization_id=organization_id)
    if person_id not in staff:
        raise NotFound(kind="person")
    if staff[person_id] == "admin" and list(staff.values()).count("admin") == 1:
        raise LastAdmin(field="role")
    parties_commands.end_membership(
        actor=actor, now=now, person_id=person_id, organization_id=organization_id
    )
