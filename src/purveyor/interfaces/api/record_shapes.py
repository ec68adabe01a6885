"""What acts on record and events look like in an answer."""

from __future__ import annotations

from purveyor.infra.activity import ActivityRow
from purveyor.infra.registry import Announced
from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, instant
from purveyor.kernel.ids import show


def activity(row: ActivityRow) -> Json:
    """One act on record."""
    answer: Json = {
        "id": show("act", row.id),
        "at": instant(row.at),
        "actor": row.actor_name,
        "role": row.role,
        "via": row.via,
        "ip": row.ip,
        "kind": row.kind,
        "customer": public.shown("customer", row.customer_id),
        "subject": public.shown(row.subject_kind, row.subject_id),
        "facts": public.facts(row.facts, kind=row.kind, customer_id=row.customer_id),
    }
    if row.acting_on is not None:
        answer["acting_on"] = show("cus", row.acting_on)
    return answer


def event(row: Announced, cursor: str) -> Json:
    """One event of the feed; ``cursor`` continues right after it."""
    return {
        "id": show("evt", row.id),
        "at": instant(row.at),
        "kind": row.kind,
        "subject": _subject(row),
        "customer": public.shown("customer", row.customer_id),
        "facts": public.facts(
            row.payload, kind=row.kind, customer_id=row.customer_id, reseller_id=row.reseller_id
        ),
        "cursor": cursor,
    }


def _subject(row: Announced) -> str | None:
    word = row.kind.partition(".")[0]
    if word == "balance":
        return public.party(row.subject_id, customer_id=row.customer_id, reseller_id=row.reseller_id)
    return public.shown(word, row.subject_id)
