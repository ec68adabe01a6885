"""Reads of subscriptions, scoped to the actor. A list is one statement, whatever its length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.names import search_key
from purveyor.kernel.paging import Page, capped, read_cursor, write_cursor
from purveyor.parties import authority
from purveyor.subscriptions import models
from purveyor.subscriptions.rules import calendar, lifecycle
from purveyor.subscriptions.types import Counts, MonthsLeft, Sort, Status, Subscription, Term

# The catalog's and parties' names come along in the same statement; their rows are never written here.
COLUMNS = """
s.id, s.reseller_id, s.customer_id, c.name, s.payer_id, s.offer_id, o.code, pr.name, pl.name, pl.rank, s.status,
s.payment_status, s.quantity, s.seats_assigned, s.term_months, s.term_price, s.currency, s.price_list,
s.started_on, s.anchor_day, s.period_start, s.period_end, s.trial_end, s.auto_renew, s.renewal_quantity,
s.renewal_payment_method, s.created_at, s.ended_at, s.end_reason, (o.terms ->> 'quantity_max')::int,
s.renewal_offer_id, s.renewal_id, s.seats_leaving, s.suspended_at, s.suspend_reason,
coalesce((o.terms ->> 'renewal_lock_days')::int, 0)"""
TABLES = """parties_organization c, catalog_offer o JOIN catalog_plan pl ON pl.id = o.plan_id
JOIN catalog_product pr ON pr.id = pl.product_id"""
JOINED = "c.id = s.customer_id AND o.id = s.offer_id"
_FROM = f"FROM subscriptions_subscription s, {TABLES} WHERE {JOINED}"


_RUNNING = tuple(sorted(status.value for status in lifecycle.TAKES_SEATS))


def scope_sql(actor: Actor) -> tuple[str, list[Any]]:
    """The condition on ``s`` that keeps a statement inside what the actor may see, and its parameters."""
    parts: list[str] = []
    params: list[Any] = []
    if actor.reseller_id is not None and actor.scope == "reseller":
        parts.append("s.reseller_id = %s")
        params.append(actor.reseller_id)
    if actor.customer_id is not None:
        parts.append("s.customer_id = %s")
        params.append(actor.customer_id)
    return " AND ".join(parts) or "true", params


def as_subscription(row: Sequence[Any]) -> Subscription:
    """The frozen row behind a row of ``COLUMNS``."""
    return Subscription(
        id=row[0], reseller_id=row[1], customer_id=row[2], customer_name=row[3], payer_id=row[4], offer_id=row[5],
        offer_code=row[6], product=row[7], plan=row[8], plan_rank=row[9], status=Status(row[10]),
        payment_status=row[11], quantity=row[12], seats_assigned=row[13], term_months=row[14],
        term_price=Money(row[15], row[16]), price_list=row[17], started_on=row[18], anchor_day=row[19],
        period_start=row[20], period_end=row[21], trial_end=row[22], auto_renew=row[23], renewal_quantity=row[24],
        renewal_payment_method=row[25], created_at=row[26], ended_at=row[27], end_reason=row[28],
        quantity_max=row[29], renewal_offer_id=row[30], renewal_id=row[31], seats_leaving=row[32],
        suspended_at=row[33], suspend_reason=row[34], lock_days=row[35],
    )  # fmt: skip


def _page_sql(where: str, order: str, extra: str = "") -> str:
    """A page in one statement: its rows are found by index first, the names joined to those few after it."""
    inner = f"SELECT * FROM subscriptions_subscription s WHERE {where} ORDER BY {order} LIMIT %s"
    return f"SELECT {COLUMNS}{extra} FROM ({inner}) s, {TABLES} WHERE {JOINED} ORDER BY {order}"


def _read(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    return tx.fetch(sql, params)


def _viewing(actor: Actor) -> None:
    # What a role may not see does not exist for it.
    if not authority.may(actor, "view"):
        raise NotFound(kind="subscription")


def _one(actor: Actor, subscription_id: UUID, tail: str = "") -> Subscription:
    scope, params = scope_sql(actor)
    rows = _read(f"SELECT {COLUMNS} {_FROM} AND s.id = %s AND {scope} {tail}", [subscription_id, *params])
    if not rows:
        raise NotFound(kind="subscription")
    return as_subscription(rows[0])


def get_subscription(*, actor: Actor, subscription_id: UUID) -> Subscription:
    """One subscription.

    Raises:
        NotFound: none that the actor may see.
    """
    _viewing(actor)
    return _one(actor, subscription_id)


def find_subscriptions(*, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Subscription]:
    """Those of these subscriptions that lie in the actor's scope, by id; for rooms that have checked the role."""
    if not ids:
        return {}
    scope, params = scope_sql(actor)
    found = _read(f"SELECT {COLUMNS} {_FROM} AND s.id = ANY(%s) AND {scope}", [list(ids), *params])
    return {row[0]: as_subscription(row) for row in found}


