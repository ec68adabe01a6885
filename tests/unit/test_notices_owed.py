"""Which notices are owed on which morning, and to whom they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.renewals.rules import notices
from purveyor.renewals.rules.notices import Case, Choice, owed

START, END = date(2026, 1, 15), date(2027, 1, 15)
YEAR = Case(
    on=END, start=START, end=END, leads=(30, 7), price_notice_days=30, old=4800, new=4800, next_months=12
)
MONTH = replace(YEAR, start=date(2026, 12, 15), next_months=1, old=500, new=500)


def at(case: Case, days: int, **more: object) -> list[tuple[str, int]]:
    """What is owed so many days before the end."""
    changed = replace(case, on=case.end - timedelta(days=days), **more)  # type: ignore[arg-type]  # fields of a case
    return [(one.kind, one.step) for one in owed(changed)]


@pytest.mark.parametrize(
    ("case", "days", "more", "found"),
    [
        (YEAR, 31, {}, []),
        (YEAR, 30, {}, [("commits", 30)]),
        (YEAR, 29, {}, []),
        (YEAR, 7, {}, [("commits", 7)]),
        (YEAR, 0, {}, []),
        (YEAR, -1, {}, []),
        (YEAR, 30, {"next_months": 6}, [("renews", 30)]),
        (YEAR, 30, {"auto_renew": False}, [("ends", 30)]),
        (YEAR, 30, {"priced": False}, [("ends", 30)]),
        (YEAR, 7, {"new": 6000, "consent": "refused"}, [("ends", 7)]),
        # A month goes on silently, unless something changes.
        (MONTH, 7, {}, []),
        (MONTH, 7, {"changed": True}, [("renews", 7)]),
        (MONTH, 7, {"new": 400}, [("renews", 7)]),
        (MONTH, 7, {"new": 600}, [("price", 7)]),
        (MONTH, 7, {"auto_renew": False}, [("ends", 7)]),
        (MONTH, 7, {"short": True}, [("payment", 7)]),
        # Free seats of a month once, until it is news again.
        (MONTH, 7, {"droppable": 3}, [("unused", 7)]),
        (MONTH, 7, {"droppable": 3, "told_free": True}, []),
        (MONTH, 30, {"droppable": 3}, []),
        (MONTH, 7, {"droppable": 3, "locked_from": END - timedelta(days=7)}, []),
        (YEAR, 7, {"droppable": 3, "told_free": True}, [("commits", 7), ("unused", 7)]),
        (MONTH, 7, {"next_months": 12, "same_offer": False, "new": 4800}, [("commits", 7)]),
        # The price, in time for its notice; a term that is shorter hears of it when it begins.
        (YEAR, 60, {"new": 6000, "price_notice_days": 60}, [("price", 60)]),
        (YEAR, 30, {"new": 6000}, [("commits", 30), ("price", 30)]),
        (YEAR, 30, {"new": 6000, "consent": "accepted"}, [("commits", 30)]),
        (YEAR, 30, {"new": 6000, "consent": "missing"}, [("commits", 30), ("price", 30)]),
        (YEAR, 30, {"new": 6000, "same_offer": False}, [("commits", 30)]),
        (YEAR, 30, {"new": 6000, "auto_renew": False}, [("ends", 30)]),
        (MONTH, 31, {"new": 600, "price_notice_days": 40}, [("price", 31)]),
        (MONTH, 29, {"new": 600, "price_notice_days": 40}, []),
        # The way to pay: also on the last day.
        (YEAR, 30, {"short": True}, [("commits", 30), ("payment", 30)]),
        (YEAR, 1, {"short": True}, [("payment", 1)]),
        (YEAR, 2, {"short": True}, []),
        (YEAR, 7, {"short": True, "auto_renew": False}, [("ends", 7)]),
        # Seats that nobody holds, while they can still be dropped.
        (YEAR, 30, {"droppable": 2}, [("commits", 30), ("unused", 30)]),
        (YEAR, 7, {"droppable": 2, "locked_from": END - timedelta(days=7)}, [("commits", 7)]),
        (
            YEAR,
            7,
            {"droppable": 2, "locked_from": END - timedelta(days=6)},
            [("commits", 7), ("unused", 7)],
        ),
        (YEAR, 7, {"droppable": 2, "auto_renew": False}, [("ends", 7)]),
        # A trial tells at its own days.
        (MONTH, 7, {"is_trial": True}, [("renews", 7)]),
        (MONTH, 3, {"is_trial": True, "auto_renew": False}, [("ends", 3)]),
        (MONTH, 1, {"is_trial": True, "new": 600, "old": 0}, [("renews", 1)]),
        (MONTH, 30, {"is_trial": True}, []),
    ],
)
def test_what_is_owed(case: Case, days: int, more: dict[str, object], found: list[tuple[str, int]]) -> None:
    assert at(case, days, **more) == found


@given(
    days=st.integers(-5, 400),
    leads=st.lists(st.integers(1, 90), max_size=4, unique=True),
    new=st.integers(0, 10_000),
    renews=st.booleans(),
    trial=st.booleans(),
    short=st.booleans(),
    seats=st.integers(0, 5),
)
def test_each_kind_once_on_days_that_are_looked_at(
    days: int, leads: list[int], new: int, renews: bool, trial: bool, short: bool, seats: int
) -> None:
    case = replace(
        YEAR, leads=tuple(sorted(leads, reverse=True)), new=new, auto_renew=renews, is_trial=trial, short=short,
        droppable=seats,
    )  # fmt: skip
    found = at(case, days)
    assert len({kind for kind, _ in found}) == len(found)
    assert len({kind for kind, _ in found} & {"renews", "ends", "commits"}) <= 1
    started = (END - START).days - 1
    if found:
        assert days in notices.look_days(leads, YEAR.price_notice_days) or days >= started
        assert 0 < days <= (END - START).days
        assert all(step == days for _, step in found)


@given(day=st.dates(date(2026, 1, 1), date(2028, 12, 31)), wait=st.integers(1, 40), late=st.integers(0, 1))
def test_a_pending_renewal_is_told_of_when_it_opens_and_before_the_cut_off(
    day: date, wait: int, late: int
) -> None:
    cut_off = day + timedelta(days=wait)
    told = [
        (one.step, now)
        for now in (day + timedelta(days=n) for n in range(60))
        for one in notices.owed_for_pending(
            on=now, opened_on=day, cut_off_on=cut_off, passed=now == cut_off + timedelta(days=late)
        )
    ]
    steps = [step for step, _ in told]
    assert (steps[0], steps[-1]) == (notices.OPENED, notices.TOO_LATE)
    assert len(set(steps)) == len(steps)
    assert [(cut_off - now).days for step, now in told[1:-1]] == [s for s in (11, 6, 3, 1) if s < wait]


def test_a_cut_off_on_the_26th_reminds_on_the_15th_20th_23rd_and_25th() -> None:
    days = [
        now.day
        for now in (date(2026, 12, day) for day in range(2, 26))
        if notices.owed_for_pending(
            on=now, opened_on=date(2026, 12, 1), cut_off_on=date(2026, 12, 26), passed=False
        )
    ]
    assert days == [15, 20, 23, 25]


def test_who_is_told_what() -> None:
    everything = notices.kinds_for(scope="reseller", pays=True)
    assert everything == notices.kinds_for(scope="customer", pays=True)
    assert everything - notices.kinds_for(scope="reseller", pays=False) == {"price", "payment", "pending"}
    assert notices.kinds_for(scope="customer", pays=False) == {"ends", "commits"}
    assert notices.kinds_for(scope="customer", pays=False, is_told=False) == set()
    assert notices.wanted_by(scope="reseller", role="technician") == everything
    assert notices.wanted_by(scope="customer", role="admin") == {
        "ends", "commits", "price", "payment", "pending",
    }  # fmt: skip
    assert notices.wanted_by(scope="customer", role="manager") == set()


def test_the_rise_of_a_price_cannot_be_switched_off_for_an_administrator() -> None:
    choices = [
        Choice("admin", "price", wanted=False),
        Choice("admin", "ends", wanted=False),
        Choice("technician", "price", wanted=False),
        Choice("manager", "ends", wanted=True),
    ]
    assert "price" in notices.wanted_by(scope="reseller", role="admin", choices=choices)
    assert "ends" not in notices.wanted_by(scope="reseller", role="admin", choices=choices)
    assert "price" not in notices.wanted_by(scope="reseller", role="technician", choices=choices)
    assert notices.wanted_by(scope="customer", role="manager", choices=choices) == {"ends"}


@pytest.mark.parametrize(
    ("renews_with", "taken", "least", "found"), [(5, 3, 1, 2), (5, 0, 1, 4), (5, 3, 5, 0), (3, 3, 1, 0), (1, 0, 1, 0)]
)  # fmt: skip
def test_seats_that_can_be_dropped(renews_with: int, taken: int, least: int, found: int) -> None:
    assert notices.droppable(renews_with=renews_with, taken_then=taken, quantity_min=least) == found
