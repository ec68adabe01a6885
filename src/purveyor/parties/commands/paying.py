"""Whether a reseller's customer may pay for itself what its reseller leaves unpaid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden
from purveyor.parties import models, queries
from purveyor.parties.authority import require
from purveyor.parties.types import Organization


@command
def set_may_pay_itself(*, actor: Actor, now: datetime, customer_id: UUID, allowed: bool) -> Organization:
    """Let the customer take over a pending renewal that its reseller leaves unpaid, or no longer.

    Its reseller's administrator's act, or the operator's: a customer does not allow itself. What it has taken
    over stays its own. Safe to repeat.

    Raises: NotFound; Forbidden.
    """
    require(actor, "settings", customer_id=customer_id)
    before = queries.get_customer(actor=actor, customer_id=customer_id)
    if actor.scope == "customer":
        raise Forbidden(act="settings", role=actor.role)
    if before.may_pay_itself == allowed:
        return before
    models.Organization.objects.filter(id=customer_id).update(may_pay_itself=allowed)
    activity.record(
        actor,
        now=now,
        kind="customer.may_pay_itself",
        subject_kind="customer",
        subject_id=customer_id,
        reseller_id=before.reseller_id,
        customer_id=customer_id,
        facts={"allowed": allowed},
    )
    return queries.get_customer(actor=actor, customer_id=customer_id)
