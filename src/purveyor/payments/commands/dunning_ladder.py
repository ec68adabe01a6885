"""The dunning ladders: the operator's default, and one of its own for a reseller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import models
from purveyor.payments.queries import get_ladder
from purveyor.payments.rules.dunning import fault_of
from purveyor.payments.types import Ladder, LadderStep


@command
def set_ladder(
    *, actor: Actor, now: datetime, steps: Sequence[LadderStep], reseller_id: UUID | None = None
) -> Ladder:
    """Set the dunning ladder of a reseller, or the default of all without ``reseller_id``. The operator's act.

    It holds for cases opened from now on; one that is open keeps the dates that it announced.

    Raises: Forbidden; NotFound (no such reseller); Invalid (field ``steps``, with a reason ``ladder_...``).
    """
    authority.require(actor, "operate")
    _check_reseller(actor, reseller_id)
    fault = fault_of(steps)
    if fault is not None:
        raise Invalid(field="steps", reason=fault)
    _owned(reseller_id).delete()
    models.DunningStep.objects.bulk_create(
        models.DunningStep(
            id=new_id(),
            reseller_id=reseller_id,
            position=position,
            days=step.days,
            channel=step.channel,
            audience=list(step.audience),
            action=step.action,
        )
        for position, step in enumerate(steps)
    )
    _note(actor, now, "dunning.ladder_set", reseller_id, len(steps))
    return get_ladder(actor=actor, reseller_id=reseller_id)


@command
def reset_ladder(*, actor: Actor, now: datetime, reseller_id: UUID | None = None) -> Ladder:
    """Take a reseller's own ladder away, so that the default holds; without ``reseller_id`` the default becomes
    what it was at first. Safe to repeat. The operator's act.

    Raises: Forbidden, NotFound.
    """
    authority.require(actor, "operate")
    _check_reseller(actor, reseller_id)
    gone, _each = _owned(reseller_id).delete()
    if gone:
        _note(actor, now, "dunning.ladder_reset", reseller_id, gone)
    return get_ladder(actor=actor, reseller_id=reseller_id)


def _owned(reseller_id: UUID | None) -> QuerySet[models.DunningStep]:
    return models.DunningStep.objects.filter(
        Q(reseller_id__isnull=True) if reseller_id is None else Q(reseller_id=reseller_id)
    )


def _check_reseller(actor: Actor, reseller_id: UUID | None) -> None:
    if reseller_id is None:
        return
    if parties.get_organization(actor=actor, organization_id=reseller_id).kind != "reseller":
        raise NotFound(kind="reseller")


def _note(actor: Actor, now: datetime, kind: str, reseller_id: UUID | None, steps: int) -> None:
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="ladder",
        subject_id=reseller_id,
        reseller_id=reseller_id,
        facts={"steps": steps},
    )
