"""Until when a renewal that is paid first must be paid: tables, and what holds for every day and zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.renewals.rules.cut_off import cut_off_date, in_time, ladder, midnight

MEXICO = ZoneInfo("America/Mexico_City")
ZONES = st.sampled_from(
    ["America/Mexico_City", "Europe/Stockholm", "America/Santiago", "America/Havana", "Pacific/Apia",
     "Pacific/Kiritimati", "Australia/Lord_Howe", "UTC"]
)  # fmt: skip
DAYS = st.dates(date(2023, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("due", "day", "min_days", "cut_off"),
    [
        ("2026-11-10", 26, 5, "2026-11-26"),
        ("2026-11-21", 26, 5, "2026-11-26"),
        ("2026-11-22", 26, 5, "2026-12-26"),
        ("2026-12-22", 26, 5, "2027-01-26"),
        ("2026-12-31", 26, 5, "2027-01-26"),
        ("2026-12-26", 26, 0, "2026-12-26"),
        ("2026-12-27", 26, 0, "2027-01-26"),
        ("2027-01-25", 31, 5, "2027-01-31"),
        ("2027-01-27", 31, 5, "2027-02-28"),
        ("2028-01-27", 30, 5, "2028-02-29"),
        ("2028-02-29", 28, 28, "2028-03-28"),
        ("2026-11-30", 1, 0, "2026-12-01"),
    ],
)
def test_the_first_such_day_that_leaves_the_time(due: str, day: int, min_days: int, cut_off: str) -> None:
    found = cut_off_date(date.fromisoformat(due), day=day, min_days=min_days)
    assert found == date.fromisoformat(cut_off)


@given(due=DAYS, day=st.integers(1, 28), min_days=st.integers(0, 60))
def test_it_is_the_first_and_never_sooner(due: date, day: int, min_days: int) -> None:
    found = cut_off_date(due, day=day, min_days=min_days)
    earliest = due + timedelta(days=min_days)
    assert found.day == day
    assert earliest <= found < earliest + timedelta(days=31)
    between = (earliest + timedelta(days=more) for more in range((found - earliest).days))
    assert all(one.day != day for one in between)


@given(due=DAYS, day=st.integers(29, 31), min_days=st.integers(0, 60))
def test_a_short_month_has_its_last_day(due: date, day: int, min_days: int) -> None:
    found = cut_off_date(due, day=day, min_days=min_days)
    assert found >= due + timedelta(days=min_days)
    assert found.day == day or (found + timedelta(days=1)).day == 1


@given(first=DAYS, more=st.integers(0, 400), day=st.integers(1, 31), min_days=st.integers(0, 28))
def test_who_is_due_later_has_no_earlier_cut_off(first: date, more: int, day: int, min_days: int) -> None:
    later = first + timedelta(days=more)
    assert cut_off_date(first, day=day, min_days=min_days) <= cut_off_date(later, day=day, min_days=min_days)


@given(day=DAYS, zone=ZONES)
def test_a_day_begins_at_its_first_instant(day: date, zone: str) -> None:
    where = ZoneInfo(zone)
    begins = midnight(day, where)
    assert begins.astimezone(where).date() >= day
    assert (begins - timedelta(microseconds=1)).astimezone(where).date() < day


@given(due=DAYS, day=st.integers(0, 28), zone=ZONES, suspend=st.integers(0, 30), more=st.integers(0, 60))
def test_the_steps_are_in_order(due: date, day: int, zone: str, suspend: int, more: int) -> None:
    steps = ladder(
        due, day=day, min_days=5, due_days=14, suspend_after_days=suspend, end_after_days=suspend + more,
        zone=ZoneInfo(zone),
    )  # fmt: skip
    assert steps.cut_off_at <= steps.suspend_at <= steps.end_at
    assert steps.cut_off_at.tzinfo is UTC
    before = steps.cut_off_at - timedelta(seconds=1)
    assert steps.after(before) == (None, steps.cut_off_at)
    assert in_time(steps.cut_off_at, ZoneInfo(zone), paid_at=before)
    assert not in_time(steps.cut_off_at, ZoneInfo(zone), paid_at=steps.cut_off_at)
    assert in_time(steps.cut_off_at, ZoneInfo(zone), paid_at=steps.end_at, value_date=steps.last_day)
    late = steps.last_day + timedelta(days=1)
    assert not in_time(steps.cut_off_at, ZoneInfo(zone), paid_at=before, value_date=late)
    # From step to step the ladder ends, whatever falls together.
    at, seen = steps.cut_off_at, []
    while True:
        step, following = steps.after(at)
        seen.append(step)
        if following is None:
            break
        assert following > at
        at = following
    assert seen[-1] == "ended"
    order = ["at_risk", "missed", "ended"]
    places = [order.index(str(one)) for one in seen]
    assert places == sorted(places)


def test_mexico_city_begins_its_day_six_hours_after_utc() -> None:
    steps = ladder(
        date(2026, 11, 10), day=26, min_days=5, due_days=14, suspend_after_days=3, end_after_days=30, zone=MEXICO
    )  # fmt: skip
    assert steps.cut_off_at == datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert steps.suspend_at == datetime(2026, 11, 29, 6, tzinfo=UTC)
    assert steps.end_at == datetime(2026, 12, 26, 6, tzinfo=UTC)
    assert steps.last_day == date(2026, 11, 25)
    # In summer as in winter.
    assert midnight(date(2027, 7, 26), MEXICO) == datetime(2027, 7, 26, 6, tzinfo=UTC)


def test_summer_time_moves_no_step() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    steps = ladder(
        date(2027, 3, 10), day=26, min_days=5, due_days=14, suspend_after_days=3, end_after_days=30, zone=stockholm
    )  # fmt: skip
    # The clocks go forward on 28 March 2027.
    assert steps.cut_off_at == datetime(2027, 3, 25, 23, tzinfo=UTC)
    assert steps.suspend_at == datetime(2027, 3, 28, 22, tzinfo=UTC)
    assert steps.end_at == datetime(2027, 4, 24, 22, tzinfo=UTC)


def test_without_a_day_it_is_as_long_as_an_invoice_is_due() -> None:
    steps = ladder(
        date(2026, 11, 10), day=0, min_days=5, due_days=14, suspend_after_days=0, end_after_days=0, zone=MEXICO
    )  # fmt: skip
    assert steps.last_day == date(2026, 11, 23)
    assert steps.after(steps.cut_off_at) == ("ended", None)


def test_a_day_that_no_month_has_is_refused() -> None:
    for day, min_days in ((0, 0), (32, 0), (26, -1)):
        with pytest.raises(ValueError, match="a day of a month"):
            cut_off_date(date(2026, 11, 10), day=day, min_days=min_days)
