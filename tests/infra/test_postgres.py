"""The embedded server: starts once, survives being killed, never touches data."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from purveyor.infra.postgres import PostgresError, Server

# Durable as in production, so that a kill may lose nothing that was committed.
SMALL = {"shared_buffers": "32MB"}
# Longer than any socket's path may be: the socket moves elsewhere, the data stay.
LONG = "a-folder-with-a-long-name/" * 5


@pytest.fixture(params=["short", LONG], ids=["short", "long"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / request.param / "home", SMALL)
    try:
        yield found
    finally:
        found.stop()


def _pid(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_two_starts_at_once_start_one_server(server: Server) -> None:
    with ThreadPoolExecutor(2) as pool:
        started = list(pool.map(lambda _: Server(server.home, SMALL).start(), range(2)))
    assert sorted(started) == [False, True]
    assert server.is_ready()
    assert server.stop()
    assert not server.stop()


def test_a_killed_server_starts_again_with_its_data(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (a int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    os.kill(_pid(server), signal.SIGKILL)
    assert server.start()
    # The number of a killed server may have gone to another program: here, to this very test.
    killed = _pid(server)
    os.kill(killed, signal.SIGKILL)
    for file in (server.data / "postmaster.pid", server.socket_folder / ".s.PGSQL.5432.lock"):
        file.write_text(file.read_text().replace(str(killed), str(os.getpid()), 1))
    assert server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT a FROM kept").fetchone() == (7,)


def test_only_its_own_user_reaches_the_socket(server: Server) -> None:
    server.start()
    assert (server.socket_folder / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "letter.txt").write_text("mine")
    with pytest.raises(PostgresError, match="holds no PostgreSQL database"):
        Server(tmp_path, SMALL).start()
    assert (tmp_path / "pg" / "letter.txt").read_text() == "mine"


def test_durability_is_on_unless_told_otherwise(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        with psycopg.connect(server.url()) as connection:
            found = [
                connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")
            ]  # type: ignore[arg-type]  # two fixed names
        assert found == [("on",), ("on",)]
    finally:
        server.stop()
