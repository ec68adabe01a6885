"""Events: announced in the transaction in which they happen, read as a feed, delivered at least once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from purveyor.infra import tx
from purveyor.infra.registry import Announced
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id, new_id_texts, plain

# Whose a row is, as texts: reseller_id, customer_id, payer_id.
Whose = Mapping[str, str | None]


def emit(
    event: Event,
    *,
    now: datetime,
    subject_id: UUID,
    reseller_id: UUID | None,
    customer_id: UUID | None = None,
    payer_id: UUID | None = None,
) -> UUID:
    """Announce ``event`` with the transaction in progress; returns its id.

    ``payer_id`` hides it from everybody but the payer and the operator (rules.md b2).
    """
    event_id = new_id()
    tx.current().events.append(
        {
            "id": str(event_id),
            "kind": event.kind,
            "at": now.isoformat(),
            "subject_id": str(subject_id),
            "reseller_id": plain(reseller_id),
            "customer_id": plain(customer_id),
            "payer_id": plain(payer_id),
            "payload": _plainly(event),
        }
    )
    return event_id


def whose(reseller_id: UUID, customer_id: UUID | None, payer_id: UUID | None) -> Whose:
    """Its texts are made once, for all that is announced about it."""
    return {
        "reseller_id": str(reseller_id),
        "customer_id": plain(customer_id),
        "payer_id": plain(payer_id),
    }


def emit_all(said: Sequence[tuple[Event, str, Whose]], *, now: datetime) -> None:
    """Announce thousands, in this order, each with its subject's id and whose it is: what ``emit`` does, at half its
    cost. Their fields hold nothing nested."""
    at = now.isoformat()
    tx.current().events += [
        {
            "id": id,
            "kind": event.kind,
            "at": at,
            "subject_id": subject,
            **owners,
            "payload": vars(event),
        }
        for id, (event, subject, owners) in zip(new_id_texts(len(said)), said, strict=True)
    ]


def _plainly(event: Event) -> dict[str, object]:
    """The event's fields. `asdict` copies deeply, which takes as long as all the rest: only what is nested needs it."""
    fields = vars(event)
    flat = all(value is None or type(value) in (str, int, bool) for value in fields.values())
    return dict(fields) if flat else dataclasses.asdict(event)


_FEED = """
SELECT seq, id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload, xid FROM infra_event
WHERE (xid, seq) > (%s, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY xid, seq LIMIT %s
"""


def list_events(*, since: tuple[int, int] | None, limit: int) -> list[tuple[Announced, tuple[int, int]]]:
    """The feed, oldest first, of what the context may see, each with its cursor (transaction, sequence).

    Only transactions older than every one still running are shown, so that a late commit is never
    skipped by a reader that has moved on. ``limit`` at most 200.
    """
    xid, seq = since or (0, 0)
    with connection.cursor() as cursor:
        cursor.execute(_FEED, (xid, seq, min(limit, 200)))
        rows = cursor.fetchall()
    return [(Announced.of_row(row), (row[9], row[0])) for row in rows]
