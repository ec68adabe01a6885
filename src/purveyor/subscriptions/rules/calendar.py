"""Months of a term: how many are left to pay for, and where it ends (rules.md b).

All dates are calendar dates in the operator's zone. A term is half-open, ``[start, end)``. Its boundaries
B_0 = start, B_1, ..., B_N = end are each computed from the start and the anchor day, never from the one
before.
"""

from datetime import date

from purveyor.kernel.errors import DomainError
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.period import Period, add_months, months_grid


class PeriodEnded(DomainError):
    """The term is over: renew first. Facts: ``on``, ``end``."""

    code = "period_ended"
    status = 409


class PeriodNotBegun(DomainError):
    """The term has not begun: nothing of it can be charged yet. Facts: ``on``, ``start``."""

    code = "period_not_begun"
    status = 409


def term_end(start: date, months: int, anchor_day: int) -> date:
    """The first day after the term: B_N."""
    return add_months(start, months, anchor_day)


def next_term(end: date, months: int, anchor_day: int) -> Period:
    """The term after one that ends at ``end``: it starts there, however late it is paid, and keeps the anchor."""
    return Period(end, term_end(end, months, anchor_day))


def days_left(on: date, end: date) -> int:
    """Days of the term from ``on`` on, that day included; 0 when it is over."""
    return max(0, (end - on).days)


def months_to_charge(on: date, start: date, months: int, anchor_day: int) -> int:
    """Months of the term that a seat added on this day pays for: begun ones count, so 1 to ``months``.

    It is the number of boundaries after ``on``: |{k >= 1 : B_k > on}|.

    Raises:
        PeriodEnded: ``on`` is the end or later; that is the renewal's business.
        PeriodNotBegun: ``on`` is before the start.
    """
    grid = months_grid(start, months, anchor_day)
    if on >= grid[-1]:
        raise PeriodEnded(on=on.isoformat(), end=grid[-1].isoformat())
    if on < start:
        raise PeriodNotBegun(on=on.isoformat(), start=start.isoformat())
    return sum(1 for boundary in grid[1:] if boundary > on)


def explain_remaining(on: date, start: date, months: int, anchor_day: int) -> Explanation:
    """Why so many months: code ``period.remaining``, facts ``days``, ``months``, ``term_months``, ``on``,
    ``end``.

    Raises:
        PeriodEnded, PeriodNotBegun: as :func:`months_to_charge`.
    """
    charged = months_to_charge(on, start, months, anchor_day)
    end = term_end(start, months, anchor_day)
    return Explanation(
        "period.remaining",
        {
            "days": days_left(on, end),
            "months": charged,
            "term_months": months,
            "on": on.isoformat(),
            "end": end.isoformat(),
        },
    )
