"""Reads what notices are decided from: the ends of terms that a morning looks at, a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from purveyor.catalog.types import Terms
from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.renewals._outlook import Amounts, Outlook
from purveyor.renewals.price_change import percent_more
from purveyor.renewals.rules import notices
from purveyor.renewals.rules.notices import Case, Owed
from purveyor.subscriptions.queries import COLUMNS, JOINED, TABLES, as_subscription
from purveyor.subscriptions.types import Subscription

CHUNK = 1000
_WATCHED = "renewals.watched"
RUNNING = ["active", "trial"]
# The ends that a morning looks at, found by the index on the end of the term; a term that began now may be shorter
# than the notice of a price, so it is looked at too.
_CHUNK = f"""
SELECT {COLUMNS} FROM (
  SELECT s.* FROM subscriptions_subscription s JOIN unnest(%s::uuid[], %s::date[]) w (offer, ends)
    ON s.offer_id = w.offer AND s.ends_sort = w.ends
  WHERE s.status = ANY(%s) AND s.period_end = s.ends_sort
  UNION
  SELECT s.* FROM subscriptions_subscription s
  WHERE s.ends_sort > %s AND s.ends_sort <= %s AND s.period_start >= %s AND s.status = ANY(%s)
) s, {TABLES} WHERE {JOINED} AND s.id > %s ORDER BY s.id LIMIT %s"""
_SHORTEST = timedelta(days=31)

_WAITING = """
SELECT r.id, r.reseller_id, r.customer_id, r.payer_id, r.subscription_id, r.period_start, r.quantity, r.currency,
       r.net, r.vat, r.cut_off_at, r.opened_at, c.name, pr.name, pl.name, o.terms::text, o.term_months
FROM renewals_renewal r JOIN parties_organization c ON c.id = r.customer_id
JOIN catalog_offer o ON o.id = r.offer_id JOIN catalog_plan pl ON pl.id = o.plan_id
JOIN catalog_product pr ON pr.id = pl.product_id
WHERE r.status IN ('pending', 'at_risk') AND r.prepay AND r.rolled_at IS NULL AND r.cut_off_at IS NOT NULL
  AND r.id > %s ORDER BY r.id LIMIT %s"""

# How many free seats each of these was last told of. Where a seat was given out after that, it is news again.
_TOLD_FREE = """
SELECT n.subscription_id, n.free FROM unnest(%s::uuid[]) w (id) CROSS JOIN LATERAL (
  SELECT subscription_id, (facts->>'free')::int AS free, noticed_at FROM renewals_notice
  WHERE subscription_id = w.id AND kind = 'unused' ORDER BY period_end DESC, noticed_on DESC LIMIT 1
) n WHERE NOT EXISTS (
  SELECT FROM seats_assignment a WHERE a.subscription_id = n.subscription_id AND a.since > n.noticed_at
)
"""


@dataclass(frozen=True, slots=True)
class Given:
    """A notice to be written: about which subscription's end, and what it says."""

    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    subscription_id: UUID
    period_end: date
    owed: Owed
    facts: dict[str, Any]


