"""Give, change and end a person's place in an organization."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties import models
from purveyor.parties.types import ROLES


@command
def grant_membership(
    *, actor: Actor, now: datetime, person_id: UUID, organization_id: UUID, role: str
) -> UUID:
    """Let a person work in an organization as ``role``; safe to repeat (the role is then set).

    Called by commands that have checked the actor (accepting an invitation, setting a deployment up).
    Raises: NotFound, Invalid (a role that this kind of organization has not).
    """
    organization = models.Organization.objects.filter(id=organization_id).first()
    if organization is None:
        raise NotFound(kind="organization")
    if role not in ROLES[organization.kind]:
        raise Invalid(field="role", reason="choice", choices=list(ROLES[organization.kind]))
    known = models.Membership.objects.filter(
        person_id=person_id, organization_id=organization_id, ended_at__isnull=True
    ).first()
    if known is not None:
        if known.role != role:
            models.Membership.objects.filter(id=known.id).update(role=role)
        return known.id
    row = models.Membership.objects.create(
        id=new_id(), person_id=person_id, organization_id=organization_id, role=role, created_at=now,
        reseller_id=organization.reseller_id, customer_id=organization.customer_id,
    )  # fmt: skip
    activity.record(
        actor, now=now, kind="membership.granted", subject_kind="person", subject_id=person_id,
        reseller_id=organization.reseller_id, customer_id=organization.customer_id, facts={"role": role},
    )  # fmt: skip
    return row.id


@command
def set_membership_role(
    *, actor: Actor, now: datetime, person_id: UUID, organization_id: UUID, role: str
) -> None:
    """Change what a person may do in an organization; nothing happens without a membership."""
    models.Membership.objects.filter(
        person_id=person_id, organization_id=organization_id, ended_at__isnull=True
    ).update(role=role)


@command
def end_membership(*, actor: Actor, now: datetime, person_id: UUID, organization_id: UUID) -> None:
    """End a person's place in an organization; the row is kept, the login too. Safe to repeat."""
    rows = models.Membership.objects.filter(
        person_id=person_id, organization_id=organization_id, ended_at__isnull=True
    )
    organization = models.Organization.objects.filter(id=organization_id).first()
    if rows.update(ended_at=now) and organization is not None:
        activity.record(
            actor, now=now, kind="membership.ended", subject_kind="person", subject_id=person_id,
            reseller_id=organization.reseller_id, customer_id=organization.customer_id,
        )  # fmt: skip
