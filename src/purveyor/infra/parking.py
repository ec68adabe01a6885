"""What could not be done is parked with its reason where a person sees it, and stops nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app

from purveyor.infra import mailbox, models
from purveyor.kernel.errors import DomainError
from purveyor.kernel.ids import new_id


@dataclass(frozen=True)
class ParkedPiece:
    """One piece of work waiting for a person."""

    id: UUID
    source: str
    piece: str
    due_at: datetime
    reason: str
    parked_at: datetime


def park(*, source: str, piece: str, due_at: datetime, reason: Exception) -> None:
    """Record that ``piece`` of ``source`` failed; repeating it changes nothing."""
    text = f"{type(reason).__name__}: {reason}"
    if isinstance(reason, DomainError):
        text = f"{reason.code}: {reason.facts}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO infra_parked (id, source, piece, due_at, reason, parked_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (new_id(), source, piece, due_at, text[:2000], due_at),
        )


def list_parked(limit: int = 100) -> list[ParkedPiece]:
    """Unresolved pieces, newest first (operator only: the edge checks)."""
    rows = models.Parked.objects.filter(resolved_at__isnull=True).order_by("-parked_at", "-id")[:limit]
    return [ParkedPiece(r.id, r.source, r.piece, r.due_at, r.reason, r.parked_at) for r in rows]


def resolve(piece_id: UUID, *, now: datetime) -> None:
    """Let the piece be tried again: due work by the scanner, a delivery or a mail by a job of its own."""
    parked = models.Parked.objects.filter(id=piece_id, resolved_at__isnull=True).first()
    if parked is None:
        return
    models.Parked.objects.filter(id=piece_id).update(resolved_at=now)
    if parked.source.startswith("delivery:"):
        from purveyor.infra import jobs  # noqa: PLC0415  (jobs imports delivery, which imports this module)

        if models.Delivery.objects.filter(id=int(parked.piece)).update(parked=False, attempts=0):
            jobs.defer_deliveries([int(parked.piece)])
    elif parked.source == "mail" and mailbox.queue_again(UUID(parked.piece)):
        # The job is the mail edge's, which knows how to send; here its name is enough.
        app.configure_task("purveyor.send_mail", queue="mail").defer(mail_id=parked.piece)
