"""Keys for programs: shown once, stored hashed."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.text import clean_line
from purveyor.parties import models
from purveyor.parties.authority import may, require
from purveyor.parties.entry import hash_key
from purveyor.parties.rules.roles import PERMISSIONS
from purveyor.parties.types import ROLES


@command
def create_api_key(
    *, actor: Actor, now: datetime, name: str, role: str, organization_id: UUID | None = None
) -> tuple[UUID, str]:
    """Make a key for the actor's organization in ``role``; returns (id, secret). The secret is never shown again.

    The operator may make one for any organization (``organization_id``). A key never has more rights
    than its maker.
    Raises: Forbidden, Invalid, NotFound.
    """
    # A member may make keys like its own; whoever holds the settings may make any below its own role.
    own_kind = (actor.scope, actor.role) == ("customer", role) and may(actor, "own")
    require(actor, "own" if own_kind else "settings")
    organization = models.Organization.objects.filter(id=organization_id or actor.organization_id).first()
    if organization is None or (actor.scope != "operator" and organization.id != actor.organization_id):
        raise NotFound(kind="organization")
    if role not in ROLES[organization.kind]:
        raise Invalid(field="role", reason="choice", choices=list(ROLES[organization.kind]))
    if actor.scope != "operator" and not (
        PERMISSIONS[(organization.kind, role)] - {"own"} <= PERMISSIONS[(actor.scope, actor.role)]
    ):
        raise Invalid(field="role", reason="above_own")
    secret = "pvk_" + secrets.token_urlsafe(32)
    row = models.ApiKey.objects.create(
        id=new_id(), organization=organization, name=clean_line(name, field="name"), role=role,
        key_hash=hash_key(secret), hint=secret[:8], reseller_id=organization.reseller_id,
        customer_id=organization.customer_id, created_at=now,
    )  # fmt: skip
    activity.record(
        actor, now=now, kind="api_key.created", subject_kind="api_key", subject_id=row.id,
        reseller_id=organization.reseller_id, customer_id=organization.customer_id,
        facts={"name": row.name, "role": role},
    )  # fmt: skip
    return row.id, secret


@command
def revoke_api_key(*, actor: Actor, now: datetime, key_id: UUID) -> None:
    """End a key of the actor's organization at once. Safe to repeat. Raises NotFound, Forbidden."""
    require(actor, "settings")
    row = models.ApiKey.objects.filter(id=key_id, organization_id=actor.organization_id).first()
    if row is None:
        raise NotFound(kind="api_key")
    if models.ApiKey.objects.filter(id=key_id, revoked_at__isnull=True).update(revoked_at=now):
        activity.record(
            actor, now=now, kind="api_key.revoked", subject_kind="api_key", subject_id=key_id,
            reseller_id=row.reseller_id, customer_id=row.customer_id, facts={"name": row.name},
        )  # fmt: skip
