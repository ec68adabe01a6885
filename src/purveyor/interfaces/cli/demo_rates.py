"""Exchange rates of the demo world: each month's first, near the truth, from nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.tax import commands as tax
from purveyor.tax.rate_file import RateInput

SOURCE = "ECB reference rate (demo)"
# Euros for one unit, and how far a month may move it.
_AROUND = {"SEK": (Decimal("0.0898"), Decimal("0.0006")), "USD": (Decimal("0.8730"), Decimal("0.0090"))}
_STEPS = (0, 1, 2, 1, -1, -2, -1, 0, 2, 3, 1, -1)
_DAYS_BETWEEN = 30


def rates_of(day: date) -> list[RateInput]:
    """The rates that somebody would have uploaded that day."""
    return [
        RateInput(currency, middle + step * _STEPS[(day.month - 1) % len(_STEPS)], day, SOURCE)
        for currency, (middle, step) in _AROUND.items()
    ]


def chapters(
    actor: Actor, start: datetime, arrival: datetime
) -> Iterator[tuple[datetime, str, Callable[[datetime], None]]]:
    """An upload at the beginning, each month, and on the last day."""
    day = start
    while day < arrival:
        yield day, "exchange rates", partial(_upload, actor)
        day += timedelta(days=_DAYS_BETWEEN)
    yield arrival, "exchange rates", partial(_upload, actor)


def _upload(actor: Actor, now: datetime) -> None:
    tax.upload_exchange_rates(actor=actor, now=now, rates=rates_of(business_date(now)))
