"""When an offer may be bought, and when a dated row holds: half-open, like every period in the house."""

from __future__ import annotations

from datetime import date
from typing import Literal

Unavailable = Literal["not_yet", "no_longer", "withdrawn"]


def holds_on(day: date, *, start: date, end: date | None) -> bool:
    """Whether ``day`` lies from ``start`` to the day before ``end`` (None: without end)."""
    return start <= day and (end is None or day < end)


def why_unavailable(
    day: date, *, available_from: date, available_to: date | None, withdrawn_on: date | None
) -> Unavailable | None:
    """Why the offer cannot be bought on ``day``, or None when it can.

    A withdrawn offer is gone from the very day of its withdrawal: what people see is never sold afterwards.
    """
    if withdrawn_on is not None and withdrawn_on <= day:
        return "withdrawn"
    if day < available_from:
        return "not_yet"
    if available_to is not None and available_to <= day:
        return "no_longer"
    return None