def lock_subscription(*, actor: Actor, subscription_id: UUID) -> Subscription:
    """The same, its row locked until the end of the transaction: look again before you decide.

    Raises:
        NotFound: none that the actor may see.
    """
    return _one(actor, subscription_id, "FOR NO KEY UPDATE OF s")


def list_subscriptions(
    *,
    actor: Actor,
    customer_id: UUID | None = None,
    status: Status | str | None = None,
    q: str = "",
    sort: Sort = "newest",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Subscription]:
    """Subscriptions, newest first, or by the customer's name, or by the end of the term.

    ``q`` finds parts of the customer's name, the product, the plan and the offer's code.

    Raises:
        Invalid: an unknown status, sort or cursor.
    """
    _viewing(actor)
    where, params = scope_sql(actor)
    if customer_id is not None:
        where += " AND s.customer_id = %s"
        params.append(customer_id)
    if status:
        if status not in {known.value for known in Status}:
            raise Invalid(field="status", reason="unknown")
        where += " AND s.status = %s"
        params.append(str(status))
    for word in search_key(q).split()[:5]:
        where += " AND s.search_key LIKE %s"
        params.append(like(word))
    column, kind, order = _sorting(sort)
    key = read_cursor(cursor, parts=2)
    if key is not None:
        sign = "<" if order == "DESC" else ">"
        where += f" AND (s.{column}, s.id) {sign} (%s::{kind}, %s::uuid)"
        params += _checked_key(key, kind)
    size = capped(limit)
    rows = _read(
        _page_sql(where, f"s.{column} {order}, s.id {order}", f", s.{column}"),
        [*params, size + 1],
    )
    more = len(rows) > size
    last = rows[size - 1] if more else None
    next_cursor = None if last is None else write_cursor(_text(last[-1]), str(last[0]))
    return Page(tuple(as_subscription(row) for row in rows[:size]), next_cursor)


def like(word: str) -> str:
    """A pattern that finds ``word`` anywhere, literally."""
    escaped = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _sorting(sort: str) -> tuple[str, str, str]:
    if sort == "newest":
        return "created_at", "timestamptz", "DESC"
    if sort == "customer":
        return "customer_sort", "text", "ASC"
    if sort == "ends":
        return "ends_sort", "date", "ASC"
    raise Invalid(field="sort", reason="unknown")


def _checked_key(key: tuple[str, ...], kind: str) -> list[Any]:
    """The cursor's parts in their types: a forged cursor is a refusal, not a database error."""
    try:
        first: Any = key[0]
        if kind == "timestamptz":
            first = datetime.fromisoformat(key[0])
            first = first if first.tzinfo else first.replace(tzinfo=UTC)
        if kind == "date":
            first = date.fromisoformat(key[0])
        return [first, UUID(key[1])]
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def list_ending(
    *, actor: Actor, until: date, customer_id: UUID | None = None, limit: int = 50
) -> tuple[Subscription, ...]:
    """Running terms and trials that end on ``until`` or before, the next first."""
    _viewing(actor)
    where, params = scope_sql(actor)
    if customer_id is not None:
        where += " AND s.customer_id = %s"
        params.append(customer_id)
    rows = _read(
        _page_sql(f"{where} AND s.ends_sort <= %s AND s.status = ANY(%s)", "s.ends_sort, s.id"),
        [*params, until, list(_RUNNING), capped(limit)],
    )
    return tuple(as_subscription(row) for row in rows)


def list_free_seats(
    *, actor: Actor, customer_id: UUID | None = None, offer_id: UUID | None = None, limit: int = 50
) -> tuple[Subscription, ...]:
    """Running subscriptions with seats that nobody holds, the next to end first."""
    _viewing(actor)
    where, params = scope_sql(actor)
    for column, value in (("customer_id", customer_id), ("offer_id", offer_id)):
        if value is not None:
            where += f" AND s.{column} = %s"
            params.append(value)
    rows = _read(
        _page_sql(f"{where} AND s.seats_assigned < s.quantity AND s.status = ANY(%s)", "s.ends_sort, s.id"),
        [*params, list(_RUNNING), capped(limit)],
    )
    return tuple(as_subscription(row) for row in rows)


