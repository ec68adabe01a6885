"""Months as pages show them: the grid of a calendar, and the bars of a forecast."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, get_day_names
from django.utils.translation import gettext as _

from purveyor.interfaces.console.pages import _renewals
from purveyor.interfaces.console.widgets import Point
from purveyor.interfaces.texts import formats
from purveyor.kernel.money import Money
from purveyor.renewals.types import DayCount, ForecastMonth

_GRID = Calendar(firstweekday=0)
YEARS = 30


@dataclass(frozen=True, slots=True)
class Mark:
    """How many terms of one kind end on a day."""

    kind: str
    label: str
    count: int
    tone: str


@dataclass(frozen=True, slots=True)
class Day:
    """A field of the calendar."""

    number: int
    label: str
    marks: tuple[Mark, ...]
    url: str
    inside: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """A month of the forecast."""

    label: str
    renews: int
    ends: int
    net: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of one currency."""

    currency: str
    label: str
    points: tuple[Point, ...]


TONES = {"renews": "info", "commits": "wait", "ends": "calm", "locks": "calm is-outlined"}


def month_of(text: str, today: date) -> date:
    """The first day of the month in an address (``2026-12``), else of this month."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if abs(found.year - today.year) <= YEARS else today.replace(day=1)


def before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def after(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def shown(first: date) -> tuple[date, date]:
    """The first day of the month's grid and the day after its last."""
    weeks = _GRID.monthdatescalendar(first.year, first.month)
    return weeks[0][0], weeks[-1][-1] + timedelta(days=1)


def title(first: date) -> str:
    """The month in words: "December 2026"."""
    text = str(format_date(first, "LLLL yyyy", locale=formats.reader_locale()))
    return text[:1].upper() + text[1:]


def weekdays() -> list[tuple[str, str]]:
    """(short, long) names of the days from Monday."""
    locale = formats.reader_locale()
    short = get_day_names("abbreviated", context="stand-alone", locale=locale)
    long = get_day_names("wide", context="stand-alone", locale=locale)
    return [(short[number], long[number]) for number in range(7)]


def weeks(
    first: date, today: date, counts: Iterable[DayCount], url: Callable[[date], str]
) -> list[list[Day]]:
    """The weeks of a month, Monday first, with what ends on each day."""
    found: dict[date, list[DayCount]] = {}
    for one in counts:
        found.setdefault(one.day, []).append(one)
    return [
        [_day(day, first, today, found.get(day, []), url) for day in week]
        for week in _GRID.monthdatescalendar(first.year, first.month)
    ]


def busy(first: date, counts: Iterable[DayCount]) -> bool:
    """Whether anything ends in the month itself."""
    return any((one.day.year, one.day.month) == (first.year, first.month) for one in counts)


def _day(day: date, first: date, today: date, found: list[DayCount], url: Callable[[date], str]) -> Day:
    marks = [
        Mark(one.kind, _renewals.kind_text(one.kind), one.count, TONES.get(one.kind, "calm"))
        for one in sorted(found, key=lambda one: list(TONES).index(one.kind))
    ]
    ending = any(one.kind != "locks" for one in found)
    return Day(
        number=day.day,
        label=formats.day_text(day, "full"),
        marks=tuple(marks),
        url=url(day) if ending else "",
        inside=day.month == first.month,
        today=day == today,
    )


def ahead(month: ForecastMonth) -> Ahead:
    """A month of the forecast, named."""
    return Ahead(title(month.month), month.renews, month.ends, tuple(month.net))


def charts(months: Sequence[ForecastMonth]) -> list[Chart]:
    """One chart a currency: what renews in each month, net."""
    currencies = sorted({amount.currency for one in months for amount in one.net})
    return [
        Chart(
            currency,
            _("Renewals of the next 12 months in %(currency)s") % {"currency": currency},
            tuple(_point(one, currency) for one in months),
        )
        for currency in currencies
    ]


def _point(month: ForecastMonth, currency: str) -> Point:
    amount = next((one for one in month.net if one.currency == currency), Money(0, currency))
    label = str(format_date(month.month, "LLL", locale=formats.reader_locale()))
    return Point(label, amount.amount, formats.money_text(amount))