def read(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def watched(on: date) -> tuple[list[UUID], list[date]]:
    """Pairs of an offer and an end of a term at which something may have to be told on this morning. Read once a
    transaction: the chunks of a small morning share one."""
    kept = tx.current().kept
    found: tuple[list[UUID], list[date]] | None = kept.get(f"{_WATCHED}:{on}")
    if found is None:
        found = kept[f"{_WATCHED}:{on}"] = _watched(on)
    return found


def _watched(on: date) -> tuple[list[UUID], list[date]]:
    offers: list[UUID] = []
    ends: list[date] = []
    for offer_id, terms in read("SELECT id, terms::text FROM catalog_offer", []):
        for days in _look_days(terms):
            offers.append(offer_id)
            ends.append(on + timedelta(days=days))
    return offers, ends


@lru_cache(maxsize=1024)
def _look_days(terms: str) -> tuple[int, ...]:
    """The days before an end that an offer's terms, as they are stored, look at."""
    found = Terms.from_json(json.loads(terms))
    return tuple(sorted(notices.look_days(found.notice_days, found.price_notice_days)))


def ending(*, on: date, pairs: tuple[list[UUID], list[date]], after: UUID) -> list[Subscription]:
    """The next chunk of subscriptions whose end is looked at on ``on``, by id. One statement."""
    rows = read(
        _CHUNK,
        [*pairs, RUNNING, on, on + _SHORTEST, on - timedelta(days=1), RUNNING, after, CHUNK],
    )
    return [as_subscription(row) for row in rows]


def given_for(
    *, actor: Actor, on: date, found: Sequence[Subscription], short: Collection[UUID]
) -> Iterator[Given]:
    """The notices that these subscriptions owe on ``on``. A fixed number of statements, whatever their number."""
    outlook = Outlook(actor, on, found)
    told_free: dict[UUID, int] = dict(read(_TOLD_FREE, [[one.id for one in found]]))
    for one in found:
        if one.period_start is None or one.period_end is None:
            continue
        amounts = outlook.amounts(one, one.period_end)
        case = _case(on, one, outlook, amounts, one.id in short, told_free.get(one.id))
        facts = None
        for owed in notices.owed(case):
            facts = facts or _facts(one, outlook, amounts, case)
            yield Given(one.reseller_id, one.customer_id, one.payer_id, one.id, one.period_end, owed, facts)


def _case(
    on: date, one: Subscription, outlook: Outlook, amounts: Amounts, short: bool, told_free: int | None
) -> Case:
    assert one.period_start is not None  # as the caller has seen
    assert one.period_end is not None  # as above
    running, following = outlook.book.offers[one.offer_id], outlook.offer(one)
    price = outlook.list_price(one, one.period_end)
    scheduled = one.scheduled
    droppable = notices.droppable(
        renews_with=one.renews_with,
        taken_then=one.seats_assigned - one.seats_leaving,
        quantity_min=following.terms.quantity_min,
    )
    return Case(
        on=on,
        start=one.period_start,
        end=one.period_end,
        leads=running.terms.notice_days,
        price_notice_days=running.terms.price_notice_days,
        is_trial=one.status.value == "trial",
        auto_renew=one.auto_renew,
        next_months=following.term_months,
        priced=price is not None,
        old=one.term_price.amount,
        new=one.term_price.amount if price is None else price.amount,
        same_offer=one.renews_to == one.offer_id,
        consent=amounts.consent,
        changed=scheduled is not None,
        droppable=droppable,
        told_free=told_free == droppable,
        locked_from=one.locked_from,
        short=short,
    )


def _facts(one: Subscription, outlook: Outlook, amounts: Amounts, case: Case) -> dict[str, Any]:
    offer = outlook.offer(one)
    until = one.locked_from
    facts: dict[str, Any] = {
        "customer": one.customer_name,
        "product": offer.product,
        "plan": offer.plan,
        "quantity": one.renews_with,
        "quantity_now": one.quantity,
        "term_months": offer.term_months,
        "trial": case.is_trial,
        # The last day on which it can be changed.
        "until": ((case.end if until is None else until) - timedelta(days=1)).isoformat(),
        "locked": until is not None and case.on >= until,
        "free": case.droppable,
        "method": one.renewal_payment_method,
        "currency": one.currency,
        "net": None if amounts.net is None else amounts.net.amount,
        "vat": None if amounts.vat is None else amounts.vat.amount,
        "seat_now": case.old,
        "seat_then": case.new,
        "asked": amounts.consent == "missing",
    }
    if case.rises:
        facts["percent"] = str(percent_more(case.old, case.new))
    if amounts.net is not None and case.droppable:
        # All seats cost the same to the cent.
        facts["free_net"] = amounts.net.amount // one.renews_with * case.droppable
    return facts


def waiting(*, now: datetime, after: UUID) -> tuple[list[Given], UUID | None]:
    """Reminders of a chunk of renewals that wait for their money, and the last id looked at. One statement."""
    rows = read(_WAITING, [after, CHUNK])
    given = [one for row in rows for one in _waiting(now, row)]
    return given, rows[-1][0] if rows else None


def _waiting(now: datetime, row: tuple[Any, ...]) -> Iterator[Given]:
    (renewal_id, reseller, customer, payer, subscription, due, quantity, currency, net, vat, cut_off_at, opened_at,
     name, product, plan, terms, months) = row  # fmt: skip
    found = Terms.from_json(json.loads(terms))
    cut_off_on = _local(cut_off_at, found.cut_off_zone)
    for owed in notices.owed_for_pending(
        on=business_date(now),
        opened_on=business_date(opened_at),
        cut_off_on=cut_off_on,
        passed=cut_off_at <= now,
    ):
        yield Given(
            reseller, customer, payer, subscription, due, owed,
            {
                "renewal": str(renewal_id), "customer": name, "product": product, "plan": plan,
                "quantity": quantity, "term_months": months, "currency": currency, "net": net, "vat": vat,
                "until": (cut_off_on - timedelta(days=1)).isoformat(),
                "suspended": (cut_off_on + timedelta(days=found.suspend_after_days)).isoformat(),
                "ended": (cut_off_on + timedelta(days=found.end_after_days)).isoformat(),
            },
        )  # fmt: skip


def _local(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date() if zone else business_date(instant)
