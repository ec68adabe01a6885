"""A worker that is killed in the middle of its deliveries: the next one does the rest, and nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from purveyor.infra import jobs
from purveyor.infra.roles import DatabaseUrls
from tests.scenarios.stage import MONTH, Stage, books_closed, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
ORDERS = 4


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-06-01T09:00:00+00:00")


def test_deliveries_survive_their_worker(stage: Stage, urls: DatabaseUrls, tmp_path: Path) -> None:
    with books_closed(stage):
        customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
        # The first invoice makes the counter's row, which the test holds later.
        stage.pay_in(400)
        stage.buy(customer, new(1, MONTH))
        run_pending_jobs()
        orders = [stage.buy(customer, new(1, MONTH), method="bank_transfer") for _ in range(ORDERS)]
        for order in orders:
            stage.received.append(400)
            body = {
                "order": order["id"],
                "amount": {"amount": 400, "currency": "EUR"},
                "received_on": "2026-06-01",
                "reference": order["payment"]["reference"],
            }
            stage.operator.post("/payments", body).ok(status=201)
        owed = _count("SELECT count(*) FROM infra_delivery")
        assert owed > ORDERS

        _kill_at_the_counter(urls, tmp_path)
        left = _count("SELECT count(*) FROM infra_delivery")
        assert 0 < left < owed, "some were done, some were not"
        assert _count("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == 1

        # Another worker finds the dead one silent, and takes over what it held.
        _forget_heartbeats(urls)
        assert jobs.retry_stalled() == 1
        run_pending_jobs()
        stage.invoiced += [(400, 0)] * ORDERS
        _all_done_once([order["id"] for order in orders], stage)
        assert run_pending_jobs() == 0


def _all_done_once(orders: list[str], stage: Stage) -> None:
    assert _count("SELECT count(*) FROM infra_delivery") == 0
    assert _count("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')") == 0
    kinds = stage.events()
    assert kinds.count("order.completed") == ORDERS + 1
    assert kinds.count("payment.received") == ORDERS + 1
    for order in orders:
        found = stage.operator.get(f"/orders/{order}").ok()
        assert (found["status"], found["invoice"] is not None) == ("completed", True)
    assert (
        everything(
            "SELECT order_id FROM billing_document WHERE kind = 'invoice' GROUP BY 1 HAVING count(*) > 1"
        )
        == []
    )
    # One mail for each thing told, to each whom it is told.
    assert everything("SELECT dedupe FROM infra_mail GROUP BY 1 HAVING count(*) > 1") == []
    assert _count("SELECT count(*) FROM infra_mail WHERE status <> 'sent'") == 0


def _count(query: str) -> int:
    return int(everything(query)[0][0])


def _kill_at_the_counter(urls: DatabaseUrls, home: Path) -> None:
    """Start a real worker, wait until it stands at the invoice counter with its work undone, and kill it."""
    environment = {
        **os.environ,
        **urls.environment(),
        "PURVEYOR_HOME": str(home),
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "purveyor.interfaces.cli.main", "work"]
    with psycopg.connect(urls.run) as holder:
        holder.execute("SELECT 1 FROM billing_counter FOR UPDATE")
        worker = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        try:
            _until(lambda: _waiting(urls, holder.info.backend_pid) > 0 or worker.poll() is not None)
            assert worker.poll() is None, worker.stderr.read() if worker.stderr else ""
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
        holder.rollback()
    # The server finds out that the killed process is gone, and undoes what it had not finished.
    _until(lambda: _in_transaction(urls) == 0)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def _waiting(urls: DatabaseUrls, holder: int) -> int:
    """Who waits for the one that holds the counter; others wait for each other in passing."""
    return _watch(
        urls,
        "SELECT count(*) FROM pg_stat_activity a"
        " WHERE a.datname = current_database() AND %s = ANY(pg_blocking_pids(a.pid))",
        holder,
    )


def _in_transaction(urls: DatabaseUrls) -> int:
    return _watch(
        urls,
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database()"
        " AND l.locktype = 'transactionid' AND l.granted AND a.pid <> pg_backend_pid()",
    )


def _watch(urls: DatabaseUrls, query: str, *values: int) -> int:
    with psycopg.connect(urls.run, autocommit=True) as watcher:
        row = watcher.execute(query, values or None).fetchone()
    return 0 if row is None else int(row[0])


def _forget_heartbeats(urls: DatabaseUrls) -> None:
    """As if half a minute had passed in silence."""
    with psycopg.connect(urls.owner) as connection:
        connection.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'"
        )
