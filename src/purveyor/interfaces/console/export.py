"""Lists as files for a spreadsheet: streamed page by page, and no cell of them is a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

from purveyor.interfaces.texts.cells import MARK, safe_cell

Fetch = Callable[[str | None], tuple[list[list[str]], str | None]]


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def stream_csv(name: str, heads: Iterable[str], fetch: Fetch) -> StreamingHttpResponse:
    """A CSV file of all pages that ``fetch`` gives: it gets a cursor (None first) and returns the rows after it
    and the next cursor. It is called outside the page's transaction, once a page, in the reader's language."""
    answer = StreamingHttpResponse(
        _lines([str(head) for head in heads], fetch, get_language() or "en"),
        content_type="text/csv; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(heads: list[str], fetch: Fetch, language: str) -> Iterator[str]:
    write = csv.writer(_Echo()).writerow
    yield MARK + _text(write, heads)
    cursor: str | None = None
    while True:
        with override(language):
            rows, cursor = fetch(cursor)
        yield "".join(_text(write, row) for row in rows)
        if cursor is None:
            return


def _text(write: Callable[[list[str]], object], row: list[str]) -> str:
    return str(write([safe_cell(cell) for cell in row]))
