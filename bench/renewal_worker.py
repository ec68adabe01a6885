"""One worker of a round, in a process of its own: `python -m bench.renewal_worker WHAT YEAR`; figures as JSON.

It says `ready` when everything is loaded and begins when a line comes in, so that several begin together.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import django

_TICK = os.sysconf("SC_CLK_TCK")


def main(what: str, year: int) -> None:
    """Do the round and print its figures."""
    django.setup()
    from django.db import connection

    from purveyor.infra import bulk

    counted = [0]
    with bulk.kept(), bulk.connected() as run_connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backends = [run_connection.info.backend_pid, cursor.fetchone()[0]]
        _count(run_connection, counted)
        print("ready", flush=True)
        sys.stdin.readline()
        before, began, python = _postgres(backends), time.monotonic(), time.process_time()
        with connection.execute_wrapper(_counter(counted)):
            done = _WORK[what](run_connection, year)
        seconds, python = time.monotonic() - began, time.process_time() - python
        figures = {
            "done": done,
            "seconds": seconds,
            "python_s": python,
            "postgres_s": _postgres(backends) - before if before >= 0 else None,
            "peak_mb": _peak_mb(),
            "statements": counted[0],
        }
    print(json.dumps(figures), flush=True)


def _peak_mb() -> float:
    """This process' largest resident memory; `getrusage` would tell the parent's where that is larger."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _run(_connection: Any, year: int) -> int:
    from bench.renewal_data import boundary
    from purveyor.kernel.actor import system_actor
    from purveyor.renewals.commands import run_renewals

    until = boundary(year)
    return run_renewals(actor=system_actor(), now=until, until=until).done


def _limit(connection: Any, year: int) -> int:
    from bench import renewal_limit

    return renewal_limit.run(connection, *_days(year))


def _limit_gathered(connection: Any, year: int) -> int:
    from bench import renewal_limit_gathered

    return renewal_limit_gathered.run(connection, *_days(year))


def _days(year: int) -> tuple[datetime, datetime, date, date]:
    from bench.renewal_data import boundary
    from purveyor.infra.clock import business_date

    due, after = boundary(year), boundary(year + 1)
    return due, after, business_date(due), business_date(after)


def _close(connection: Any, year: int) -> int:
    """Each account that is due, as its due work does it; returns how many lines were billed."""
    from bench.renewal_data import closing
    from purveyor.sales.jobs import run_close

    due = closing(year)
    accounts = connection.execute("SELECT id FROM billing_gathering WHERE due_at = %s", (due,)).fetchall()
    connection.commit()
    for (account,) in accounts:
        run_close(account, due)
    row = connection.execute("SELECT count(*) FROM billing_unbilled WHERE closed_at = %s", (due,)).fetchone()
    return int(row[0])


def _limit_close(connection: Any, year: int) -> int:
    from bench import renewal_limit_gathered
    from bench.renewal_data import closing

    return renewal_limit_gathered.close(connection, closing(year))


_WORK: dict[str, Callable[[Any, int], int]] = {
    "limit": _limit,
    "run": _run,
    "gather": _run,
    "close": _close,
    "limit_gather": _limit_gathered,
    "limit_close": _limit_close,
}


def _count(connection: Any, counted: list[int]) -> None:
    """Count statements (COPY included, BEGIN and COMMIT not) of the run's own connection."""
    import psycopg

    class Counting(psycopg.Cursor[Any]):
        def execute(self, *args: Any, **kwargs: Any) -> Any:
            counted[0] += 1
            return super().execute(*args, **kwargs)

        def copy(self, *args: Any, **kwargs: Any) -> Any:
            counted[0] += 1
            return super().copy(*args, **kwargs)

    connection.cursor_factory = Counting


def _counter(counted: list[int]) -> Any:
    def wrapper(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        counted[0] += 1
        return execute(sql, params, many, context)

    return wrapper


def _postgres(backends: list[int]) -> float:
    """CPU seconds of these server processes; below zero where the server is on another machine."""
    total = 0
    for pid in backends:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return -1.0
        total += int(stat[11]) + int(stat[12])
    return total / _TICK


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
