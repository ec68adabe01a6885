"""A process that is killed between the money and the settlement leaves nothing half done, and nothing twice.

The test holds a row that the settlement needs last of all, the reseller's invoice counter, so that a real
process stands with all its work done and nothing committed. Then it is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from purveyor.infra import delivery, tx
from purveyor.infra.roles import DatabaseUrls
from purveyor.ledger import queries as ledger
from purveyor.sales import commands as sales
from purveyor.sales import queries
from purveyor.sales.types import OrderView
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Status
from tests.rooms.books import SYSTEM, within
from tests.rooms.shop import START, Shop, deliver, open_shop, transfer

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0

_WORKER = """
import django
django.setup()
from tests.rooms.shop import listen
listen()
from purveyor.infra.delivery import deliver_owed
deliver_owed()
"""
_BUYER = """
import sys
from uuid import UUID
import django
django.setup()
from purveyor.kernel.actor import Actor
from purveyor.sales.commands import accept_quote
from tests.rooms.shop import START
reseller, customer, quote = (UUID(text) for text in sys.argv[1:])
actor = Actor(
    scope="reseller", organization_id=reseller, reseller_id=reseller, customer_id=customer, role="admin"
)
accept_quote(actor=actor, now=START, quote_id=quote, payment_method="balance")
"""


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    opened = open_shop()
    # The first invoice makes the counter's row, which the tests hold.
    opened.buy(opened.new(1))
    return opened


@contextmanager
def held_counter(urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """The invoice counter, locked by another transaction for as long as the block runs."""
    with psycopg.connect(urls.run) as holder:
        holder.execute("SELECT 1 FROM billing_counter FOR UPDATE")
        yield holder
        holder.rollback()


def _waiting(urls: DatabaseUrls) -> int:
    """How many locks are waited for in this database."""
    with psycopg.connect(urls.run, autocommit=True) as watcher:
        row = watcher.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()"
        ).fetchone()
    return 0 if row is None else int(row[0])


def _until(condition: bool, what: str, began: float) -> bool:
    if not condition and time.monotonic() - began > PATIENCE:
        raise AssertionError(f"waited too long for {what}")
    return condition


def kill_while_waiting(urls: DatabaseUrls, script: str, *arguments: str) -> None:
    """Start a process, wait until it stands at the held row, kill it, and let its backend find out."""
    environment = {**os.environ, **urls.environment(), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    with held_counter(urls):
        process = subprocess.Popen([sys.executable, "-c", script, *arguments], env=environment, cwd=ROOT)
        try:
            began = time.monotonic()
            while not _until(_waiting(urls) > 0, "the process to stand at the row", began):
                assert process.poll() is None, "the process ended before it came to the row"
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert process.returncode == -signal.SIGKILL
    began = time.monotonic()
    while not _until(_others(urls) == 0, "the killed process's backend to end", began):
        time.sleep(0.05)


def _others(urls: DatabaseUrls) -> int:
    """Backends of the app's role that are in a transaction."""
    with psycopg.connect(urls.run, autocommit=True) as watcher:
        row = watcher.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'transactionid' AND a.datname = current_database() AND a.pid <> pg_backend_pid()"
        ).fetchone()
    return 0 if row is None else int(row[0])


def order(order_id: UUID) -> OrderView:
    return within(SYSTEM, lambda: queries.get_order(actor=SYSTEM, order_id=order_id))


def count(sql: str, *values: object) -> int:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def test_killed_between_payment_and_settlement(shop: Shop, urls: DatabaseUrls) -> None:
    placed = shop.buy(shop.new(4), pay="bank_transfer")
    transfer(placed, START)
    # Sessions of this process must not count as the killed one's.
    connection.close()
    kill_while_waiting(urls, _WORKER)

    stood = order(placed.id)
    assert (stood.status, stood.invoice) == ("awaiting_payment", None)
    running = within(
        SYSTEM,
        lambda: subscriptions.get_subscription(actor=SYSTEM, subscription_id=placed.subscriptions[0]),
    )
    assert running.status is Status.AWAITING_PAYMENT
    assert (
        count("SELECT count(*) FROM billing_document WHERE order_id = %s AND kind = 'invoice'", placed.id)
        == 0
    )
    assert count("SELECT count(*) FROM ledger_transaction WHERE reference = %s", f"order:{placed.id}") == 0
    assert count("SELECT count(*) FROM payments_payment WHERE payable_id = %s", placed.payable_id) == 1
    assert len(delivery.owed()) == 1

    assert deliver() >= 1
    done = order(placed.id)
    assert done.status == "completed"
    deliver()
    sales.settle_order(actor=SYSTEM, now=START, order_id=placed.id)
    assert (
        count("SELECT count(*) FROM billing_document WHERE order_id = %s AND kind = 'invoice'", placed.id)
        == 1
    )
    assert count("SELECT count(*) FROM ledger_transaction WHERE reference = %s", f"order:{placed.id}") == 1
    assert (
        count(
            "SELECT count(*) FROM infra_event WHERE kind = 'order.completed' AND subject_id = %s", placed.id
        )
        == 1
    )
    _gapless()


def test_killed_while_paying_from_the_balance(shop: Shop, urls: DatabaseUrls) -> None:
    quote = shop.quote(shop.new(3))
    reseller = shop.house.reseller.id

    def available() -> int:
        found = within(SYSTEM, lambda: ledger.available(actor=SYSTEM, party_id=reseller, currency="EUR"))
        return found.amount

    before = available()
    connection.close()
    kill_while_waiting(urls, _BUYER, str(reseller), str(shop.customer_id), str(quote.id))

    read = within(shop.reseller, lambda: queries.get_quote(actor=shop.reseller, now=START, quote_id=quote.id))
    assert (read.status, read.order_id) == ("open", None)
    assert available() == before
    placed = sales.accept_quote(actor=shop.reseller, now=START, quote_id=quote.id, payment_method="balance")
    assert available() == before - placed.gross.amount
    _gapless()


def _gapless() -> None:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT sequence FROM billing_document WHERE series = '' ORDER BY sequence")
        found = [row[0] for row in cursor.fetchall()]
    assert found == list(range(1, len(found) + 1))
