"""Answers: plain dictionaries become JSON once, and lists get their cursors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse

from purveyor.kernel.errors import DomainError
from purveyor.kernel.paging import MAX_LIMIT, Page

T = TypeVar("T")
Json = dict[str, Any]
JSON_TYPE = "application/json"


class Later(HttpResponse):
    """An answer that can only be given after the call's transaction has ended (the test clock)."""

    def __init__(self, work: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self.work = work


class RefusedThen(Exception):
    """A refusal, and what to add to its facts once the refused transaction is rolled back."""

    def __init__(self, refusal: DomainError, follow: Callable[[], Json]) -> None:
        super().__init__()
        self.refusal = refusal
        self.follow = follow


def dumps(value: Any) -> str:
    """Compact JSON; what rooms put into facts (ids, dates, amounts) is written as text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Decimal):
        return number(value)
    if hasattr(value, "as_json"):
        return value.as_json()
    raise TypeError(f"{type(value).__name__} is not JSON")


def text(body: str, *, status: int = 200, content_type: str = JSON_TYPE) -> HttpResponse:
    """A response with this body."""
    return HttpResponse(body.encode(), status=status, content_type=content_type)


def instant(value: datetime) -> str:
    """RFC 3339 in UTC with microseconds left out when they are zero."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def maybe_instant(value: datetime | None) -> str | None:
    """The same, or None."""
    return None if value is None else instant(value)


def day(value: date | None) -> str | None:
    """``YYYY-MM-DD``, or None."""
    return None if value is None else value.isoformat()


def number(value: Decimal) -> int | float:
    """A percentage as a JSON number.

    Percentages have at most four decimals, which a double holds exactly enough to print the same digits; no
    amount of money ever comes here.
    """
    return int(value) if value == value.to_integral_value() else float(value)


def page(found: Page[T], shape: Callable[[T], Json]) -> Json:
    """A page as the contract has it."""
    return {"data": [shape(row) for row in found.rows], "next_cursor": found.next_cursor}


def cut(rows: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """A page from up to ``limit + 1`` rows; the row too many only says that there are more.

    Queries give at most ``MAX_LIMIT`` rows, so a full page of that many may be followed by an empty one.
    """
    shown = tuple(rows[:limit])
    more = len(rows) > limit or len(rows) >= MAX_LIMIT
    return Page(shown, key(shown[-1]) if more else None)


def whole(rows: Iterable[T], shape: Callable[[T], Json]) -> Json:
    """A list that always fits on one page."""
    return {"data": [shape(row) for row in rows], "next_cursor": None}
