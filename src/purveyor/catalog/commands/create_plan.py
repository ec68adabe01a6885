"""Open a plan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.catalog import models
from purveyor.catalog.commands._desk import put_on_record, unique_code
from purveyor.catalog.events import PlanCreated
from purveyor.catalog.rules.fields import clean_code, clean_name
from purveyor.catalog.types import Plan
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties.authority import require

_RANK_MAX = 1000


@command
def create_plan(
    *, actor: Actor, now: datetime, product_id: UUID, code: str, name: str, rank: int = 1
) -> Plan:
    """Open a tier of a product; ``rank`` 1 is the lowest, and no two tiers share one. Operator only.

    Raises: Forbidden, Invalid (rank: ``too_small``, ``too_large``, ``taken``), NotFound (product), CodeTaken.
    Emits: plan.created.
    """
    require(actor, "operate")
    plan = Plan(new_id(), product_id, clean_code(code), clean_name(name), rank)
    if rank < 1:
        raise Invalid(field="rank", reason="too_small", minimum=1)
    if rank > _RANK_MAX:
        raise Invalid(field="rank", reason="too_large", maximum=_RANK_MAX)
    # Two tiers of one product opened at once take turns.
    if models.Product.objects.select_for_update().filter(id=product_id).first() is None:
        raise NotFound(field="product")
    if models.Plan.objects.filter(product_id=product_id, rank=rank).exists():
        raise Invalid(field="rank", reason="taken")
    with unique_code(plan.code):
        models.Plan.objects.create(
            id=plan.id, product_id=product_id, code=plan.code, name=plan.name, rank=rank
        )
    put_on_record(
        actor,
        now,
        PlanCreated(plan=plan.code, name=plan.name, rank=rank),
        subject_kind="plan",
        subject_id=plan.id,
        facts={"code": plan.code, "name": plan.name, "rank": rank},
    )
    return plan
