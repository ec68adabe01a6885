"""Pages of a long list: rows and an opaque cursor to the next ones.

Keyset, so the last page costs what the first does.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from purveyor.kernel.errors import Invalid

T = TypeVar("T")
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in their order; ``next_cursor`` is None when they are the last."""

    rows: tuple[T, ...]
    next_cursor: str | None = None


def capped(limit: int) -> int:
    """A limit between 1 and 200."""
    return max(1, min(limit, MAX_LIMIT))


def write_cursor(*key: str) -> str:
    """The opaque text for the last row's sort key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, *, parts: int) -> tuple[str, ...] | None:
    """The sort key behind ``cursor``, or None for the first page.

    Raises:
        Invalid: field cursor, reason not_a_cursor.
    """
    if not cursor:
        return None
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise Invalid(field="cursor", reason="not_a_cursor")
    return tuple(key)
