"""What happened: the activity log and the feed of events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Router

from purveyor.infra.activity import list_activity as read_activity
from purveyor.infra.clock import start_of
from purveyor.infra.outbox import list_events as read_events
from purveyor.interfaces.api import answers, documents, record_shapes, records
from purveyor.interfaces.api.door import ApiRequest, reading
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.errors import Invalid
from purveyor.kernel.paging import write_cursor

router = Router(tags=["record"])


@router.get("/activity", response=documents.Listed[records.Activity], summary="Who did what, newest first")
@reading
def list_activity(
    request: ApiRequest,
    customer: str | None = None,
    kind: str | None = None,
    since: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    """``kind`` is a whole kind (``seat.assigned``) or its first word; ``since`` an instant or a date."""
    actor = request.call.actor
    _reach.see(actor)
    rows = read_activity(
        actor=actor,
        customer_id=_reach.customer_filter(actor, customer),
        kind=kind,
        since=None if since is None else _instant(since),
        before=_reach.instant_cursor(cursor),
        limit=limit + 1,
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.at.isoformat(), str(row.id)))
    return answers.page(found, record_shapes.activity)


def _instant(text: str) -> datetime:
    try:
        if len(text) == 10:
            return start_of(date.fromisoformat(text))
        # A plus sign that was not escaped arrives as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+"))
        if found.tzinfo is None:
            raise ValueError("an instant has a zone")
    except (ValueError, OverflowError) as error:
        raise Invalid(field="since", reason="instant") from error
    return found


@router.get("/events", response=documents.Listed[records.Event], summary="The feed, oldest first")
@reading
def list_events(
    request: ApiRequest, since: str | None = None, limit: Limit = 50, cursor: str | None = None
) -> Any:
    """``since`` (or ``cursor``) is the ``next_cursor`` of the page before.

    ``next_cursor`` is null only on an empty page: keep the last one and ask again later. Nothing that is
    committed late is ever skipped.
    """
    _reach.see(request.call.actor)
    field = "cursor" if since is None else "since"
    after = _reach.numbers_cursor(cursor if since is None else since, parts=2, field=field)
    rows = read_events(since=None if after is None else (after[0], after[1]), limit=limit)
    data = [record_shapes.event(row, write_cursor(str(place[0]), str(place[1]))) for row, place in rows]
    return {"data": data, "next_cursor": data[-1]["cursor"] if data else None}
