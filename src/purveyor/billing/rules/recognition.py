"""When a line's net is earned: by the day over its period (rules.md e)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from purveyor.kernel.money import round_half_up


def earned(net: int, start: date, end: date, *, until: date) -> int:
    """How much of ``net`` (below zero on a credit note) is earned by the end of the day ``until``.

    The period is half-open. The running sum is rounded half up, so the days' parts, each the difference of two such
    sums, come to the net exactly, however the days are grouped. SQL says the same in ``commands.recognize_revenue``.

    Raises: ValueError for a period without a day.
    """
    days = (end - start).days
    if days < 1:
        raise ValueError("a period has a day")
    gone = min(max((until - start).days + 1, 0), days)
    return round_half_up(Fraction(net * gone, days))
