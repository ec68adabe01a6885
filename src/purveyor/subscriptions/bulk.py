"""Subscriptions by the thousand: claimed, rolled on and ended for the renewal run, a few statements a chunk.

The same rows as ``roll_term`` and ``end_subscription`` write, and the same announcements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from purveyor.infra import bulk, clock
from purveyor.infra.bulk import Announcements, Cursor, Scope, escaped
from purveyor.kernel.ids import new_id_texts
from purveyor.kernel.money import Money
from purveyor.kernel.period import Period
from purveyor.subscriptions import events
from purveyor.subscriptions.queries import COLUMNS, JOINED, TABLES, as_subscription
from purveyor.subscriptions.types import Subscription

# What a person has to look at first is left alone.
_FREE = """NOT EXISTS (SELECT FROM infra_parked p
  WHERE p.source = 'renewals.roll' AND p.piece = s.id::text AND p.resolved_at IS NULL)"""
_DUE = f"""
SELECT count(*) FROM subscriptions_subscription s WHERE s.due_at <= %s AND {_FREE}"""
_LOTS = f"""
SELECT s.due_at, s.reseller_id, count(*) FROM subscriptions_subscription s
WHERE s.due_at = (SELECT s.due_at FROM subscriptions_subscription s
                  WHERE s.due_at >= %s AND s.due_at <= %s AND {_FREE} ORDER BY s.due_at LIMIT 1) AND {_FREE}
GROUP BY s.due_at, s.reseller_id ORDER BY s.reseller_id"""
# Found by index in the order of ids, so that no chunk reads again what the one before has done.
_CLAIM = f"""
SELECT {COLUMNS} FROM (
  SELECT * FROM subscriptions_subscription s
  WHERE s.due_at = %s AND s.reseller_id {{of}} AND s.id > %s AND {_FREE}
  ORDER BY s.id LIMIT %s {{lock}}
) s, {TABLES} WHERE {JOINED} ORDER BY s.id"""
_LOCK = "FOR NO KEY UPDATE SKIP LOCKED"
_STILL_DUE = """
SELECT id FROM subscriptions_subscription WHERE id = ANY(%s::uuid[]) AND due_at = %s"""
_ROLL = """
UPDATE subscriptions_subscription s SET status = 'active', quantity = r.quantity, renewal_quantity = NULL,
  term_price = r.price, price_list = r.price_list, renewal_offer_id = NULL, period_start = r.starts,
  period_end = r.ends, ends_sort = r.ends, due_at = r.due, renewal_id = r.renewal
FROM unnest(%s::uuid[], %s::int[], %s::bigint[], %s::text[], %s::date[], %s::date[], %s::timestamptz[], %s::uuid[])
  AS r(id, quantity, price, price_list, starts, ends, due, renewal)
