"""Files of many documents, for whom they are: how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from purveyor.billing.models import Batch as Row
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import authority

BatchStatus = Literal["asked", "finished", "failed"]
# A file that counted nothing for so long, in real time, was interrupted.
GIVEN_UP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """A file of the documents of a period, and how far it is."""

    id: UUID
    first: date
    last: date
    total: int
    done: int
    status: BatchStatus
    asked_by: str
    asked_at: datetime
    seen_at: datetime

    @property
    def goes_on(self) -> bool:
        """Whether somebody is drawing it, as far as one can see."""
        return self.status == "asked" and timezone.now() - self.seen_at < GIVEN_UP


def get_batch(*, actor: Actor, batch_id: UUID) -> Batch:
    """One file. Raises: NotFound."""
    row = visible(actor).filter(id=batch_id).first()
    if row is None:
        raise NotFound(kind="batch")
    return as_batch(row)


def list_batches(*, actor: Actor, limit: int = 20) -> list[Batch]:
    """One's own files, the newest first; at most 200."""
    rows = visible(actor) if actor.scope != "operator" else visible(actor).filter(payer_id=None)
    return [as_batch(row) for row in rows.order_by("-asked_at", "-id")[: min(limit, 200)]]


def owner_of(*, actor: Actor, batch_id: UUID) -> Actor:
    """Who may read what goes into a file: the process that draws it works as that one. Raises: Forbidden; NotFound."""
    authority.require(actor, "operate")
    row = Row.objects.filter(id=batch_id).first()
    if row is None:
        raise NotFound(kind="batch")
    if row.payer_id is None:
        return actor
    return Actor(
        scope="reseller" if row.customer_id is None else "customer",
        organization_id=row.payer_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        role="admin",
        name=row.asked_by,
        via="system",
    )


def visible(actor: Actor) -> QuerySet[Row]:
    """The rows of the actor's own files; the operator sees all."""
    if actor.scope == "operator":
        return Row.objects.all()
    own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
    return Row.objects.filter(reseller_id=actor.reseller_id, payer_id=own)


def as_batch(row: Row) -> Batch:
    """The frozen row."""
    return Batch(
        id=row.id,
        first=row.first,
        last=row.last,
        total=row.total,
        done=row.done,
        status=cast(BatchStatus, row.status),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        seen_at=row.seen_at,
    )
