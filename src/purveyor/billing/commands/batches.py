"""Files of many documents: asked for, and counted while they are drawn."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from purveyor.billing import queries
from purveyor.billing.batches import Batch, BatchStatus, as_batch, visible
from purveyor.billing.models import Batch as Row
from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.parties import authority


@command
def ask_batch(*, actor: Actor, now: datetime, first: date, last: date) -> Batch:
    """Ask for all documents that the actor may read, issued from ``first`` to ``last``, both included, as one file.

    Whoever calls it starts the process that draws it. Not safe to repeat by itself: the edge takes the key.

    Raises: Forbidden; Invalid (``until``): no document, or the end before the beginning.
    """
    authority.require(actor, "documents")
    if last < first:
        raise Invalid(field="until", reason="not_after_start", start=first.isoformat())
    total = queries.count_between(actor=actor, first=first, last=last)
    if total == 0:
        raise Invalid(field="until", reason="no_documents")
    own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
    row = Row.objects.create(
        id=new_id(),
        reseller_id=None if actor.scope == "operator" else actor.reseller_id,
        customer_id=actor.customer_id if actor.scope == "customer" else None,
        payer_id=None if actor.scope == "operator" else own,
        first=first,
        last=last,
        total=total,
        asked_by=actor.name or actor.role,
        asked_at=now,
        seen_at=timezone.now(),
    )
    activity.record(
        actor,
        now=now,
        kind="documents.asked",
        subject_kind="batch",
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts={"count": total, "since": first.isoformat(), "until": last.isoformat()},
    )
    return as_batch(row)


@command
def note_batch(
    *, actor: Actor, now: datetime, batch_id: UUID, done: int, status: BatchStatus = "asked"
) -> None:
    """How far the file is; called by the process that draws it. Safe to repeat."""
    finished = None if status == "asked" else now
    visible(actor).filter(id=batch_id, status="asked").update(
        done=done, status=status, seen_at=timezone.now(), finished_at=finished
    )