WHERE s.id = r.id"""
_END = """
UPDATE subscriptions_subscription s SET status = 'ended', ended_at = r.at, end_reason = r.reason, due_at = NULL
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS r(id, at, reason) WHERE s.id = r.id"""
_TERM = (
    'id, reseller_id, customer_id, subscription_id, kind, start, "end", price, currency, price_list, quantity'
)


class Lot(NamedTuple):
    """Subscriptions of some resellers that are due at one instant; about so many when this was read."""

    due_at: datetime
    resellers: tuple[UUID, ...]
    size: int


class Rolled(NamedTuple):
    """The next term of a subscription, as it was priced."""

    subscription: Subscription
    scope: Scope
    id: str
    at: str
    term: Period
    quantity: int
    price: Money
    price_list: str


class Ended(NamedTuple):
    """A subscription that is over at its due instant."""

    subscription: Subscription
    scope: Scope
    id: str
    due_at: datetime
    at: str
    reason: str


def count_due(cursor: Cursor, *, until: datetime) -> int:
    """How many subscriptions want attention by then, those left out that a person has to look at."""
    row = cursor.execute(_DUE, (until,)).fetchone()
    return 0 if row is None else int(row[0])


def next_lots(cursor: Cursor, *, since: datetime, until: datetime, size: int) -> list[Lot]:
    """What is due at the earliest instant from ``since`` to ``until``: large resellers each for themselves,
    small ones together, about ``size`` at a time."""
    lots: list[Lot] = []
    held: list[UUID] = []
    total = 0
    rows = cursor.execute(_LOTS, (since, until)).fetchall()
    for due_at, reseller_id, count in rows:
        if count >= size:
            lots.append(Lot(due_at, (reseller_id,), count))
            continue
        held.append(reseller_id)
        total += count
        if total >= size:
            lots.append(Lot(due_at, tuple(held), total))
            held, total = [], 0
    if held:
        lots.append(Lot(rows[0][0], tuple(held), total))
    return lots


def claim(cursor: Cursor, lot: Lot, *, after: UUID, limit: int, lock: bool = True) -> list[Subscription]:
    """The next subscriptions of a lot by id, locked until the commit; those that somebody holds are left out.

    Without ``lock`` they are only read.
    """
    of, resellers = (
        ("= %s", lot.resellers[0]) if len(lot.resellers) == 1 else ("= ANY(%s)", list(lot.resellers))
    )
    statement = _CLAIM.format(of=of, lock=_LOCK if lock else "")
    rows = cursor.execute(statement, (lot.due_at, resellers, after, limit)).fetchall()
    return [as_subscription(row) for row in rows]


def still_due(cursor: Cursor, ids: Sequence[UUID], *, at: datetime) -> set[UUID]:
    """Those that want attention at the same instant as before."""
    return {row[0] for row in cursor.execute(_STILL_DUE, (list(ids), at)).fetchall()}


def roll(cursor: Cursor, rows: Sequence[Rolled]) -> None:
    """Begin the next terms, with ``renews_with`` seats of the same offer; two statements."""
    if not rows:
        return
    renewals, terms = new_id_texts(len(rows)), new_id_texts(len(rows))
    cursor.execute(
        _ROLL,
        (
            bulk.array([row.id for row in rows]),
            bulk.array([row.quantity for row in rows]),
            bulk.array([row.price.amount for row in rows]),
            bulk.text_array([row.price_list for row in rows]),
            bulk.array([row.term.start for row in rows]),
            bulk.array([row.term.end for row in rows]),
            bulk.array([_due(row.term.end) for row in rows]),
            bulk.array(renewals),
        ),
    )
    lines = []
    for row, id in zip(rows, terms, strict=True):
        lines.append(
            f"{id}\t{row.scope.reseller}\t{row.scope.customer}\t{row.id}\tpaid\t{row.term.start}\t{row.term.end}"
            f"\t{row.price.amount}\t{row.price.currency}\t{escaped(row.price_list)}\t{row.quantity}"
        )
    bulk.copy(cursor, "subscriptions_term", _TERM, lines)


def announce_rolled(row: Rolled, said: Announcements) -> None:
    """What a next term announces: subscription.renewed."""
    start, end = row.term.start.isoformat(), row.term.end.isoformat()
    said.emit(
        events.SubscriptionRenewed(row.id, row.scope.customer, row.quantity, start, end),
        at=row.at, subject=row.id, scope=row.scope, to_payer=False,
    )  # fmt: skip
    said.record(
        "subscription.renewed", at=row.at, subject=row.id, scope=row.scope, to_payer=False,
        quantity=row.quantity, until=end,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _due(day: date) -> str:
    return clock.start_of(day).isoformat()


def end(cursor: Cursor, rows: Sequence[Ended]) -> None:
    """End them, each as of its own due instant; one statement."""
    if rows:
        cursor.execute(
            _END,
            (
                [row.subscription.id for row in rows],
                [row.due_at for row in rows],
                [row.reason for row in rows],
            ),
        )


def announce_ended(row: Ended, said: Announcements) -> None:
    """What an end announces: subscription.ended, on which seats are freed."""
    said.emit(
        events.SubscriptionEnded(row.id, row.scope.customer, row.reason),
        at=row.at, subject=row.id, scope=row.scope, to_payer=False,
    )  # fmt: skip
    said.record(
        "subscription.ended", at=row.at, subject=row.id, scope=row.scope, to_payer=False, reason=row.reason
    )
