"""Subscriptions that are due: of two resellers, each with a number series of its own, all at one instant.

Their next term is due a year later, so that each round finds as many due as the one before, on tables that have grown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from bench import ids, load
from bench.world import World
from purveyor.infra import clock
from purveyor.kernel.names import search_key, sort_key

EACH = 5
QUANTITY = 20
PRICE = 4800
_BEGAN = datetime(2026, 2, 1, 9, tzinfo=UTC)
_TOWNS = ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Bremen", "Essen", "Bonn")
_SUBSCRIPTION = (
    "id, reseller_id, customer_id, payer_id, offer_id, status, payment_status, quantity, seats_assigned, term_months,"
    " term_price, currency, price_list, started_on, anchor_day, period_start, period_end, auto_renew,"
    " renewal_payment_method, renewal_id, seats_leaving, suspend_reason, due_at, created_at, end_reason, customer_sort,"
    " ends_sort, search_key, offer_search"
)


def boundary(year: int) -> datetime:
    """The instant at which all terms end in that many years."""
    return clock.start_of(date(2026 + year, 2, 1))


def closing(year: int) -> datetime:
    """The instant at which what was gathered in that year's February is billed."""
    return clock.start_of(date(2026 + year, 3, 1))


def fill(connection: psycopg.Connection[Any], made: World, count: int, *, first: int) -> None:
    """So many subscriptions, numbered after ``first``: half of one reseller, half of another; five a customer."""
    customers = range(first // EACH + 1, (first + count) // EACH + 1)
    half = (first + count // 2) // EACH
    load.copy(
        connection, "parties_organization", load.ORGANIZATION, (_customer(made, half, n) for n in customers)
    )
    load.copy(
        connection,
        "subscriptions_subscription",
        _SUBSCRIPTION,
        _subscriptions(made, half, range(first + 1, first + count + 1)),
    )
    connection.commit()


def _house(made: World, half: int, customer: int) -> UUID:
    return made.resellers[0 if customer <= half else 1]


def _customer(made: World, half: int, number: int) -> tuple[Any, ...]:
    name, email = f"Kunde {_TOWNS[number % 8]} {number}", f"office@c{number}.example"
    house = _house(made, half, number)
    id = ids.text(ids.CUSTOMER, number)
    return (
        id, "customer", name, search_key(f"{name} {email}"), sort_key(name), "DE", email, "de", "EUR", True, "",
        "none", "customer", f"Straße {number}", "", _TOWNS[number % 8], "", "10115", house, id, _BEGAN, False,
    )  # fmt: skip


def _subscriptions(made: World, half: int, numbers: range) -> Iterator[tuple[Any, ...]]:
    start, end, due = date(2026, 2, 1), date(2027, 2, 1), boundary(1)
    for number in numbers:
        customer = (number - 1) // EACH + 1
        house = _house(made, half, customer)
        # Every third is the customer's own: list price, its own debt.
        payer = ids.text(ids.CUSTOMER, customer) if number % 3 == 0 else house
        yield (
            ids.text(ids.SUBSCRIPTION, number), house, ids.text(ids.CUSTOMER, customer), payer,
            made.offers[number % 5], "active", "ok", QUANTITY, 0, 12, PRICE, "EUR", "eur-2025", start, 1, start, end,
            True, "bank_transfer", ids.text(ids.OTHER, number), 0, "", due, _BEGAN, "", f"kunde {customer}", end,
            f"kunde {customer}", "lockbox",
        )  # fmt: skip


def gather(connection: psycopg.Connection[Any], made: World) -> None:
    """From now on the resellers pay for all that is due, stand on the invoices, and have one a month."""
    connection.execute("UPDATE parties_resellerprofile SET billing_mode = 'gathered'")
    connection.execute(
        "UPDATE parties_organization SET bill_to = 'reseller' WHERE kind = 'customer' AND reseller_id = ANY(%s)",
        (made.resellers[:2],),
    )
    connection.execute(
        "UPDATE subscriptions_subscription SET payer_id = reseller_id WHERE due_at IS NOT NULL"
    )
    connection.commit()


_TABLES: tuple[LiteralString, ...] = (
    "billing_document", "billing_line", "payments_payable", "ledger_transaction", "ledger_entry", "subscriptions_term",
    "renewals_renewal", "billing_unbilled", "infra_event", "infra_activity", "infra_delivery", "procrastinate_jobs",
)  # fmt: skip


def counted(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has that a renewal writes."""
    found = {}
    for table in _TABLES:
        row = connection.execute(
            psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.SQL(table))
        ).fetchone()
        found[table] = 0 if row is None else int(row[0])
    connection.rollback()
    return found


def agreed(connection: psycopg.Connection[Any]) -> bool:
    """Whether books sum to zero, numbers have no gaps, and each renewal has its line, each invoice its debt."""
    row = connection.execute(
        "SELECT (SELECT coalesce(sum(amount), 0) FROM ledger_entry) = 0"
        " AND NOT EXISTS (SELECT FROM billing_document GROUP BY reseller_id, series, year"
        "   HAVING count(*) <> max(sequence))"
        " AND (SELECT count(*) FROM billing_document) = (SELECT count(*) FROM payments_payable)"
        " AND (SELECT count(*) FROM billing_line) = (SELECT count(invoice_id) FROM renewals_renewal)"
        " AND (SELECT sum(net) FROM billing_line) = (SELECT sum(net) FROM billing_document)"
        " AND (SELECT sum(gross) FROM billing_document) = (SELECT sum(amount) FROM payments_payable)"
        " AND NOT EXISTS (SELECT FROM renewals_renewal WHERE invoice_id IS NULL)"
        " AND NOT EXISTS (SELECT FROM billing_unbilled WHERE closed_at IS NULL)"
        " AND NOT EXISTS (SELECT FROM billing_gathering WHERE net <> 0 OR due_at IS NOT NULL)"
    ).fetchone()
    connection.rollback()
    return row is not None and bool(row[0])
