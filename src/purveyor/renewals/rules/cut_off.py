"""Until when a renewal that is paid first must be paid, and what follows when it is not (rules.md d)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Step = Literal["at_risk", "missed", "ended"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The instants (UTC) of one unpaid renewal: the cut-off, the suspension, the end. Ascending, may be equal.

    ``last_day`` is the last calendar date in the zone whose payment is in time: a transfer counts by it. The others
    are the dates of the steps, in the zone too.
    """

    cut_off_at: datetime
    suspend_at: datetime
    end_at: datetime
    last_day: date
    suspend_on: date
    end_on: date

    def after(self, now: datetime) -> tuple[Step | None, datetime | None]:
        """The step that is due at ``now``, the furthest one if several are, and the instant of the next."""
        if now >= self.end_at:
            return "ended", None
        if now >= self.suspend_at:
            return "missed", self.end_at
        if now >= self.cut_off_at:
            return "at_risk", self.suspend_at
        return None, self.cut_off_at


def cut_off_date(due_on: date, *, day: int, min_days: int) -> date:
    """The first ``day`` of a month that is ``min_days`` or more after ``due_on``; a shorter month's last day.

    Raises:
        ValueError: ``day`` is not 1 to 31, or ``min_days`` is negative.
    """
    if not 1 <= day <= 31 or min_days < 0:
        raise ValueError("a day of a month is 1 to 31, and days to wait are not negative")
    earliest = due_on + timedelta(days=min_days)
    found = _in_month(earliest.year, earliest.month, day)
    if found >= earliest:
        return found
    year, month = divmod(earliest.year * 12 + earliest.month, 12)
    return _in_month(year, month + 1, day)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def ladder(
    due_on: date,
    *,
    day: int,
    min_days: int,
    due_days: int,
    suspend_after_days: int,
    end_after_days: int,
    zone: ZoneInfo,
) -> Ladder:
    """All instants of a renewal due on ``due_on``: each the midnight with which a calendar day begins in ``zone``.

    Without a ``day`` (0) the cut-off is ``due_days`` after the end of the term. Days are counted in the calendar,
    so a change to summer time moves no step to another hour.
    """
    stop = cut_off_date(due_on, day=day, min_days=min_days) if day else due_on + timedelta(days=due_days)
    return steps(stop, suspend_after_days=suspend_after_days, end_after_days=end_after_days, zone=zone)


def steps(stop: date, *, suspend_after_days: int, end_after_days: int, zone: ZoneInfo) -> Ladder:
    """The ladder of a renewal whose cut-off is the beginning of ``stop``."""
    suspend_on, end_on = stop + timedelta(days=suspend_after_days), stop + timedelta(days=end_after_days)
    return Ladder(
        cut_off_at=midnight(stop, zone),
        suspend_at=midnight(suspend_on, zone),
        end_at=midnight(end_on, zone),
        last_day=stop - timedelta(days=1),
        suspend_on=suspend_on,
        end_on=end_on,
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of ``day`` in ``zone``, also where its clocks skip or repeat the hour."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def in_time(
    cut_off_at: datetime, zone: ZoneInfo, *, paid_at: datetime, value_date: date | None = None
) -> bool:
    """Whether a payment came before the cut-off: by its instant, a transfer by its value date.

    The 25th 23:59:59 is in time for a cut-off on the 26th, the 26th 00:00 is late; a transfer of the 25th is in
    time on whatever day it is read in.
    """
    if value_date is not None:
        return value_date < cut_off_at.astimezone(zone).date()
    return paid_at < cut_off_at
