"""A renewal run at the command line: foretold to the cent, killed in the middle, resumed by another, done once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from purveyor.infra import clock, tx
from purveyor.infra.roles import DatabaseUrls
from purveyor.renewals.runs import RunView, get_run, list_runs
from tests.rooms.books import SYSTEM, found_house, operator, within
from tests.rooms.shop import Shop, open_shop, pay_in
from tests.support.filled import everything

ROOT = Path(__file__).resolve().parents[2]
DUE = date(2027, 1, 15)
PATIENCE = 120.0
EACH = 25
# List price without VAT for the second house's customer, which buys for itself; 20 % off for the first reseller.
FIRST, SECOND = EACH * 3840, EACH * 4800


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


@pytest.fixture(scope="module")
def second(shop: Shop) -> Shop:
    """A house with a larger id than the first: its work comes last."""
    house = found_house("R018")
    pay_in(house.first.id, 1_000_000)
    return replace(shop, house=house)


def copies(subscription: UUID) -> None:
    """The same subscription many times over, until there are ``EACH``."""
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO subscriptions_subscription SELECT (jsonb_populate_record(s, jsonb_build_object("
            " 'id', gen_random_uuid(), 'renewal_id', gen_random_uuid()))).*"
            " FROM subscriptions_subscription s, generate_series(2, %s) WHERE s.id = %s",
            [EACH, subscription],
        )


def let_it_be(day: date) -> None:
    """The clock stands at noon of that day, and nothing was done on the way."""
    offset = clock.start_of(day) + timedelta(hours=12) - clock.now()
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE infra_clock SET offset_us = offset_us + %s", [offset // timedelta(microseconds=1)]
        )


def started(urls: DatabaseUrls, home: Path, *more: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ, **urls.environment(), "PURVEYOR_HOME": str(home), "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "purveyor.interfaces.cli.main",
        "renew",
        "--until",
        DUE.isoformat(),
        *more,
    ]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def renewed(urls: DatabaseUrls, home: Path, *more: str) -> str:
    """What a run until its end says."""
    worker = started(urls, home, *more)
    said, wrong = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, wrong
    return said


def test_killed_in_the_middle_and_done_by_another(
    shop: Shop, second: Shop, urls: DatabaseUrls, tmp_path: Path
) -> None:
    copies(shop.subscription(1))
    copies(second.buy(second.new(1), by=second.customer).subscriptions[0])
    let_it_be(DUE)
    foretold = renewed(urls, tmp_path, "--dry-run")
    vat = _vat(FIRST) + _vat(SECOND)
    assert f"{2 * EACH} would be due: {2 * EACH} billed, 0 waiting" in foretold
    assert f"EUR: {2 * EACH} for {_euro(FIRST + SECOND)} net + {_euro(vat)} VAT" in foretold
    assert "Nothing was written." in foretold
    assert _invoices() == (0, 0)

    kill_at_the_second(
        urls, tmp_path, "SELECT FROM parties_organization WHERE id = %s FOR UPDATE", second.house.first.id
    )
    assert _invoices() == (EACH, EACH), "the first house is done, of the second nothing is there"
    (interrupted,) = within(operator(), lambda: list_runs(actor=operator())).rows
    assert (interrupted.finished_at, interrupted.due, interrupted.done) == (None, 2 * EACH, EACH)

    said = renewed(urls, tmp_path, "--chunk", "10")
    assert f"{EACH} were due: {EACH} billed, 0 waiting to be paid, 0 ended, 0 parked." in said
    assert re.search(rf"{EACH} of {EACH}, [\d,]+/s, 0 s left", said), said
    _all_done_once(interrupted.id, vat)
    assert "0 were due" in renewed(urls, tmp_path)
    assert _invoices() == (2 * EACH, 2 * EACH)


def test_what_lies_ahead_is_not_billed(shop: Shop, urls: DatabaseUrls, tmp_path: Path) -> None:
    worker = started(urls, tmp_path, "--until", "2027-01-16")
    said, wrong = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, said) == (1, "")
    assert "only a dry run looks into the future" in wrong


def _all_done_once(run: UUID | None, vat: int) -> None:
    """Each subscription has one invoice, numbers have no gaps, books balance, and the run adds up."""
    assert _invoices() == (2 * EACH, 2 * EACH)
    assert everything(
        "SELECT count(*), count(DISTINCT subscription_id) FROM renewals_renewal WHERE status = 'pending'"
    ) == [(2 * EACH, 2 * EACH)]
    assert (
        everything(
            "SELECT min(sequence), max(sequence), count(*) FROM billing_document WHERE year = 2027"
            " GROUP BY reseller_id"
        )
        == [(1, EACH, EACH)] * 2
    )
    assert everything("SELECT sum(amount) FROM ledger_entry")[0][0] == 0
    assert everything("SELECT sum(net), sum(vat) FROM billing_document WHERE year = 2027") == [
        (FIRST + SECOND, vat)
    ]
    assert everything("SELECT count(*) FROM subscriptions_subscription WHERE period_end <> '2028-01-15'") == [
        (0,)
    ]
    assert run is not None
    found: RunView = within(operator(), lambda: get_run(actor=operator(), run_id=run))
    assert found.finished_at is not None
    assert found.adds_up
    assert (found.due, found.billed, found.totals[0].net.amount) == (2 * EACH, 2 * EACH, FIRST + SECOND)


def _invoices() -> tuple[int, int]:
    """Invoices of the year, and terms that go on."""
    return (
        int(everything("SELECT count(*) FROM billing_document WHERE year = 2027")[0][0]),
        int(everything("SELECT count(*) FROM subscriptions_term WHERE start = '2027-01-15'")[0][0]),
    )


def _vat(net: int) -> int:
    """19 % of each invoice (a German consumer of a seller with OSS), rounded half up."""
    each = net // EACH
    return EACH * ((each * 19 + 50) // 100)


def _euro(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"


def kill_at_the_second(urls: DatabaseUrls, home: Path, hold: LiteralString, id: UUID) -> None:
    """Let a worker write its first chunk that needs what ``hold`` holds of that id, and kill it there."""
    with psycopg.connect(urls.run) as holder:
        holder.execute(hold, [id])
        worker = started(urls, home, "--chunk", "10")
        try:
            until(lambda: _watch(urls, "NOT l.granted") > 0 or worker.poll() is not None)
            assert worker.poll() is None, worker.communicate()
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
        holder.rollback()
    # The server finds out that the killed process is gone, and undoes what it had not finished.
    until(lambda: _watch(urls, "l.locktype = 'transactionid' AND a.pid <> pg_backend_pid()") == 0)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def _watch(urls: DatabaseUrls, which: str) -> int:
    query = (
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        f" WHERE a.datname = current_database() AND {which}"
    )
    with psycopg.connect(urls.run, autocommit=True) as watcher:
        row = watcher.execute(query).fetchone()
    return 0 if row is None else int(row[0])
