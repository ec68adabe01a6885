"""Months of a term: every row of the published table, and its properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.kernel.period import Period, add_months
from purveyor.subscriptions.rules.calendar import (
    PeriodEnded,
    PeriodNotBegun,
    days_left,
    explain_remaining,
    months_to_charge,
    next_term,
    term_end,
)

TABLE = [
    ("2026-01-15", "2026-11-26", 50, 2),
    ("2026-01-15", "2026-11-15", 61, 2),
    ("2026-01-15", "2026-11-14", 62, 3),
    ("2026-01-15", "2027-01-14", 1, 1),
    ("2026-01-15", "2026-01-15", 365, 12),
    ("2026-01-15", "2026-01-16", 364, 12),
    ("2026-01-31", "2026-02-27", 338, 12),
    ("2026-01-31", "2026-02-28", 337, 11),
    ("2026-01-31", "2026-03-30", 307, 11),
    ("2026-01-31", "2026-03-31", 306, 10),
    ("2028-02-29", "2029-01-28", 31, 2),
    ("2028-02-29", "2029-01-29", 30, 1),
]
STARTS = st.dates(date(2020, 1, 1), date(2048, 12, 31))


@pytest.mark.parametrize(("start_text", "on_text", "left", "charged"), TABLE)
def test_the_published_table(start_text: str, on_text: str, left: int, charged: int) -> None:
    start, on = date.fromisoformat(start_text), date.fromisoformat(on_text)
    assert days_left(on, term_end(start, 12, start.day)) == left
    assert months_to_charge(on, start, 12, start.day) == charged


def test_the_last_row_the_end_is_the_renewal() -> None:
    start = date(2026, 1, 15)
    assert days_left(date(2027, 1, 15), term_end(start, 12, 15)) == 0
    with pytest.raises(PeriodEnded) as refusal:
        months_to_charge(date(2027, 1, 15), start, 12, 15)
    assert refusal.value.code == "period_ended"
    assert refusal.value.facts == {"on": "2027-01-15", "end": "2027-01-15"}
    with pytest.raises(PeriodNotBegun):
        months_to_charge(date(2026, 1, 14), start, 12, 15)


def test_fifty_days_left_are_two_months_for_every_start_day_2020_to_2048() -> None:
    start, last = date(2020, 1, 1), date(2048, 12, 31)
    wrong = []
    while start <= last:
        on = term_end(start, 12, start.day) - timedelta(days=50)
        if months_to_charge(on, start, 12, start.day) != 2:
            wrong.append(start)
        start += timedelta(days=1)
    assert wrong == []


def test_renewals_of_a_leap_day_return_to_it() -> None:
    period = Period(date(2028, 2, 29), term_end(date(2028, 2, 29), 12, 29))
    ends = []
    for _ in range(4):
        ends.append(period.end.isoformat())
        period = next_term(period.end, 12, 29)
    assert ends == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


def test_a_renewed_term_keeps_the_anchor_within_it() -> None:
    # The term starts on 28 February, but its months still end on the 29th.
    assert months_to_charge(date(2029, 3, 28), date(2029, 2, 28), 12, 29) == 12
    assert months_to_charge(date(2029, 3, 29), date(2029, 2, 28), 12, 29) == 11


@given(STARTS, st.sampled_from([1, 12, 36]), st.integers(0, 1200))
def test_months_never_rise_with_time_and_stay_in_range(start: date, months: int, after: int) -> None:
    end = term_end(start, months, start.day)
    on = start + timedelta(days=after % (end - start).days)
    charged = months_to_charge(on, start, months, start.day)
    assert 1 <= charged <= months
    if on + timedelta(days=1) < end:
        assert charged - months_to_charge(on + timedelta(days=1), start, months, start.day) in (0, 1)
    # Independent of the grid: the boundary that many months before the end is not after ``on``.
    assert add_months(start, months - charged) <= on < add_months(start, months - charged + 1)


@given(STARTS)
def test_the_first_day_pays_all_months_and_the_last_day_one(start: date) -> None:
    assert months_to_charge(start, start, 12, start.day) == 12
    assert months_to_charge(term_end(start, 12, start.day) - timedelta(days=1), start, 12, start.day) == 1


def test_the_explanation_has_the_facts_of_its_sentence() -> None:
    told = explain_remaining(date(2026, 11, 26), date(2026, 1, 15), 12, 15)
    assert told.code == "period.remaining"
    assert told.facts == {"days": 50, "months": 2, "term_months": 12, "on": "2026-11-26", "end": "2027-01-15"}
