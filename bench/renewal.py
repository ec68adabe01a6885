"""The renewal run against its limit: rounds in turns on one database, each a year later than the one before."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bench import house, renewal_data, world
from bench.report import table
from purveyor.infra import postgres
from purveyor.interfaces.cli.progress import say, step

# What issue and docs ask for.
SHARE, MEMORY_MB, STATEMENTS, TWO_WORKERS = 0.6, 200, 30, 1.5
# What the consolidated run is measured by, in this order: the limit's two parts, then ours.
_GATHERED = ("limit_gather", "limit_close", "gather", "close")
ROUNDS = {10_000: 3, 100_000: 1, 1_000_000: 1}


def sizes() -> list[int]:
    """How many are due: 10,000 and 100,000, with `BENCH=full` a million too; or as `BENCH_DUE` says."""
    given = os.environ.get("BENCH_DUE")
    if given:
        return [int(part) for part in given.split()]
    return [10_000, 100_000, *([1_000_000] if os.environ.get("BENCH") == "full" else [])]


def run(home: Path) -> int:
    """Measure, print, and put the figures into `bench.json` beside what is there."""
    began = time.monotonic()
    results = []
    wrong = False
    made = world.build()
    for size in sizes():
        with step(f"Loading {size:,} subscriptions that are due"), house.connected() as connection:
            _forget(connection)
            renewal_data.fill(connection, made, size, first=sum(sizes()[: sizes().index(size)]))
        result, fine = _measure(size, warm=bool(results))
        with house.connected() as connection:
            renewal_data.gather(connection, made)
        # After all rounds of the others: their years are over.
        result["consolidated"], gathered = _measure_gathered(
            size, first=result.pop("years") + 1, warm=bool(results)
        )
        wrong = wrong or not fine or not gathered
        results.append(result)
        say(_text(results, house.machine()))
    _keep(home / "bench.json", results)
    say("WRONG: rows, books or numbers do not add up after the run." if wrong else "")
    say(f"Written to {home / 'bench.json'} after {time.monotonic() - began:.0f} s.")
    return 1 if wrong else 0


def _forget(connection: psycopg.Connection[Any]) -> None:
    """The next size begins with no subscription, nobody gathers; invoices and books of the sizes before stay."""
    connection.execute("UPDATE parties_resellerprofile SET billing_mode = 'at_once'")
    connection.execute("UPDATE subscriptions_subscription SET due_at = NULL, search_key = ''")
    connection.commit()


def _measure(size: int, *, warm: bool) -> tuple[dict[str, Any], bool]:
    rounds = ROUNDS.get(size, 1)
    figures: dict[str, list[dict[str, Any]]] = {"limit": [], "run": [], "two": []}
    year, fine, rows = 1, True, {}
    with step(f"Renewing {size:,} in turns: the limit, the run, the run with two workers"):
        # The first two of all are thrown away: the tables have rows then, and fresh statistics.
        thrown_away = [] if warm else [("limit", False), ("run", False)]
        for what, kept in [
            *thrown_away,
            *[(w, True) for _ in range(rounds) for w in figures],
        ]:
            _settle()
            before = _counts()
            found = _round(["run", "run"] if what == "two" else [what], year)
            rows[what] = {name: count - before[name] for name, count in _counts().items()}
            fine = fine and found["done"] == size
            if kept:
                figures[what].append(found)
                say(f"  {what}: {size / found['seconds']:,.0f} a second")
            year += 1
    # The number of jobs differs with the number of chunks, whose ends two workers share differently.
    for counts in rows.values():
        counts.pop("procrastinate_jobs")
    with house.connected() as connection:
        fine = fine and renewal_data.agreed(connection) and rows["limit"] == rows["run"] == rows["two"]
    return {**_result(size, figures), "years": year - 1}, fine


def _measure_gathered(size: int, *, first: int, warm: bool) -> tuple[dict[str, Any], bool]:
    """The same with one invoice a month: all renewals put on account, then each account closed into its invoice."""
    figures: dict[str, list[dict[str, Any]]] = {one: [] for one in _GATHERED}
    year, fine, rows = first, True, {}
    rounds = ROUNDS.get(size, 1)
    with step(f"Renewing {size:,} on account and closing the accounts, in turns with the limit"):
        for kept in [*([] if warm else [False]), *[True] * rounds]:
            for put, close in (_GATHERED[:2], _GATHERED[2:]):
                _settle()
                before = _counts()
                for what in (put, close):
                    found = _round([what], year)
                    fine = fine and found["done"] == size
                    if kept:
                        figures[what].append(found)
                        python, server = (1e6 * found[name] / size for name in ("python_s", "postgres_s"))
                        say(f"  {what}: {size / found['seconds']:,.0f} a second;"
                            f" {python:.0f} us in Python, {server:.0f} in PostgreSQL")  # fmt: skip
                rows[put] = {name: count - before[name] for name, count in _counts().items()}
                rows[put].pop("procrastinate_jobs")
                year += 1
    with house.connected() as connection:
        agreed = renewal_data.agreed(connection)
    if not agreed or rows["limit_gather"] != rows["gather"]:
        say(f"  limit {rows['limit_gather']}\n  run {rows['gather']}\n  agreed {agreed}")
        fine = False
    return _consolidated(size, figures), fine


def _consolidated(size: int, figures: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    def middle(what: str, name: str) -> float:
        return statistics.median(one[name] for one in figures[what])

    def both(name: str, put: str = "gather", close: str = "close") -> float:
        return middle(put, name) + middle(close, name)

    def ratio(ours: Sequence[str], limits: Sequence[str]) -> float:
        turns = zip(*(figures[one] for one in (*limits, *ours)), strict=True)
        half = len(limits)
        shares = [
            sum(one["seconds"] for one in turn[:half]) / sum(one["seconds"] for one in turn[half:])
            for turn in turns
        ]
        return round(statistics.median(shares), 3)

    limits = {"put": "limit_gather", "close": "limit_close"}
    return {
        "n": size,
        "limit_per_s": round(size / both("seconds", **limits)),
        "per_s": round(size / both("seconds")),
        "ratio": ratio(("gather", "close"), ("limit_gather", "limit_close")),
        "limit_run_per_s": round(size / middle("limit_gather", "seconds")),
        "run_per_s": round(size / middle("gather", "seconds")),
        "run_ratio": ratio(("gather",), ("limit_gather",)),
        "limit_close_per_s": round(size / middle("limit_close", "seconds")),
        "close_per_s": round(size / middle("close", "seconds")),
        "close_ratio": ratio(("close",), ("limit_close",)),
        "python_cpu_us": round(1_000_000 * both("python_s") / size, 1),
        "postgres_cpu_us": round(1_000_000 * both("postgres_s") / size, 1),
        "limit_python_cpu_us": round(1_000_000 * both("python_s", **limits) / size, 1),
        "limit_postgres_cpu_us": round(1_000_000 * both("postgres_s", **limits) / size, 1),
        "peak_mb": round(max(one["peak_mb"] for what in ("gather", "close") for one in figures[what])),
        "statements_per_1000": round(1000 * both("statements") / size, 1),
    }


def _counts() -> dict[str, int]:
    with house.connected() as connection:
        return renewal_data.counted(connection)


def _settle() -> None:
    """Fresh statistics, no dead rows, nothing of the round before left to write out."""
    with psycopg.connect(house.url("owner"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    embedded = postgres.Server(postgres.home_folder())
    if embedded.is_ready():
        with psycopg.connect(embedded.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


def _round(what: Sequence[str], year: int) -> dict[str, Any]:
    """One round by as many workers at once; the time is that of the slowest, from a common start."""
    command = [sys.executable, "-m", "bench.renewal_worker"]
    workers = [
        subprocess.Popen([*command, one, str(year)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for one in what
    ]
    found = []
    try:
        for worker in workers:
            assert worker.stdout is not None
            if worker.stdout.readline().strip() != "ready":
                raise RuntimeError("a worker did not start")
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            assert worker.stdout is not None
            found.append(json.loads(worker.stdout.readline()))
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    return {
        "done": sum(one["done"] for one in found),
        "seconds": max(one["seconds"] for one in found),
        "python_s": sum(one["python_s"] for one in found),
        "postgres_s": sum(one["postgres_s"] or 0.0 for one in found),
        "peak_mb": max(one["peak_mb"] for one in found),
        "statements": sum(one["statements"] for one in found),
    }


def _result(size: int, figures: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    def middle(what: str, name: str) -> float:
        return statistics.median(one[name] for one in figures[what])

    def rate(what: str) -> float:
        return size / middle(what, "seconds")

    def cpu(what: str, name: str) -> float:
        return round(1_000_000 * middle(what, name) / size, 1)

    # Each run is compared with the limit of its own turn: the machine's mood is the same for both.
    ratios = [
        limit["seconds"] / run["seconds"] for limit, run in zip(figures["limit"], figures["run"], strict=True)
    ]
    return {
        "n": size,
        "limit_per_s": round(rate("limit")),
        "run_per_s": round(rate("run")),
        "ratio": round(statistics.median(ratios), 3),
        "python_cpu_us": cpu("run", "python_s"),
        "postgres_cpu_us": cpu("run", "postgres_s"),
        "limit_python_cpu_us": cpu("limit", "python_s"),
        "limit_postgres_cpu_us": cpu("limit", "postgres_s"),
        "peak_mb": round(max(one["peak_mb"] for one in figures["run"])),
        "statements_per_1000": round(1000 * middle("run", "statements") / size, 1),
        "two_workers_per_s": round(rate("two")),
        "two_workers": round(rate("two") / rate("run"), 2),
    }


def _text(results: list[dict[str, Any]], machine: dict[str, Any]) -> str:
    head = ("due", "limit/s", "run/s", "of limit", f">= {SHARE}", "Python us", "PostgreSQL us", "limit us (Py, PG)",
            "peak MB", f"< {MEMORY_MB}", "stmts/1000", f"<= {STATEMENTS}", "two workers/s", "times one",
            f">= {TWO_WORKERS}")  # fmt: skip
    rows = [
        (f"{one['n']:,}", f"{one['limit_per_s']:,}", f"{one['run_per_s']:,}", f"{one['ratio']:.2f}",
         _yes(one["ratio"] >= SHARE), f"{one['python_cpu_us']:.0f}", f"{one['postgres_cpu_us']:.0f}",
         f"{one['limit_python_cpu_us']:.0f}, {one['limit_postgres_cpu_us']:.0f}", str(one["peak_mb"]),
         _yes(one["peak_mb"] < MEMORY_MB), f"{one['statements_per_1000']:.1f}",
         _yes(one["statements_per_1000"] <= STATEMENTS), f"{one['two_workers_per_s']:,}", f"{one['two_workers']:.2f}",
         _yes(one["two_workers"] >= TWO_WORKERS))
        for one in results
    ]  # fmt: skip
    settings = ", ".join(f"{name} {machine['settings'][name]}" for name in ("fsync", "synchronous_commit"))
    return "\n".join(
        [
            "",
            f"The renewal run, one invoice a subscription; {machine['cores']} cores ({machine['cpu']}),"
            f" PostgreSQL {machine['postgresql']}, Python {machine['python']}, {settings}",
            table(head, rows),
            "The run, consolidated: one line on account a subscription, then one invoice a reseller (lines a second)",
            _text_gathered([one["consolidated"] for one in results]),
        ]
    )


def _text_gathered(results: list[dict[str, Any]]) -> str:
    head = ("due", "limit/s", "both/s", "of limit", f">= {SHARE}", "run/s", "of limit", "close/s", "of limit",
            "Python us", "PostgreSQL us", "limit us (Py, PG)", "peak MB", f"< {MEMORY_MB}", "stmts/1000",
            f"<= {STATEMENTS}")  # fmt: skip
    rows = [
        (f"{one['n']:,}", f"{one['limit_per_s']:,}", f"{one['per_s']:,}", f"{one['ratio']:.2f}",
         _yes(one["ratio"] >= SHARE), f"{one['run_per_s']:,}", f"{one['run_ratio']:.2f}", f"{one['close_per_s']:,}",
         f"{one['close_ratio']:.2f}", f"{one['python_cpu_us']:.0f}", f"{one['postgres_cpu_us']:.0f}",
         f"{one['limit_python_cpu_us']:.0f}, {one['limit_postgres_cpu_us']:.0f}", str(one["peak_mb"]),
         _yes(one["peak_mb"] < MEMORY_MB), f"{one['statements_per_1000']:.1f}",
         _yes(one["statements_per_1000"] <= STATEMENTS))
        for one in results
    ]  # fmt: skip
    return table(head, rows)


def _yes(reached: bool) -> str:
    return "yes" if reached else "NO"


def _keep(path: Path, results: list[dict[str, Any]]) -> None:
    """The largest size under `renewal`, all of them under `renewal_sizes`."""
    found = json.loads(path.read_text()) if path.exists() else {}
    found["renewal"] = results[-1]
    found["renewal_sizes"] = results
    found.setdefault("machine", house.machine())
    path.write_text(json.dumps(found, indent=1) + "\n")