def count_renewing_by(*, actor: Actor, payer_id: UUID, payment_method: str) -> int:
    """How many running subscriptions of this payer renew by themselves and are paid in this way."""
    _viewing(actor)
    where, params = scope_sql(actor)
    sql = (
        "SELECT count(*) FROM subscriptions_subscription s"
        f" WHERE {where} AND s.payer_id = %s AND s.renewal_payment_method = %s AND s.auto_renew"
        " AND s.status = ANY(%s)"
    )
    return int(_read(sql, [*params, payer_id, payment_method, list(_RUNNING)])[0][0])


def count_seats(*, actor: Actor, customer_id: UUID | None = None, reseller_id: UUID | None = None) -> Counts:
    """How many subscriptions run, with how many seats, of which so many are taken."""
    _viewing(actor)
    where, params = scope_sql(actor)
    if customer_id is not None:
        where += " AND s.customer_id = %s"
        params.append(customer_id)
    if reseller_id is not None:
        where += " AND s.reseller_id = %s"
        params.append(reseller_id)
    row = _read(
        "SELECT count(*), coalesce(sum(s.quantity), 0), coalesce(sum(s.seats_assigned), 0)"
        f" FROM subscriptions_subscription s WHERE {where} AND s.status = ANY(%s)",
        [*params, list(_RUNNING)],
    )[0]
    return Counts(subscriptions=row[0], quantity=int(row[1]), assigned=int(row[2]))


def count_seats_of(*, actor: Actor, customer_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """:func:`count_seats` of several customers in one statement; those without a running one are left out."""
    _viewing(actor)
    if not customer_ids:
        return {}
    where, params = scope_sql(actor)
    rows = _read(
        "SELECT s.customer_id, count(*), coalesce(sum(s.quantity), 0), coalesce(sum(s.seats_assigned), 0)"
        f" FROM subscriptions_subscription s WHERE {where} AND s.customer_id = ANY(%s) AND s.status = ANY(%s)"
        " GROUP BY s.customer_id",
        [*params, list(customer_ids), list(_RUNNING)],
    )
    return {row[0]: Counts(subscriptions=row[1], quantity=int(row[2]), assigned=int(row[3])) for row in rows}


def count_free_seats(*, actor: Actor, customer_id: UUID | None = None) -> int:
    """Seats of running subscriptions that nobody holds."""
    return count_seats(actor=actor, customer_id=customer_id).free


def list_terms(*, actor: Actor, subscription_id: UUID, limit: int = 50) -> tuple[Term, ...]:
    """The terms of a subscription, newest first."""
    _viewing(actor)
    rows = models.Term.objects.filter(subscription_id=subscription_id)
    if actor.scope == "reseller" and actor.reseller_id is not None:
        rows = rows.filter(reseller_id=actor.reseller_id)
    if actor.customer_id is not None:
        rows = rows.filter(customer_id=actor.customer_id)
    return tuple(
        Term(
            id=row.id,
            subscription_id=row.subscription_id,
            kind="trial" if row.kind == "trial" else "paid",
            start=row.start,
            end=row.end,
            price=Money(row.price, row.currency),
            price_list=row.price_list,
            quantity=row.quantity,
        )
        for row in rows.order_by("-start")[: capped(limit)]
    )


def months_left(*, subscription: Subscription, on: date) -> MonthsLeft:
    """What a seat added on that day pays for: months of the running term, begun ones counted (rules.md b).

    Raises:
        PeriodEnded, PeriodNotBegun: the day lies outside the term.
        SubscriptionNotActive: no term runs.
    """
    lifecycle.need(subscription.status, lifecycle.GROWS)
    start, end, anchor = subscription.period_start, subscription.period_end, subscription.anchor_day
    if start is None or end is None or anchor is None:
        raise NotFound(kind="period")
    months = calendar.months_to_charge(on, start, subscription.term_months, anchor)
    why = calendar.explain_remaining(on, start, subscription.term_months, anchor)
    return MonthsLeft(months=months, term_months=subscription.term_months, end=end, explanation=why)
