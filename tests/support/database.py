"""Databases for tests: one server a run, one migrated template, a fresh copy for every test module."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from purveyor.infra import roles
from purveyor.infra.postgres import Server

ROOT = Path(__file__).resolve().parents[2]
# Durability off: a test database that does not survive a power cut is a new one next time.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
TEMPLATE = "purveyor_template"


def run_folder(run: str) -> Path:
    """The folder that all workers of one test run share."""
    return Path(tempfile.gettempdir()) / f"purveyor-test-{run}"


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time works inside."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class TestServer:
    """The server of a run: the embedded one in the run's folder, or the one that `DATABASE_URL` names."""

    __test__ = False

    def __init__(self, run: str) -> None:
        self.run = run
        self.folder = run_folder(run)
        self.given = os.environ.get("PURVEYOR_TEST_DATABASE_URL") or ""
        digest = hashlib.sha256(run.encode()).hexdigest()[:8]
        self.template = f"{TEMPLATE}_{digest}"

    def ensure(self) -> roles.DatabaseUrls:
        """Starts the server and migrates the template, whichever worker comes first."""
        self.folder.mkdir(mode=0o711, exist_ok=True)
        with locked(self.folder / "lock"):
            urls = self._template_urls()
            ready = self.folder / "migrated"
            if not ready.exists():
                _migrate(urls)
                ready.touch()
        return urls

    def _template_urls(self) -> roles.DatabaseUrls:
        if self.given:
            return roles.prepare(roles.database_url(self.given, self.template))
        server = Server(self.folder, FAST)
        server.start()
        return roles.prepare(server.url(database=self.template))

    def clone(self, urls: roles.DatabaseUrls, name: str) -> roles.DatabaseUrls:
        """A fresh database, copied from the template."""
        admin = urls.superuser or urls.owner
        # PostgreSQL copies a template only while nobody is connected to it, so one copy at a time.
        with locked(self.folder / "lock"), _maintenance(admin) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name),
                    sql.Identifier(self.template),
                    sql.Identifier(roles.role_of(urls.owner)),
                )
            )
        superuser = roles.database_url(urls.superuser, name) if urls.superuser else None
        owner, app, run = (roles.database_url(url, name) for url in (urls.owner, urls.app, urls.run))
        return roles.DatabaseUrls(owner, app, run, superuser)

    def drop(self, urls: roles.DatabaseUrls, name: str) -> None:
        """Removes a copy, with whatever is still connected to it."""
        with _maintenance(urls.superuser or urls.owner) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def end(self) -> None:
        """Stops what `ensure` started and removes the run's folder."""
        if self.given:
            url = roles.database_url(self.given, self.template)
            with _maintenance(url) as connection:
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(self.template))
                )
        else:
            Server(self.folder, FAST).stop()
            shutil.rmtree(Server(self.folder).socket_folder, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def _maintenance(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(roles.database_url(url, "postgres"), autocommit=True) as connection:
        yield connection


def _migrate(urls: roles.DatabaseUrls) -> None:
    from django.core.management import call_command
    from django.db import connections

    with patched(urls):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        connections.close_all()


@contextlib.contextmanager
def patched(urls: roles.DatabaseUrls) -> Iterator[None]:
    """Points Django's three connections, in this process and in those it starts, to these addresses."""
    from django.db import connections

    from purveyor.config.settings import database

    pairs = {"default": urls.app, "run": urls.run, "owner": urls.owner}
    before = {alias: dict(connections.databases[alias]) for alias in pairs}
    environment = {name: os.environ.get(name) for name in urls.environment()}
    connections.close_all()
    for alias, url in pairs.items():
        connections.databases[alias].update(database(url))
        _forget(alias)
    os.environ.update(urls.environment())
    try:
        yield
    finally:
        connections.close_all()
        for alias, old in before.items():
            connections.databases[alias].clear()
            connections.databases[alias].update(old)
            _forget(alias)
        for name, value in environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _forget(alias: str) -> None:
    """Drops this thread's connection object, whose settings are those of the database before."""
    from django.db import connections

    with contextlib.suppress(AttributeError):
        del connections[alias]
