"""Calendar periods: half-open, and counted in months from a stored anchor day (rules.md b)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` to the day before ``end``.

    Raises:
        ValueError: no day in between.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period needs at least one day")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside, for people who read periods inclusively."""
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def overlaps(self, other: Period) -> bool:
        """Whether a day lies in both."""
        return self.start < other.end and other.start < self.end

    def split(self, at: date) -> tuple[Period, Period]:
        """The part before ``at`` and the part from it on.

        Raises:
            ValueError: ``at`` is not strictly inside.
        """
        return Period(self.start, at), Period(at, self.end)


def add_months(day: date, months: int, anchor_day: int | None = None) -> date:
    """The day ``months`` later (or earlier), on the anchor day or the last day of a shorter month.

    ``anchor_day`` defaults to the day itself. Keep the anchor that was stored with the first start: from
    2029-02-28 with anchor 29, 36 months later is 2032-02-29.
    """
    anchor = day.day if anchor_day is None else anchor_day
    if not 1 <= anchor <= 31:
        raise ValueError("an anchor day is 1 to 31")
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = month_index + 1
    return date(year, month, min(anchor, monthrange(year, month)[1]))


# Terms begin on few days, and each is asked for its months more than once.
@lru_cache(maxsize=1024)
def months_grid(start: date, months: int, anchor_day: int | None = None) -> tuple[date, ...]:
    """The boundaries B_0 to B_months. Each is computed from the start, never from the one before.

    A chain would lose days: 31 January, 28 February, 28 March.
    """
    if months < 1:
        raise ValueError("a term has at least one month")
    return (start, *(add_months(start, count, anchor_day) for count in range(1, months + 1)))
