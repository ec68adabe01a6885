"""Seats are taken and given back in one guarded statement: the last one cannot be given twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.infra import clock
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import authority
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.errors import SeatsExhausted, SeatsInUse
from purveyor.subscriptions.queries import lock_subscription, scope_sql
from purveyor.subscriptions.rules import lifecycle
from purveyor.subscriptions.rules.renewal import need_unlocked
from purveyor.subscriptions.types import SeatCount, Status, Subscription

_COLUMNS = "s.id, s.reseller_id, s.customer_id, s.quantity, s.seats_assigned"
_TAKING = sorted(status.value for status in lifecycle.TAKES_SEATS)


def _seat_count(row: tuple[Any, ...]) -> SeatCount:
    return SeatCount(
        subscription_id=row[0], reseller_id=row[1], customer_id=row[2], quantity=row[3], assigned=row[4]
    )


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@command
def take_seats(*, actor: Actor, now: datetime, subscription_id: UUID, count: int = 1) -> SeatCount:
    """Take ``count`` seats for members; the row stays locked until the transaction ends.

    Only ``seats`` calls it, and writes as many assignments in the same transaction.

    Raises:
        SeatsExhausted: fewer are free. SubscriptionNotActive: it does not run. NotFound. Forbidden.
    """
    authority.require(actor, "assign")
    scope, params = scope_sql(actor)
    rows = _rows(
        "UPDATE subscriptions_subscription s SET seats_assigned = s.seats_assigned + %s"
        f" WHERE s.id = %s AND {scope} AND s.status = ANY(%s) AND s.seats_assigned + %s <= s.quantity"
        f" RETURNING {_COLUMNS}",
        [count, subscription_id, *params, _TAKING, count],
    )
    if rows:
        return _seat_count(rows[0])
    # Refused: look why, at the row as it is now (another transaction may have taken the last one).
    found = _rows(
        f"SELECT {_COLUMNS}, s.status FROM subscriptions_subscription s WHERE s.id = %s AND {scope}",
        [subscription_id, *params],
    )
    if not found:
        raise NotFound(kind="subscription")
    seats = _seat_count(found[0])
    lifecycle.need(Status(found[0][5]), lifecycle.TAKES_SEATS)
    raise SeatsExhausted(quantity=seats.quantity, assigned=seats.assigned, free=seats.free, wanted=count)


@command
def give_back_seats(
    *, actor: Actor, now: datetime, subscription_id: UUID, count: int = 1, leaving: int = 0
) -> SeatCount:
    """Give ``count`` seats back, whatever the subscription's status; ``leaving`` of them were to go anyway.

    Only ``seats`` calls it, and ends as many assignments in the same transaction.

    Raises:
        NotFound: none that the actor may see, or so many are not taken.
    """
    scope, params = scope_sql(actor)
    rows = _rows(
        "UPDATE subscriptions_subscription s SET seats_assigned = s.seats_assigned - %s,"
        " seats_leaving = s.seats_leaving - %s"
        f" WHERE s.id = %s AND {scope} AND s.seats_assigned >= %s RETURNING {_COLUMNS}",
        [count, leaving, subscription_id, *params, count],
    )
    if not rows:
        raise NotFound(kind="subscription")
    return _seat_count(rows[0])


@command
def hold_seats(*, actor: Actor, now: datetime, subscription_id: UUID, running: bool = False) -> SeatCount:
    """Lock a subscription's row, so that nobody else moves its seats until the transaction ends.

    Raises:
        NotFound. SubscriptionNotActive: ``running`` is asked for and it does not.
    """
    scope, params = scope_sql(actor)
    rows = _rows(
        f"SELECT {_COLUMNS}, s.status FROM subscriptions_subscription s WHERE s.id = %s AND {scope} FOR NO KEY UPDATE",
        [subscription_id, *params],
    )
    if not rows:
        raise NotFound(kind="subscription")
    if running:
        lifecycle.need(Status(rows[0][5]), lifecycle.TAKES_SEATS)
    return _seat_count(rows[0])


@command
def hold_customer_seats(*, actor: Actor, now: datetime, customer_id: UUID) -> tuple[UUID, ...]:
    """Lock all of a customer's subscriptions that have seats taken or to take, in the order of their ids."""
    scope, params = scope_sql(actor)
    rows = _rows(
        "SELECT s.id FROM subscriptions_subscription s"
        f" WHERE s.customer_id = %s AND {scope} AND (s.seats_assigned > 0 OR s.status = ANY(%s))"
        " ORDER BY s.id FOR NO KEY UPDATE",
        [customer_id, *params, _TAKING],
    )
    return tuple(row[0] for row in rows)


@command
def plan_leaving(*, actor: Actor, now: datetime, subscription_id: UUID, count: int) -> Subscription:
    """Say how many of the assigned seats end with the term; the row stays locked until the transaction ends.

    Only ``seats`` calls it, and marks as many assignments in the same transaction.

    Raises:
        SeatsInUse: fewer seats are scheduled for the renewal than would stay assigned. RenewalLocked, PeriodEnded,
        SubscriptionNotActive, NotFound, Forbidden.
    """
    authority.require(actor, "assign")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    lifecycle.need(found.status, lifecycle.RENEWS)
    need_unlocked(found, clock.business_date(now))
    staying = found.seats_assigned - count
    # Who is kept after all would be paid for by somebody who ordered fewer seats: the number comes first.
    if (
        count < found.seats_leaving
        and found.renewal_quantity is not None
        and staying > found.renewal_quantity
    ):
        raise SeatsInUse(field="assignments", wanted=found.renewal_quantity, assigned=staying)
    return _write.changed(_write.update(actor, found.id, seats_leaving=count))
