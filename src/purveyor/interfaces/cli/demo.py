"""`purveyor demo`: everything in one command, with a world to try it in."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from purveyor.infra import postgres, roles
from purveyor.interfaces.cli import build, doubles, environment
from purveyor.interfaces.cli.children import Children
from purveyor.interfaces.cli.progress import Bar, say, step

_WEB_SECONDS = 30.0


class DemoError(RuntimeError):
    """The demo cannot run; the message is one sentence."""


class _Stop(Exception):
    """Somebody asked the demo to end."""


def run() -> int:
    """Builds, starts and fills everything, then keeps it running until Ctrl-C or SIGTERM."""
    began = time.monotonic()
    home = postgres.home_folder()
    port = environment.port()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_one(home), _signals_stop():
        _refuse_taken_port(port)
        (home / "demo.json").unlink(missing_ok=True)
        children = Children()
        try:
            _start(home, children)
            actors = _world(home)
            children.add("worker", "work")
            _write_private(home / "demo.json", _description(actors))
            _greet(actors, home, time.monotonic() - began)
            while True:
                children.check()
                time.sleep(0.5)
        except _Stop:
            say("\nStopping ...")
        finally:
            # A second Ctrl-C must not leave half of it running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            children.stop()
            _stop_database(home)
        say("Stopped.")
    return 0


def _start(home: Path, children: Children) -> None:
    """Everything up to the first answer of the web server."""
    os.environ["PURVEYOR_SANDBOX"] = "1"
    with step("Building the stylesheet and the message catalogs"):
        build.build_stylesheet()
        build.compile_messages()
        build.compile_code()
    with step(f"Starting the database in {home}"):
        if not os.environ.get("DATABASE_URL") and postgres.Server(home).start():
            # Remembered across a kill, so that the next demo knows that this server is its own to stop.
            (home / "pg.by-demo").touch()
        _forget_half_made_world(home)
        environment.prepare()
    # Before anything reads the settings: the world that is loaded asks them too.
    doubles.start(children)
    with step("Migrating"):
        migrate()
    with step("Starting the web server"):
        children.add("web", "serve")
        _wait_for_web(children)
    say(f"Serving at {os.environ['PURVEYOR_URL']}")


def migrate() -> None:
    """Brings the schema up to date, as its owner."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()


def _world(home: Path) -> dict[str, dict[str, str]]:
    """Loads the demo world, or finds it; returns the logins by actor."""
    saved = home / "demo-world.json"
    identity = _database_identity()
    if saved.exists():
        found = json.loads(saved.read_text())
        if found["database"] == identity:
            say("The demo world is there already.")
            actors: dict[str, dict[str, str]] = found["actors"]
            return actors
    from purveyor.interfaces.cli import demo_world

    loading = home / "demo-world.loading"
    loading.touch()
    with step("Loading the demo world: a year of business"):
        actors = demo_world.load(progress=Bar())
    _write_private(saved, {"database": identity, "actors": actors})
    loading.unlink()
    return actors


def _forget_half_made_world(home: Path) -> None:
    """A world whose loading was interrupted is made anew: it holds nothing that a person entered."""
    loading = home / "demo-world.loading"
    if not loading.exists():
        return
    if os.environ.get("DATABASE_URL"):
        raise DemoError(
            "The demo world was interrupted while it was made; run `make demo-reset` to begin anew."
        )
    say("The demo world was interrupted while it was made; making it anew.")
    import psycopg

    with psycopg.connect(postgres.Server(home).url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {roles.DATABASE} WITH (FORCE)")
    loading.unlink()


def _database_identity() -> str:
    """The same for the same database only, so that logins are never shown for another one."""
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' || oid"
            " FROM pg_database WHERE datname = current_database()"
        )
        identity = str(cursor.fetchone()[0])
    connections["default"].close()
    return identity


def _description(actors: dict[str, dict[str, str]]) -> dict[str, Any]:
    url = os.environ["PURVEYOR_URL"]
    return {"url": url, "api_url": f"{url}/api/v1", "actors": actors}


def _greet(actors: dict[str, dict[str, str]], home: Path, seconds: float) -> None:
    say(f"\nReady in {seconds:.0f} s: {os.environ['PURVEYOR_URL']}\n")
    width = max((len(actor.get("email", "")) for actor in actors.values()), default=0)
    for name, actor in actors.items():
        say(f"  {name.replace('_', ' '):<16} {actor.get('email', ''):<{width}}  {actor.get('password', '')}")
    say(
        f"\nThe same, with API keys: {home / 'demo.json'}\nCtrl-C stops everything; `make demo-reset` begins anew."
    )


def _wait_for_web(children: Children) -> None:
    url = f"http://127.0.0.1:{environment.port()}/"
    deadline = time.monotonic() + _WEB_SECONDS
    while time.monotonic() < deadline:
        children.check()
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return  # it answers; which page it shows is not this check's affair
            raise DemoError(
                f"The web server answers {url} with {error.code}; its reason stands above."
            ) from error
        except OSError:
            time.sleep(0.1)
    raise DemoError(f"The web server did not answer at {url} within {_WEB_SECONDS:.0f} s.")


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"Port {port} is in use; stop what uses it or choose another with PURVEYOR_PORT=8001."
            ) from error


def _stop_database(home: Path) -> None:
    mark = home / "pg.by-demo"
    if mark.exists():
        postgres.Server(home).stop()
        mark.unlink()


def _write_private(path: Path, content: object) -> None:
    """Whole or not at all, and readable by its owner only: it holds passwords."""
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    new.replace(path)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Holds the home for one launcher; raises `DemoError` where another holds it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError(
                f"A demo runs in {home} already; stop it or set another PURVEYOR_HOME."
            ) from error
        yield


@contextmanager
def _signals_stop() -> Iterator[None]:
    def stop(*_: object) -> NoReturn:
        raise _Stop

    before = {
        number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
