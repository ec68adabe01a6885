"""What a currency is worth in the seller's own on a day: data that the operator uploads, with source and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import authority
from purveyor.parties.queries import get_seller
from purveyor.tax import models

LIMIT_MAX = 200
SAME = "same currency"


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """``rate`` units of ``into`` for one unit of ``currency``, by ``source``, of the day ``on``."""

    currency: str
    into: str
    rate: Decimal
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class ExchangeRateRow(ExchangeRate):
    """A rate in a list: who brought it, and when."""

    id: UUID
    uploaded_by: str
    uploaded_at: datetime

    @property
    def cursor(self) -> tuple[date, UUID]:
        """Where the next page of a list begins."""
        return (self.on, self.id)


def find_rate(*, currency: str, on: date, into: str | None = None) -> ExchangeRate | None:
    """The rate into the seller's currency (or ``into``) on a day: the latest not later than it, and at most
    ``EXCHANGE_RATE_DAYS`` days older; None where there is none. One statement, or two without ``into``.

    The seller's own currency is worth one of itself. Of several uploads for one day the last counts.
    """
    wanted = into or get_seller().organization.currency
    if wanted == currency:
        return ExchangeRate(currency, wanted, Decimal(1), SAME, on)
    oldest = on - timedelta(days=settings.EXCHANGE_RATE_DAYS)
    row = (
        models.ExchangeRate.objects.filter(currency=currency, into=wanted, on__lte=on, on__gte=oldest)
        .order_by("-on", "-uploaded_at", "-id")
        .first()
    )
    return None if row is None else ExchangeRate(currency, wanted, plain(row.rate), row.source, row.on)


def list_rates(
    *,
    actor: Actor,
    currency: str | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[ExchangeRateRow]:
    """All rates that were uploaded, newest day first; at most 200. The operator's to read.

    Raises: NotFound for everybody else.
    """
    if not authority.may(actor, "operate"):
        raise NotFound(kind="exchange_rates")
    rows = models.ExchangeRate.objects.order_by("-on", "-id")
    if currency:
        rows = rows.filter(currency=currency)
    if after is not None:
        rows = rows.filter(on__lte=after[0]).exclude(on=after[0], id__gte=after[1])
    return [
        ExchangeRateRow(
            currency=row.currency,
            into=row.into,
            rate=plain(row.rate),
            source=row.source,
            on=row.on,
            id=row.id,
            uploaded_by=row.uploaded_by,
            uploaded_at=row.uploaded_at,
        )
        for row in rows[: min(limit, LIMIT_MAX)]
    ]


def plain(rate: Decimal) -> Decimal:
    """The same number without the zeros that the column adds."""
    return Decimal(f"{rate.normalize():f}")
