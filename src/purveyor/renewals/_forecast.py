"""The months ahead: subscriptions grouped by what decides their price, priced once a group, exact to the cent.

A charge is seats times a rounded seat amount, so the sum over a group is its seats times that amount.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.catalog.book import PriceBook, read_book
from purveyor.catalog.pricing import price_line
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.kernel.period import add_months
from purveyor.renewals.rules.outcome import consent_needed
from purveyor.renewals.rules.price import keeps_running_price
from purveyor.renewals.types import ForecastMonth
from purveyor.subscriptions.queries import scope_sql

MAX_MONTHS = 36

# Seats of the next term as ``Subscription.renews_with`` counts them.
_SEATS = "greatest(coalesce(s.renewal_quantity, s.quantity), s.seats_assigned - s.seats_leaving)"
_GROUPS = """
SELECT s.period_end, coalesce(s.anchor_day, extract(day FROM s.period_end)::int), s.offer_id,
  coalesce(s.renewal_offer_id, s.offer_id), s.currency, s.term_price,
  CASE WHEN s.payer_id = s.reseller_id THEN s.reseller_id END,
  s.auto_renew AND s.status <> 'suspended', {seen}, a.answered, a.accepted, count(*), sum({seats})
FROM subscriptions_subscription s LEFT JOIN LATERAL (
  SELECT c.term_price AS answered, c.accepted FROM renewals_priceconsent c
  WHERE c.subscription_id = s.id AND c.period_start = s.period_end AND c.currency = s.currency
  ORDER BY c.answered_at DESC, c.id DESC LIMIT 1) a ON true
WHERE {where} AND s.status IN ('trial', 'active', 'suspended') AND s.renewal_id IS NOT NULL
  AND s.ends_sort < %s AND NOT EXISTS (SELECT FROM renewals_renewal x WHERE x.id = s.renewal_id)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"""


def forecast(actor: Actor, on: date, months: int, customer_id: UUID | None) -> tuple[ForecastMonth, ...]:
    """One row a month from that of ``on``: what is overdue counts in the first."""
    size = max(1, min(months, MAX_MONTHS))
    first = on.replace(day=1)
    until = add_months(first, size, 1)
    groups = _groups(actor, until, customer_id)
    book = read_book(
        offer_ids={one for row in groups for one in (row[2], row[3])},
        currencies={row[4] for row in groups},
        reseller_ids={row[6] for row in groups if row[6] is not None},
        since=min([on, *(row[0] for row in groups)]),
    )
    sums = _Sums(first, size)
    for row in groups:
        _add(sums, book, on, until, row)
    return sums.months()


class _Sums:
    """Counts and amounts by month."""

    def __init__(self, first: date, size: int) -> None:
        self._first, self._size = first, size
        self._renews = [0] * size
        self._ends = [0] * size
        self._net: list[dict[str, int]] = [defaultdict(int) for _ in range(size)]

    def _place(self, day: date) -> int:
        return max(0, (day.year - self._first.year) * 12 + day.month - self._first.month)

    def end(self, day: date, count: int) -> None:
        """So many end."""
        self._ends[self._place(day)] += count

    def renew(self, day: date, count: int, net: Money | None) -> None:
        """So many renew, for so much."""
        place = self._place(day)
        self._renews[place] += count
        if net is not None:
            self._net[place][net.currency] += net.amount

    def months(self) -> tuple[ForecastMonth, ...]:
        """The rows."""
        return tuple(
            ForecastMonth(
                month=add_months(self._first, place, 1),
                renews=self._renews[place],
                ends=self._ends[place],
                net=tuple(Money(amount, currency) for currency, amount in sorted(self._net[place].items())),
            )
            for place in range(self._size)
        )


def _groups(actor: Actor, until: date, customer_id: UUID | None) -> list[tuple[Any, ...]]:
    where, params = scope_sql(actor)
    if customer_id is not None:
        where += " AND s.customer_id = %s"
        params.append(customer_id)
    # Only the payer and the operator learn amounts.
    seen = "true" if actor.scope == "operator" else "s.payer_id = %s"
    before = [] if actor.scope == "operator" else [actor.organization_id]
    sql = _GROUPS.format(seen=seen, seats=_SEATS, where=where)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*before, *params, until])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _add(sums: _Sums, book: PriceBook, on: date, until: date, row: tuple[Any, ...]) -> None:
    """Each renewal of a group within the time looked ahead; the first that does not go on is its last."""
    due, anchor, offer_id, next_id, currency, running, reseller_id, goes_on, seen, *answer, count, seats = row
    price = Money(running, currency)
    offer = book.offers[next_id]
    start, step = due, 0
    while due < until:
        listed = book.price(next_id, currency, due, today=on)
        if not goes_on or listed is None:
            return sums.end(due, count)
        same = step > 0 or next_id == offer_id
        held = keeps_running_price(
            old=price.amount,
            new=listed.amount.amount,
            same_offer=same,
            valid_from=listed.valid_from,
            boundary=due,
            notice_days=offer.terms.price_notice_days,
        )
        new = price if held else listed.amount
        asked = consent_needed(
            old=price.amount, new=new.amount, percent=offer.terms.price_consent_percent, same_offer=same
        )
        if asked and step == 0 and answer[1] is False and answer[0] <= new.amount:
            return sums.end(due, count)
        discount = Decimal(0)
        if reseller_id is not None:
            discount = book.discount(reseller_id, next_id, due)
        net = price_line(
            term_price=new,
            term_months=offer.term_months,
            months=offer.term_months,
            quantity=int(seats),
            discount_percent=discount,
        ).net
        sums.renew(due, count, net if seen else None)
        price, step = new, step + 1
        due = add_months(start, step * offer.term_months, anchor)
    return None
