"""Take exchange rates in: typed, from a file, or from another program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import is_currency
from purveyor.parties import authority
from purveyor.parties.queries import get_seller
from purveyor.tax import models
from purveyor.tax.events import ExchangeRatesUploaded
from purveyor.tax.rate_file import RateInput

ROWS_MAX = 5000
_DECIMALS_MAX = 10
_RATE_MAX = Decimal(10) ** 10
_SOURCE_MAX = 200


@dataclass(frozen=True, slots=True)
class RatesUploaded:
    """How many were new, and how many were here already."""

    added: int
    known: int


@command
def upload_exchange_rates(*, actor: Actor, now: datetime, rates: Sequence[RateInput]) -> RatesUploaded:
    """Store dated rates into the seller's currency; all of them, or none where one is wrong.

    Safe to repeat: a rate that stands already is not stored twice. Another rate for a day that has one is the
    day's from now on; what was issued keeps its own.

    Raises: Forbidden for everybody but the operator. Invalid (``rates``; the fact ``row`` counts from 1).
    Emits: exchange_rates.uploaded, where something was new.
    """
    authority.require(actor, "operate")
    into = get_seller().organization.currency
    if not rates:
        raise Invalid(field="rates", reason="required")
    if len(rates) > ROWS_MAX:
        raise Invalid(field="rates", reason="too_many", maximum=ROWS_MAX)
    today = business_date(now)
    for place, one in enumerate(rates, start=1):
        _check(one, into=into, today=today, row=place)
    fresh = _fresh(rates, into)
    models.ExchangeRate.objects.bulk_create(
        models.ExchangeRate(
            id=new_id(),
            currency=one.currency,
            into=into,
            on=one.on,
            rate=one.rate,
            source=one.source.strip(),
            uploaded_by=actor.name or actor.role,
            uploaded_at=now,
        )
        for one in fresh
    )
    if fresh:
        _put_on_record(actor, now, fresh)
    return RatesUploaded(added=len(fresh), known=len(rates) - len(fresh))


def _check(one: RateInput, *, into: str, today: date, row: int) -> None:
    if not is_currency(one.currency):
        raise Invalid(field="rates", reason="rate_currency", row=row, currency=one.currency[:10])
    if one.currency == into:
        raise Invalid(field="rates", reason="rate_same_currency", row=row, currency=into)
    if not one.rate.is_finite() or not 0 < one.rate < _RATE_MAX or _decimals(one.rate) > _DECIMALS_MAX:
        raise Invalid(field="rates", reason="rate_number", row=row)
    if one.on > today:
        raise Invalid(field="rates", reason="rate_future", row=row, on=one.on.isoformat())
    source = one.source.strip()
    if not source or len(source) > _SOURCE_MAX or not source.isprintable():
        raise Invalid(field="rates", reason="rate_source", row=row)


def _decimals(rate: Decimal) -> int:
    places = rate.normalize().as_tuple().exponent
    return -places if isinstance(places, int) and places < 0 else 0


def _fresh(rates: Sequence[RateInput], into: str) -> list[RateInput]:
    """Those that are not what counts for their day already; of two for one day in one upload, the last."""
    last = {(one.currency, one.on): one for one in rates}
    known: dict[tuple[str, date], tuple[Decimal, str]] = {}
    rows = models.ExchangeRate.objects.filter(
        into=into, on__in={one.on for one in rates}, currency__in={one.currency for one in rates}
    )
    for row in rows.order_by("uploaded_at", "id"):
        known[row.currency, row.on] = (row.rate, row.source)
    return [one for key, one in last.items() if known.get(key) != (one.rate, one.source.strip())]


def _put_on_record(actor: Actor, now: datetime, fresh: Sequence[RateInput]) -> None:
    subject = new_id()
    facts = {
        "count": len(fresh),
        "currencies": " ".join(sorted({one.currency for one in fresh})),
        "latest": max(one.on for one in fresh).isoformat(),
    }
    activity.record(
        actor,
        now=now,
        kind="exchange_rates.uploaded",
        subject_kind="exchange_rates",
        subject_id=subject,
        reseller_id=None,
        facts=facts,
    )
    outbox.emit(
        ExchangeRatesUploaded(count=len(fresh), currencies=sorted({one.currency for one in fresh})),
        now=now,
        subject_id=subject,
        reseller_id=None,
    )
