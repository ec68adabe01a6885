"""The bench's own home and database: never the demo's, never one that somebody works in."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from purveyor.infra import postgres, roles
from purveyor.interfaces.cli import environment


@contextmanager
def opened() -> Iterator[Path]:
    """Start the bench's database below `PURVEYOR_HOME`, empty and migrated; yields where `bench.json` goes.

    With `DATABASE_URL` another database of that server is used, its name ending in `_bench`. The embedded
    server is stopped again if this call started it.
    """
    outer = postgres.home_folder()
    home = outer / "bench"
    os.environ["PURVEYOR_HOME"] = str(home)
    os.environ["PURVEYOR_SANDBOX"] = "1"
    # Console pages are asked for many times by one person; nothing here is about locking out guessers.
    os.environ["PURVEYOR_NO_RATE_LIMITS"] = "1"
    given = os.environ.get("DATABASE_URL")
    started = False
    server = postgres.Server(home)
    if given:
        name = f"{conninfo_to_dict(given).get('dbname') or roles.DATABASE}_bench"
        os.environ["DATABASE_URL"] = roles.database_url(given, name)
    else:
        started = server.start()
    try:
        _start_empty()
        environment.prepare()
        yield outer
    finally:
        _close()
        if started:
            server.stop()


def _start_empty() -> None:
    """Drop what an earlier run left: every run measures the same data."""
    roles.empty(roles.ensure_database(postgres.home_folder()))


def _close() -> None:
    from django.db import connections

    connections.close_all()


@contextmanager
def connected(role: str = "run") -> Iterator[psycopg.Connection[Any]]:
    """A connection of the bench's database: `run`, `app` or `owner`."""
    with psycopg.connect(url(role)) as connection:
        yield connection


def url(role: str) -> str:
    """Where a role connects."""
    names = {"run": "DATABASE_RUN_URL", "app": "DATABASE_APP_URL", "owner": "DATABASE_URL"}
    return os.environ[names[role]]


def machine() -> dict[str, Any]:
    """What this was measured on."""
    with connected() as connection:
        server = connection.info.server_version
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN"
            " ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'wal_sync_method')"
        ).fetchall()
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "cpu": _cpu(),
        "python": platform.python_version(),
        "postgresql": f"{server // 10000}.{server % 10000}",
        "settings": dict(rows),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
