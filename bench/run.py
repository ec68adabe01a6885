"""The order of a run: load, record, fill, warm up, contest, pages, check, report."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench import house, load, pages, recorded, world
from bench.contest import CONTENDERS, JOBS, Contest, Plan, seats_agree
from bench.pages import Timed
from bench.raw import CLIENTS, Raw
from bench.recorded import Job
from bench.report import Figures, median, percentile, table
from bench.web import serving
from purveyor.infra import postgres
from purveyor.interfaces.cli.progress import say, step

# Limits of docs and issue: statements a call, and the share of the bare view that the product should reach.
LIMITS = {"assign": 8, "quote": 18, "order": 18, "list": 4}
SHARE = 2 / 3
PAGE_MS = 50.0
_NAMES = {"assign": "assign a seat", "quote": "quote a top-up", "order": "order it from the balance",
          "top_up": "top-up, both calls", "list": "list 50 subscriptions"}  # fmt: skip


def _plan() -> tuple[load.Size, Plan, int]:
    """How much is loaded, how much is called, and how many top-ups there are before."""
    calls = {"assign": 900, "quote": 300, "list": 900}
    bare = {"assign": 1200, "quote": 400, "list": 1500}
    raw = {"assign": 4000, "quote": 1000, "list": 6000}
    if os.environ.get("BENCH") == "full":
        return load.Size(50_000), Plan(9, _twice(calls), _twice(bare), _twice(raw)), 20_000
    return load.Size(10_000), Plan(5, calls, bare, raw), 2_000


def _twice(counts: dict[str, int]) -> dict[str, int]:
    return {name: 2 * count for name, count in counts.items()}


def run(home: Path) -> int:
    """Everything; returns the exit code: 1 when something is wrong, not when something is slow."""
    began = time.monotonic()
    size, plan, history = _plan()
    with step(f"Loading {size.customers:,} customers with {size.subscriptions:,} subscriptions"):
        made = world.build()
        with house.connected() as connection:
            counts = load.load(connection, made, size)
        _analyze()
    recorder = recorded.Recorder(made.key)
    jobs = recorder.record()
    with TemporaryDirectory(prefix="purveyor-bench-") as folder:
        saved = Path(folder) / "recorded.json"
        recorded.save(jobs, saved)
        raw = Raw(jobs, size, Path(folder))
        with step(f"Filling the books with {history:,} top-ups"):
            raw.run("quote", history // CLIENTS)
            raw.run("order", history // CLIENTS)
            _analyze()
        with (
            serving("purveyor.config.wsgi:application") as product_port,
            serving("bench.bare_view:application", BENCH_RECORDED=str(saved)) as bare_port,
        ):
            with step("Measuring pages"):
                timed = pages.measure(product_port, made, made.key)
            contest = Contest(product_port, bare_port, raw, made.key, size)
            with step(f"Measuring {', '.join(JOBS)} in turns"):
                contest.run(plan, lambda text: say(f"  {text}"))
    with house.connected() as connection:
        agreed = seats_agree(connection, made.resellers[0])
    figures = {job: {who: median(found[who]) for who in CONTENDERS} for job, found in contest.figures.items()}
    result = _result(counts, timed, figures, jobs, agreed)
    (home / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    say(_text(timed, figures, jobs, result["machine"]))
    say("" if agreed else "WRONG: seats, books or invoice numbers do not add up after the run.")
    say(f"Written to {home / 'bench.json'} after {time.monotonic() - began:.0f} s.")
    return 0 if agreed else 1


def _analyze() -> None:
    """Fresh statistics, and a checkpoint where we may: no round pays for what was loaded before it."""
    with psycopg.connect(house.url("owner"), autocommit=True) as connection:
        connection.execute("ANALYZE")
    embedded = postgres.Server(postgres.home_folder())
    if embedded.is_ready():
        with psycopg.connect(embedded.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


def _result(
    counts: dict[str, int],
    timed: list[Timed],
    figures: dict[str, dict[str, Figures]],
    jobs: dict[str, Job],
    agreed: bool,
) -> dict[str, Any]:
    calls = {}
    for job, found in figures.items():
        calls[job] = {
            who: {
                "per_second": round(found[who].rate, 1),
                "p50_ms": _at(found[who], 0.5),
                "p99_ms": _at(found[who], 0.99),
            }
            for who in CONTENDERS
        } | {
            "share_of_bare": round(found["product"].rate / found["bare"].rate, 3),
            "share_of_raw": round(found["product"].rate / found["raw"].rate, 3),
            "statements": jobs[job].count if job in jobs else jobs["quote"].count + jobs["order"].count,
        }
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": house.machine(),
        "rows": counts,
        "pages": [asdict(one) for one in timed],
        "calls": calls,
        "adds_up": agreed,
    }


def _at(found: Figures, share: float) -> float | None:
    return round(percentile(found.times_ms, share), 2) if found.times_ms else None


def _text(
    timed: list[Timed], figures: dict[str, dict[str, Figures]], jobs: dict[str, Job], machine: dict[str, Any]
) -> str:
    page_rows = [
        (one.name, f"{one.median_ms:.1f}", f"{one.p99_ms:.1f}", str(one.statements), str(one.kilobytes),
         "yes" if one.median_ms < PAGE_MS else "NO")
        for one in timed
    ]  # fmt: skip
    call_rows = []
    for job, found in figures.items():
        product, bare, raw = (found[who] for who in CONTENDERS)
        share = product.rate / bare.rate
        count = str(jobs[job].count) if job in jobs else str(jobs["quote"].count + jobs["order"].count)
        limit = f"<= {LIMITS[job]}" if job in LIMITS else ""
        call_rows.append(
            (_NAMES[job], f"{product.rate:.0f}", f"{bare.rate:.0f}", f"{raw.rate:.0f}", f"{share:.2f}",
             "yes" if share >= SHARE else "no", _p99(product), _p99(bare), _p99(raw), count, limit)
        )  # fmt: skip
    return "\n".join(
        [
            "",
            f"{machine['cores']} cores ({machine['cpu']}), PostgreSQL {machine['postgresql']},"
            f" Python {machine['python']}, "
            + ", ".join(f"{name} {machine['settings'][name]}" for name in ("fsync", "synchronous_commit")),
            "",
            "Pages, one caller at a time over HTTP (ms)",
            table(("page", "median", "p99", "statements", "kB", f"< {PAGE_MS:.0f} ms"), page_rows),
            "",
            "Calls a second, four clients: the product, a bare Django view with its SQL, pgbench with its SQL",
            table(
                ("call", "product", "bare", "pgbench", "of bare", ">= 2/3", "p99 ms", "bare p99", "pgbench p99",
                 "statements", "limit"),
                call_rows,
            ),
        ]
    )  # fmt: skip


def _p99(found: Figures) -> str:
    return f"{percentile(found.times_ms, 0.99):.1f}" if found.times_ms else ""
