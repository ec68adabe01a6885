"""How a reseller is billed: at once per change, or gathered into one invoice a month."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.parties import models, queries
from purveyor.parties.authority import require
from purveyor.parties.errors import GatheringNotAllowed
from purveyor.parties.types import BillingMode, ResellerProfile

DUE_DAYS_MAX = 90


@command
def set_billing_mode(
    *, actor: Actor, now: datetime, reseller_id: UUID, billing_mode: BillingMode
) -> ResellerProfile:
    """Choose how the reseller is billed from now on; its own administrator's or the operator's act.

    What is on account already stays there and is billed at the end of the month (decision 14). Safe to repeat.

    Raises: Forbidden, NotFound, Invalid (``billing_mode``), GatheringNotAllowed.
    """
    require(actor, "settings")
    row = _lock(actor, reseller_id)
    if billing_mode not in ("at_once", "gathered"):
        raise Invalid(field="billing_mode", reason="unknown")
    if billing_mode == "gathered" and (row.is_house or not row.gathering_allowed):
        raise GatheringNotAllowed(field="billing_mode")
    if row.billing_mode != billing_mode:
        row.billing_mode = billing_mode
        row.save(update_fields=["billing_mode"])
        _note(actor, now, row, billing_mode)
    return queries.get_reseller_profile(reseller_id=reseller_id)


@command
def set_gathering_terms(
    *, actor: Actor, now: datetime, reseller_id: UUID, allowed: bool, due_days: int
) -> ResellerProfile:
    """The operator's limits: whether this reseller may gather, and in how many days its gathered invoice is due.

    Where gathering is withdrawn the reseller is billed at once from now on. Safe to repeat.

    Raises: Forbidden for everybody but the operator, NotFound, Invalid (``gathered_due_days``).
    """
    require(actor, "operate")
    row = _lock(actor, reseller_id)
    if type(due_days) is not int or not 0 <= due_days <= DUE_DAYS_MAX:
        raise Invalid(field="gathered_due_days", reason="out_of_range", minimum=0, maximum=DUE_DAYS_MAX)
    mode = row.billing_mode if allowed else "at_once"
    if (row.gathering_allowed, row.gathered_due_days, row.billing_mode) != (allowed, due_days, mode):
        row.gathering_allowed, row.gathered_due_days, row.billing_mode = allowed, due_days, mode
        row.save(update_fields=["gathering_allowed", "gathered_due_days", "billing_mode"])
        _note(actor, now, row, mode)
    return queries.get_reseller_profile(reseller_id=reseller_id)


def _lock(actor: Actor, reseller_id: UUID) -> models.ResellerProfile:
    """The profile, if it is the actor's own or the actor is the operator."""
    if actor.scope == "customer" or (actor.scope == "reseller" and actor.reseller_id != reseller_id):
        raise NotFound(kind="reseller")
    row = models.ResellerProfile.objects.select_for_update().filter(organization_id=reseller_id).first()
    if row is None:
        raise NotFound(kind="reseller")
    return row


def _note(actor: Actor, now: datetime, row: models.ResellerProfile, mode: str) -> None:
    activity.record(
        actor,
        now=now,
        kind="reseller.billing_set",
        subject_kind="reseller",
        subject_id=row.organization_id,
        reseller_id=row.organization_id,
        facts={
            "billing_mode": mode,
            "allowed": row.gathering_allowed,
            "due_days": row.gathered_due_days,
        },
    )
