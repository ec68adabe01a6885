"""The command `purveyor`."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from purveyor.infra import postgres, roles
from purveyor.interfaces.cli import begin, build, demo, documents, doubles, environment, ledger, renew
from purveyor.interfaces.cli.children import ChildrenError
from purveyor.interfaces.cli.progress import say

_REFUSALS = (
    postgres.PostgresError,
    roles.RightsError,
    demo.DemoError,
    build.BuildError,
    ChildrenError,
    ValueError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; a refusal is one sentence on standard error and exit code 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["manage"]:
        # Django's own options are Django's to read.
        return _manage(given[1:])
    options = _parser().parse_args(given)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except _REFUSALS as error:
        if os.environ.get("PURVEYOR_TRACE"):
            raise
        print(f"purveyor: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="purveyor",
        description="Software resold by the seat. Data lie in PURVEYOR_HOME (.purveyor), or where DATABASE_URL says.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, command: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.set_defaults(command=command)
        return found

    add("demo", lambda _: demo.run(), "build, start and fill everything, and keep it running until Ctrl-C")
    add("serve", _serve, "serve pages and API (gunicorn)").add_argument("--workers", type=int, default=2)
    add("work", _work, "run jobs: mails and everything else that follows a commit")
    doubles.add_options(
        add("double", doubles.run, "one of the services of others, on this machine; the demo's")
    )
    renew.add_options(add("renew", _renew, "renew all that is due until a day, or say what it would bill"))
    ledger.add_options(
        add("ledger", _ledger, "check the books: does every balance agree with what it is about")
    )
    documents.add_options(
        add("documents", _documents, "draw all documents of a period as PDFs into a folder")
    )
    begin.add_options(
        add("begin", _begin, "make the operator of a new installation and invite its first administrator")
    )
    add("migrate", _migrate, "bring the database's schema up to date")
    add("check", _check, "check settings, rights and migrations")
    add("build", _build, "build the stylesheet and the message catalogs")
    add("stop", _stop, "stop the embedded PostgreSQL")
    reset = add("reset", _reset, "delete all data of this installation, for ever")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("manage", help="any command of Django, e.g. `purveyor manage shell`")
    return parser


def _serve(options: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    command = [sys.executable, "-m", "gunicorn", "purveyor.config.wsgi:application", "--preload"]
    command += ["--workers", str(options.workers), "--worker-class", "sync", "--log-level", "warning"]
    command += ["--graceful-timeout", "8", "--no-control-socket"]
    for address in _addresses(environment.port()):
        command += ["--bind", address]
    if Path("/dev/shm").is_dir():  # noqa: S108  (heartbeat files that never touch a disk)
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    os.execv(sys.executable, command)  # noqa: S606  (the process becomes gunicorn, whose signals are its own)


def _addresses(port: int) -> list[str]:
    """`PURVEYOR_BIND`, by default this machine alone, by both kinds of address where it has both."""
    given = os.environ.get("PURVEYOR_BIND")
    if given:
        return [f"{given}:{port}"]
    addresses = [f"127.0.0.1:{port}"]
    if socket.has_ipv6:
        with socket.socket(socket.AF_INET6) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("::1", port))
                addresses.append(f"[::1]:{port}")
            except OSError:
                pass  # no such address here, and nothing is lost
    return addresses


def _work(_: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    import django
    from django.core.management import call_command

    django.setup()
    from purveyor.infra.scanner import Scanner

    scanner = Scanner()
    scanner.start()
    try:
        call_command("procrastinate", "worker", "--name=purveyor", "--shutdown-graceful-timeout=8")
    finally:
        scanner.stop()
    return 0


def _renew(options: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    return renew.run(options)


def _ledger(options: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    return ledger.run(options)


def _documents(options: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    return documents.run(options)


def _begin(options: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    return begin.run(options)


def _migrate(_: argparse.Namespace) -> int:
    environment.prepare()
    demo.migrate()
    say("The schema is up to date.")
    return 0


def _check(_: argparse.Namespace) -> int:
    environment.prepare()
    _refuse_excess_rights()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("check", deploy=os.environ["PURVEYOR_URL"].startswith("https://"))
    call_command("migrate", database="owner", check_unapplied=True, verbosity=1)
    return 0


def _build(_: argparse.Namespace) -> int:
    say(f"Built {build.build_stylesheet()}.")
    say(f"Compiled {build.compile_messages()} message catalogs.")
    return 0


def _stop(_: argparse.Namespace) -> int:
    say("Stopped." if postgres.Server(postgres.home_folder()).stop() else "It was not running.")
    return 0


def _reset(options: argparse.Namespace) -> int:
    home = postgres.home_folder()
    external = os.environ.get("DATABASE_URL")
    what = f"all data in {home}" + (" and in the database of DATABASE_URL" if external else "")
    if not options.yes and input(f"Delete {what}, for ever? Type yes: ").strip() != "yes":
        say("Nothing was deleted.")
        return 1
    with demo.only_one(home):
        if external:
            roles.empty(roles.ensure_database(home))
        postgres.Server(home).stop()
        _remove_home(home)
    say(f"Deleted {what}.")
    return 0


def _remove_home(home: Path) -> None:
    """Removes what this program makes in a home, and the folder itself if nothing else lies in it."""
    for name in ("pg", "static"):
        shutil.rmtree(home / name, ignore_errors=True)
    for pattern in ("pg.*", "demo*", "secret", "bench.json"):
        for path in home.glob(pattern):
            path.unlink(missing_ok=True)
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()


def _manage(arguments: list[str]) -> int:
    environment.prepare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["purveyor manage", *arguments])
    return 0


def _refuse_excess_rights() -> None:
    """Start-up refuses to serve as a superuser, a BYPASSRLS role or a table's owner."""
    import psycopg

    try:
        connection = psycopg.connect(os.environ["DATABASE_APP_URL"])
    except psycopg.OperationalError as error:
        name = roles.role_of(os.environ["DATABASE_APP_URL"])
        raise roles.RightsError(
            f"Cannot connect as {name}; give the role its password and set DATABASE_APP_URL: {str(error).strip()}"
        ) from error
    with connection:
        roles.refuse_excess_rights(connection)
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
