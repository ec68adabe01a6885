"""The activity log: who did what, acting on whom, when, from where. Append-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from purveyor.infra import models, tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id, new_id_texts, plain


@dataclass(frozen=True)
class ActivityRow:
    """One act on record."""

    id: UUID
    at: datetime
    actor_name: str
    role: str
    via: str
    ip: str | None
    acting_on: UUID | None
    kind: str
    subject_kind: str
    subject_id: UUID | None
    customer_id: UUID | None
    facts: dict[str, Any]


def record(
    actor: Actor,
    *,
    now: datetime,
    kind: str,
    subject_kind: str,
    subject_id: UUID | None,
    reseller_id: UUID | None,
    customer_id: UUID | None = None,
    payer_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Put one act on record with the transaction in progress.

    ``facts`` are plain JSON values and hold no amounts of money unless ``payer_id`` narrows who may
    read them (a customer never sees its reseller's prices), and never a secret.
    """
    tx.current().activity.append(
        {
            **_by(actor, now, kind, subject_kind),
            "id": str(new_id()),
            "acting_on": plain(actor.acting_on or _acted_on(actor, customer_id)),
            "subject_id": plain(subject_id),
            "facts": facts or {},
            "reseller_id": plain(reseller_id),
            "customer_id": plain(customer_id),
            "payer_id": plain(payer_id),
        }
    )


def record_all(
    actor: Actor,
    *,
    now: datetime,
    kind: str,
    subject_kind: str,
    acts: Sequence[tuple[str, Mapping[str, str | None], dict[str, Any]]],
) -> None:
    """Put thousands of one kind on record, each with its subject's id, whose it is (reseller_id, customer_id,
    payer_id) and its facts: the rows of ``record``, at a third of its cost."""
    who = _by(actor, now, kind, subject_kind)
    acting_on = plain(actor.acting_on)
    on_nobody = acting_on is not None or actor.scope == "customer" or actor.is_system
    tx.current().activity += [
        {
            **who,
            "id": id,
            "acting_on": acting_on if on_nobody else whose["customer_id"],
            "subject_id": subject,
            "facts": facts,
            **whose,
        }
        for id, (subject, whose, facts) in zip(new_id_texts(len(acts)), acts, strict=True)
    ]


def _by(actor: Actor, now: datetime, kind: str, subject_kind: str) -> dict[str, Any]:
    """What acts of one kind by one actor have in common."""
    return {
        "at": now.isoformat(),
        "actor_id": plain(actor.person_id),
        "actor_name": actor.name,
        "organization_id": plain(actor.organization_id),
        "role": actor.role,
        "via": actor.via,
        "ip": actor.ip,
        "kind": kind,
        "subject_kind": subject_kind,
    }


def _acted_on(actor: Actor, customer_id: UUID | None) -> UUID | None:
    """Whoever changes what is a customer's, and is not that customer, acts on it (jobs act on nobody)."""
    return None if actor.scope == "customer" or actor.is_system else customer_id


def list_activity(
    *,
    actor: Actor,
    customer_id: UUID | None = None,
    kind: str | None = None,
    who: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[ActivityRow]:
    """Acts that ``actor`` may read, newest first; ``before`` is the last row's (at, id) of the page before.

    ``kind`` is a kind or the word before its dot; ``who`` a part of the acting person's name; ``until`` is exclusive.
    """
    rows = models.Activity.objects.all()
    if actor.scope == "reseller":
        rows = rows.filter(reseller_id=actor.reseller_id)
    if actor.scope == "customer":
        rows = rows.filter(customer_id=actor.customer_id)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if kind:
        rows = rows.filter(Q(kind=kind) | Q(kind__startswith=kind + "."))
    if who:
        # PostgreSQL has no text with a zero byte, so no name has one either.
        rows = rows.filter(actor_name__icontains=who.replace("\x00", ""))
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    if before is not None:
        rows = rows.filter(Q(at__lt=before[0]) | Q(at=before[0], id__lt=before[1]))
    return [
        ActivityRow(
            id=r.id, at=r.at, actor_name=r.actor_name, role=r.role, via=r.via, ip=r.ip, acting_on=r.acting_on,
            kind=r.kind, subject_kind=r.subject_kind, subject_id=r.subject_id, customer_id=r.customer_id,
            facts=r.facts,
        )
        for r in rows.order_by("-at", "-id")[: min(limit, 200)]
    ]  # fmt: skip
