"""Figures of the renewal centre: ends of terms by day, what waits for money, what ended terms would cost on.

Each is one statement, or a fixed number of them, whatever it counts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.billing import queries as billing
from purveyor.catalog.types import MAX_LOCK_DAYS
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.renewals._outlook import Outlook
from purveyor.renewals._view import LONG_TERM, pays, row_scope
from purveyor.renewals.types import DayCount, RenewalView, Waiting
from purveyor.subscriptions.queries import COLUMNS, JOINED, TABLES, as_subscription, scope_sql

_COMING = """s.renewal_id IS NOT NULL AND s.status IN ('trial', 'active', 'suspended')
  AND NOT EXISTS (SELECT FROM renewals_renewal x WHERE x.id = s.renewal_id)"""
_GOES_ON = "s.auto_renew AND s.status <> 'suspended'"
_LOCK = "(o.terms->>'renewal_lock_days')::int"
_DAYS = f"""
SELECT s.ends_sort, CASE WHEN NOT ({_GOES_ON}) THEN 'ends' WHEN n.term_months >= {LONG_TERM} THEN 'commits'
  ELSE 'renews' END, count(*)
FROM subscriptions_subscription s JOIN catalog_offer n ON n.id = coalesce(s.renewal_offer_id, s.offer_id)
WHERE {{coming}} AND {_COMING} AND s.ends_sort >= %s AND s.ends_sort < %s GROUP BY 1, 2
UNION ALL
SELECT r.period_start, CASE WHEN r.status = 'ended' THEN 'ends' WHEN n.term_months >= {LONG_TERM} THEN 'commits'
  ELSE 'renews' END, count(*)
FROM renewals_renewal r JOIN catalog_offer n ON n.id = r.offer_id
WHERE {{stored}} AND r.period_start >= %s AND r.period_start < %s GROUP BY 1, 2
UNION ALL
SELECT s.ends_sort - {_LOCK}, 'locks', count(*)
FROM subscriptions_subscription s JOIN catalog_offer o ON o.id = s.offer_id
WHERE {{coming}} AND {_COMING} AND {_LOCK} > 0 AND s.ends_sort - {_LOCK} >= %s AND s.ends_sort - {_LOCK} < %s
  AND s.ends_sort >= %s AND s.ends_sort < %s GROUP BY 1"""


def count_days(
    *, actor: Actor, on: date, since: date, until: date, customer_id: UUID | None = None
) -> list[DayCount]:
    """What ends on each day from ``since`` to before ``until``, and what can no longer be changed from a day on.

    ``on`` is today. Raises: NotFound for a role that sees none.
    """
    _need_view(actor)
    coming, params = scope_sql(actor)
    stored, stored_params = row_scope(actor)
    if customer_id is not None:
        coming, stored = f"{coming} AND s.customer_id = %s", f"{stored} AND r.customer_id = %s"
        params, stored_params = [*params, customer_id], [*stored_params, customer_id]
    days, last = [since, until], until + timedelta(days=MAX_LOCK_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS.format(coming=coming, stored=stored),
            # What is locked in these days ends soon after them: no more of the index needs to be read.
            [*params, *days, *stored_params, *days, *params, *days, max(on, since), last],
        )
        summed: dict[tuple[date, Any], int] = {}
        for day, kind, count in cursor.fetchall():
            summed[day, kind] = summed.get((day, kind), 0) + count
    return [DayCount(day=day, kind=kind, count=count) for (day, kind), count in sorted(summed.items())]


def count_waiting(*, actor: Actor, now: datetime) -> Waiting:
    """Renewals whose term begins only when the actor's organization has paid, and that no order pays yet; the next
    cut-off still ahead.

    Zero for roles that see no money, and for the operator, to whom others owe.
    """
    if actor.scope == "operator" or not authority.may(actor, "documents"):
        return Waiting(count=0, next_cut_off_at=None)
    where, params = row_scope(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(r.cut_off_at) FILTER (WHERE r.cut_off_at > %s) FROM renewals_renewal r"
            f" WHERE {where} AND r.status IN ('pending', 'at_risk', 'missed') AND r.prepay AND r.rolled_at IS NULL"
            " AND r.order_id IS NULL",
            [now, *params],
        )
        count, next_cut_off_at = cursor.fetchone()
    return Waiting(count=count, next_cut_off_at=next_cut_off_at)


def cost_if_renewed(*, actor: Actor, on: date, subscription_ids: Sequence[UUID]) -> dict[UUID, Money]:
    """What the next term would cost its payer, before tax, also where it is not to renew. ``on`` is today.

    Only of those that the actor pays (the operator: of all), and only where a price holds.
    """
    _need_view(actor)
    if not subscription_ids:
        return {}
    where, params = scope_sql(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM subscriptions_subscription s, {TABLES} WHERE {JOINED}"
            f" AND s.id = ANY(%s) AND s.period_end IS NOT NULL AND {where}",
            [list(subscription_ids), *params],
        )
        found = [as_subscription(row) for row in cursor.fetchall()]
    outlook = Outlook(actor, on, found)
    costs = {
        one.id: outlook.amounts(one, one.period_end).net
        for one in found
        if one.period_end is not None and pays(actor, one.payer_id)
    }
    return {key: net for key, net in costs.items() if net is not None}


def still_open(*, actor: Actor, views: Sequence[RenewalView]) -> dict[UUID, Money]:
    """By renewal, what its pro-forma or invoice still asks for. Two statements.

    Only of those with a document that the actor may read.
    """
    papers = {one.id: paper for one in views if (paper := one.invoice_id or one.pro_forma_id) is not None}
    if not papers:
        return {}
    found = billing.get_documents(actor=actor, ids=set(papers.values()))
    return {one: found[paper].open for one, paper in papers.items() if paper in found}


def pro_formas(
    *, actor: Actor, renewal_ids: Collection[UUID] = (), document_ids: Collection[UUID] = ()
) -> dict[UUID, UUID]:
    """By renewal its pro-forma: of these renewals, and of those that wait for money with these documents."""
    if not renewal_ids and not document_ids:
        return {}
    where, params = row_scope(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.pro_forma_id FROM renewals_renewal r"
            f" WHERE r.pro_forma_id IS NOT NULL AND r.id = ANY(%s) AND {where}"
            # Of those that wait there is an index, and they are few.
            " UNION SELECT r.id, r.pro_forma_id FROM renewals_renewal r WHERE r.pro_forma_id = ANY(%s)"
            f" AND r.status IN ('pending', 'at_risk', 'missed') AND {where}",
            [list(renewal_ids), *params, list(document_ids), *params],
        )
        return dict(cursor.fetchall())


def _need_view(actor: Actor) -> None:
    if not authority.may(actor, "view"):
        raise NotFound(kind="renewal")
