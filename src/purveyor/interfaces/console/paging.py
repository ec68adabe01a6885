"""Links to the page before and after, for lists that continue after a cursor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from purveyor.interfaces.console.widgets import Pager
from purveyor.kernel.errors import Invalid
from purveyor.kernel.paging import read_cursor

AFTER, TRAIL = "after", "trail"
_SEPARATOR = "~"
# A longer way back would make an address that some proxies refuse; the browser's own way back stays.
_TRAIL_MAX = 20


def cursor_of(request: HttpRequest) -> str | None:
    """Where this page of a list begins, None for the first."""
    return request.GET.get(AFTER) or None


def instant_cursor(request: HttpRequest) -> tuple[datetime, UUID] | None:
    """Where this page of a list by instants begins, None for the first. Raises Invalid (``cursor``)."""
    key = read_cursor(cursor_of(request), parts=2)
    try:
        return None if key is None else (datetime.fromisoformat(key[0]), UUID(key[1]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def pager(request: HttpRequest, next_cursor: str | None, *, total: int | None = None) -> Pager:
    """The links around this page. The way back is kept in the address: keyset pages only know what follows."""
    here = request.GET.get(AFTER, "")
    trail = request.GET.get(TRAIL, "").split(_SEPARATOR)
    before = _url(request, trail[-1], trail[:-1]) if here else ""
    after = _url(request, next_cursor, [*trail, here] if here else [""]) if next_cursor else ""
    return Pager(previous_url=before, next_url=after, total=total)


def _url(request: HttpRequest, after: str, trail: list[str]) -> str:
    query = request.GET.copy()
    for name, value in ((AFTER, after), (TRAIL, _SEPARATOR.join(trail[-_TRAIL_MAX:]))):
        query.pop(name, None)
        if value and after:
            query[name] = value
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path
