"""Reads of renewals: those to come, computed from subscriptions, and those whose day has come, as stored.

Amounts are for the payer and the operator. A page is a fixed number of statements, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Q

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.names import search_key
from purveyor.kernel.paging import Page, capped, read_cursor, write_cursor
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.renewals import _forecast, models
from purveyor.renewals._outlook import Outlook
from purveyor.renewals._view import LONG_TERM, Stored, row_scope, stored, upcoming
from purveyor.renewals.types import OPEN, ForecastMonth, RenewalRow, RenewalStatus, RenewalView
from purveyor.subscriptions.queries import COLUMNS, JOINED, TABLES, as_subscription, like, scope_sql
from purveyor.subscriptions.types import Subscription

STATUSES = ("upcoming", "pending", "at_risk", "missed", "paid", "ended", "open")
KINDS = ("renews", "ends", "commits")
_RENEWING = ("trial", "active", "suspended")
_STORED = """
r.id, r.period_start, r.offer_id, r.status, r.reason, r.prepay, r.quantity, r.currency, r.net, r.vat,
r.pro_forma_id, r.invoice_id, r.payable_id, r.order_id, r.cut_off_at, r.rolled_at, r.paid_at, r.on_time"""
_WIDTH = 18
_NEXT_OFFER = "JOIN catalog_offer n ON n.id = coalesce(s.renewal_offer_id, s.offer_id)"
_NO_ROW = "NOT EXISTS (SELECT FROM renewals_renewal x WHERE x.id = s.renewal_id)"

Row = tuple[Any, ...]


def list_renewals(
    *,
    actor: Actor,
    on: date,
    customer_id: UUID | None = None,
    status: str | None = None,
    kind: str | None = None,
    since: date | None = None,
    until: date | None = None,
    q: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RenewalView]:
    """Renewals to come and those whose day has come, by due date, then subscription.

    ``since`` and ``until`` are due dates, both included. ``status`` may also be ``open``: pending, at risk or
    missed. ``q`` finds parts of the customer's name, the product, the plan and the offer's code. ``on`` is today.

    Raises:
        Invalid: an unknown status, kind or cursor. NotFound: a role that sees none.
    """
    if not authority.may(actor, "view"):
        raise NotFound(kind="renewal")
    if status and status not in STATUSES:
        raise Invalid(field="status", reason="unknown")
    if kind and kind not in KINDS:
        raise Invalid(field="kind", reason="unknown")
    size = capped(limit)
    wanted = _Wanted(actor, customer_id, kind, since, until, q, cursor, size + 1)
    rows = [] if status == "upcoming" else wanted.rows(status)
    coming = wanted.coming() if status in (None, "", "upcoming") else []
    found = [*(row[_WIDTH:] for row in rows), *coming]
    outlook = Outlook(actor, on, [as_subscription(row) for row in found], [row[2] for row in rows])
    views = [_stored_view(row, outlook) for row in rows]
    views += [upcoming(actor, on, as_subscription(row), outlook) for row in coming]
    views.sort(key=lambda view: (view.due_on, view.subscription_id))
    page = tuple(views[:size])
    more = len(views) > size
    last = page[-1] if more else None
    key = None if last is None else write_cursor(last.due_on.isoformat(), str(last.subscription_id))
    return Page(page, key)


class _Wanted:
    """The conditions of one page, said of stored rows and of subscriptions."""

    def __init__(
        self,
        actor: Actor,
        customer_id: UUID | None,
        kind: str | None,
        since: date | None,
        until: date | None,
        q: str,
        cursor: str | None,
        size: int,
    ) -> None:
        self._actor, self._kind, self._size = actor, kind, size
        self._since, self._until, self._customer = since, until, customer_id
        self._words = search_key(q).split()[:5]
        key = read_cursor(cursor, parts=2)
        try:
            self._after = None if key is None else (date.fromisoformat(key[0]), UUID(key[1]))
        except ValueError as error:
            raise Invalid(field="cursor", reason="not_a_cursor") from error

    def rows(self, status: str | None) -> list[Row]:
        """Stored ones, with their subscriptions."""
        where, params = row_scope(self._actor)
        if status:
            where += " AND r.status = ANY(%s)"
            params.append(list(OPEN) if status == "open" else [status])
        if self._kind:
            where += {
                "ends": " AND r.status = 'ended'",
                "renews": f" AND r.status <> 'ended' AND n.term_months < {LONG_TERM}",
                "commits": f" AND r.status <> 'ended' AND n.term_months >= {LONG_TERM}",
            }[self._kind]
        where, params = self._narrow(where, params, "r.period_start", "r.subscription_id", "r.customer_id")
        tables = "renewals_renewal r JOIN catalog_offer n ON n.id = r.offer_id"
        if self._words:
            tables += " JOIN subscriptions_subscription s ON s.id = r.subscription_id"
        inner = f"SELECT r.* FROM {tables} WHERE {where} ORDER BY r.period_start, r.subscription_id LIMIT %s"
        return _read(
            f"SELECT {_STORED}, {COLUMNS} FROM ({inner}) r JOIN subscriptions_subscription s"
            f" ON s.id = r.subscription_id, {TABLES} WHERE {JOINED}",
            [*params, self._size],
        )

    def coming(self) -> list[Row]:
        """Subscriptions whose term has no renewal yet."""
        where, params = scope_sql(self._actor)
        where += f" AND s.renewal_id IS NOT NULL AND s.status = ANY(%s) AND {_NO_ROW}"
        params.append(list(_RENEWING))
        if self._kind:
            goes_on = "s.auto_renew AND s.status <> 'suspended'"
            where += {
                "ends": f" AND NOT ({goes_on})",
                "renews": f" AND {goes_on} AND n.term_months < {LONG_TERM}",
                "commits": f" AND {goes_on} AND n.term_months >= {LONG_TERM}",
            }[self._kind]
        where, params = self._narrow(where, params, "s.ends_sort", "s.id", "s.customer_id")
        tables = f"subscriptions_subscription s {_NEXT_OFFER if self._kind else ''}"
        inner = f"SELECT s.* FROM {tables} WHERE {where} ORDER BY s.ends_sort, s.id LIMIT %s"
        return _read(f"SELECT {COLUMNS} FROM ({inner}) s, {TABLES} WHERE {JOINED}", [*params, self._size])

    def _narrow(
        self, where: str, params: list[Any], day: str, ident: str, customer: str
    ) -> tuple[str, list[Any]]:
        for condition, value in (
            (f"{customer} = %s", self._customer),
            (f"{day} >= %s", self._since),
            (f"{day} <= %s", self._until),
        ):
            if value is not None:
                where += f" AND {condition}"
                params.append(value)
        for word in self._words:
            where += " AND s.search_key LIKE %s"
            params.append(like(word))
        if self._after is not None:
            where += f" AND ({day}, {ident}) > (%s, %s)"
            params += self._after
        return where, params


def _read(sql: str, params: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Row] = cursor.fetchall()
        return rows


def _stored_view(row: Row, outlook: Outlook) -> RenewalView:
    return stored(Stored(*row[:_WIDTH]), as_subscription(row[_WIDTH:]), outlook)


def get_renewal(*, actor: Actor, renewal_id: UUID, on: date) -> RenewalView:
    """One renewal: to come, or what became of it. ``on`` is today.

    Raises:
        NotFound: none that the actor may see.
    """
    found = find_renewals(actor=actor, ids=[renewal_id], on=on)
    if not found:
        raise NotFound(kind="renewal")
    return found[0]


def find_renewals(*, actor: Actor, ids: Sequence[UUID], on: date) -> list[RenewalView]:
    """Those of these renewals that the actor may see, by due date: a fixed number of statements."""
    if not ids or not authority.may(actor, "view"):
        return []
    scope, params = row_scope(actor)
    rows = _read(
        f"SELECT {_STORED}, {COLUMNS} FROM renewals_renewal r JOIN subscriptions_subscription s"
        f" ON s.id = r.subscription_id, {TABLES} WHERE {JOINED} AND r.id = ANY(%s) AND {scope}",
        [list(ids), *params],
    )
    scope, params = scope_sql(actor)
    coming = _read(
        f"SELECT {COLUMNS} FROM subscriptions_subscription s, {TABLES} WHERE {JOINED}"
        f" AND s.renewal_id = ANY(%s) AND s.status = ANY(%s) AND {_NO_ROW} AND {scope}",
        [list(ids), list(_RENEWING), *params],
    )
    found: list[Subscription] = [as_subscription(row[_WIDTH:]) for row in rows]
    found += [as_subscription(row) for row in coming]
    outlook = Outlook(actor, on, found, [row[2] for row in rows])
    views = [_stored_view(row, outlook) for row in rows]
    views += [upcoming(actor, on, as_subscription(row), outlook) for row in coming]
    return sorted(views, key=lambda view: (view.due_on, view.subscription_id))


def list_of_order(*, actor: Actor, order_id: UUID, on: date) -> list[RenewalView]:
    """The renewals that an order pays or has paid, by due date. ``on`` is today."""
    ids = models.Renewal.objects.filter(order_id=order_id).values_list("id", flat=True)
    return find_renewals(actor=actor, ids=list(ids), on=on)


def forecast(
    *, actor: Actor, on: date, months: int = 12, customer_id: UUID | None = None
) -> tuple[ForecastMonth, ...]:
    """What renews and ends in each month from that of ``on``, to the cent at the prices published so far.

    Renewals whose day has come are not in it. Raises: NotFound for a role that sees none.
    """
    if not authority.may(actor, "view"):
        raise NotFound(kind="renewal")
    return _forecast.forecast(actor, on, months, customer_id)


def list_history(*, actor: Actor, subscription_id: UUID, limit: int = 50) -> list[RenewalRow]:
    """What became of a subscription's terms at their ends, newest first; at most 200."""
    within = Q(subscription_id=subscription_id)
    if actor.scope == "reseller":
        within &= Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id)
    if actor.scope == "customer":
        within &= Q(customer_id=actor.customer_id, payer_id=actor.customer_id)
    rows = models.Renewal.objects.filter(within)
    return [
        RenewalRow(
            id=row.id,
            subscription_id=row.subscription_id,
            period_start=row.period_start,
            status=cast(RenewalStatus, row.status),
            reason=row.reason,
            quantity=row.quantity,
            invoice_id=row.invoice_id,
            opened_at=row.opened_at,
        )
        for row in rows.order_by("-period_start")[: min(limit, 200)]
    ]


def find_waiting_of_reseller(*, actor: Actor, subscription_id: UUID) -> UUID | None:
    """The renewal of the customer's own subscription that waits for its reseller's money, where the customer may
    take it over; None otherwise, and for everybody else.

    It tells nothing of what the reseller was asked for: that is not the customer's to read.
    """
    if actor.scope != "customer" or actor.customer_id is None or not authority.may(actor, "buy"):
        return None
    if not parties.get_customer(actor=actor, customer_id=actor.customer_id).may_pay_itself:
        return None
    with tx.widen():
        waiting = models.Renewal.objects.filter(
            customer_id=actor.customer_id,
            subscription_id=subscription_id,
            prepay=True,
            rolled_at__isnull=True,
            status__in=OPEN,
        ).exclude(payer_id=actor.customer_id)
        return waiting.values_list("id", flat=True).first()
