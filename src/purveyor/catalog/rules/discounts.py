"""How a reseller's dated discounts give way to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Span:
    """A discount's days, half-open."""

    id: UUID
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What a new discount does to those on record: which it replaces, which it ends, and its own last day."""

    replaces: UUID | None
    ends: tuple[UUID, ...]
    end: date | None


def place(existing: Iterable[Span], *, start: date, end: date | None) -> Placed:
    """Make room for a discount from ``start``: no two of one reseller and offer hold on one day.

    One that began earlier ends when the new one begins; one that begins on the same day is replaced; one that
    begins later stays, and ends the new one.
    """
    replaces: UUID | None = None
    ends: list[UUID] = []
    for span in existing:
        if span.start == start:
            replaces = span.id
        elif span.start < start:
            if span.end is None or span.end > start:
                ends.append(span.id)
        elif end is None or span.start < end:
            end = span.start
    return Placed(replaces, tuple(ends), end)
