"""Reads what is on an account when it is closed: thousands of lines that are much alike, each value made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from purveyor.billing.types import AccountRow
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money

# A counter-line goes with the line it counters, whenever it was written: the caller leaves out the others.
_OPEN = """
SELECT id, kind, customer_id, customer_name, subscription_id, offer_id, order_id, description::text, quantity, months,
  unit_price, discount_percent, net, explanation::text, period_start, period_end,
  (extract(epoch FROM put_at) * 1000000)::bigint, counters_id, currency
FROM billing_unbilled
WHERE gathering_id = %s AND closed_at IS NULL AND held_id IS NULL AND (put_at < %s OR counters_id IS NOT NULL)
ORDER BY put_at, id"""
_PAGE = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def read_open(*, gathering_id: UUID, until: datetime) -> list[AccountRow]:
    """The open rows put there before ``until`` in their order, and every open counter-line; not those whose invoice
    is held.

    Read by a cursor of the server's, so that the rows of the driver are never all there beside ours.
    """
    alike = _Alike()
    found: list[AccountRow] = []
    with connection.chunked_cursor() as cursor:
        cursor.execute(_OPEN, [gathering_id, until])
        while page := cursor.fetchmany(_PAGE):
            found += [alike.row(one) for one in page]
    return found


class _Alike:
    """Values that were seen before are the same objects: a gathering repeats its prices, texts and customers."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, Any] = {}

    def row(self, one: tuple[Any, ...]) -> AccountRow:
        currency = one[18]
        return AccountRow(
            id=one[0],
            kind=self._kept(one[1]),
            customer_id=self._kept(one[2]),
            customer_name=self._kept(one[3]),
            subscription_id=one[4],
            offer_id=self._kept(one[5]),
            order_id=one[6],
            description=self._made(_explanation, one[7]),
            quantity=one[8],
            months=one[9],
            unit_price=self._money(one[10], currency),
            discount_percent=self._made(_percent, one[11]),
            net=self._money(one[12], currency),
            explanation=self._made(_explanations, one[13]),
            period_start=self._kept(one[14]),
            period_end=self._kept(one[15]),
            put_at=self._made(_instant, one[16]),
            counters=one[17],
        )

    def _kept(self, value: Key) -> Key:
        kept: Key = self._seen.setdefault(value, value)
        return kept

    def _made(self, make: Callable[[Key], Value], given: Key) -> Value:
        key = (make, given)
        known: Value | None = self._seen.get(key)
        if known is None:
            known = self._seen[key] = make(given)
        return known

    def _money(self, amount: int, currency: str) -> Money:
        key = (amount, currency)
        known: Money | None = self._seen.get(key)
        if known is None:
            known = self._seen[key] = Money(amount, currency)
        return known


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _percent(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")


def _explanation(text: str) -> Explanation:
    return Explanation.from_json(json.loads(text))


def _explanations(text: str) -> tuple[Explanation, ...]:
    return tuple(Explanation.from_json(part) for part in json.loads(text))
