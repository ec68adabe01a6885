"""What every test may count on. Plain pytest: real databases, real commits, nothing rolled back behind the scenes.

Fixtures: `db` (a migrated database of the module's own, with Django's connections on it), `urls` (its addresses),
`drain` (runs all pending jobs), `mailbox` (mails handed to Django), `client_for` is a room's or edge's own affair.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT)) if path not in sys.path]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
os.environ["PURVEYOR_SANDBOX"] = "1"
os.environ.setdefault("PURVEYOR_NO_RATE_LIMITS", "1")
# Somebody's own database is a place to make test databases in; nothing may reach its own tables by accident.
for _name in ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_RUN_URL"):
    _value = os.environ.pop(_name, None)
    if _value and _name == "DATABASE_URL":
        os.environ["PURVEYOR_TEST_DATABASE_URL"] = _value

# Playwright's synchronous interface runs a loop in the test's thread; Django must not mistake it for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import django  # noqa: E402  (after the environment that its settings read)

# The pure rules' tests run even while an app does not load; the first test that needs Django says why it does not.
_setup_error: Exception | None = None
try:
    django.setup()
except Exception as error:  # noqa: BLE001  (raised again by the fixture `database_server`)
    _setup_error = error

from django.core import mail  # noqa: E402
from django.test.utils import setup_test_environment, teardown_test_environment  # noqa: E402

from purveyor.infra.roles import DatabaseUrls  # noqa: E402
from tests.support.database import TestServer, patched  # noqa: E402
from tests.support.jobs import run_pending_jobs  # noqa: E402


def _run_id(config: pytest.Config) -> str:
    """The same in every worker of a run; the controller makes it."""
    if hasattr(config, "workerinput"):
        return str(config.workerinput["testrunuid"])
    found: str | None = getattr(config, "purveyor_run", None)
    if found is None:
        plugin = config.pluginmanager.get_plugin("dsession")
        found = getattr(getattr(plugin, "nodemanager", None), "testrunuid", None) or uuid.uuid4().hex
        config.purveyor_run = found  # type: ignore[attr-defined]  # pytest's own place for a plugin's state
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright leaves a running event loop in the thread, and jobs need a thread without.

    Holds in parallel runs too, because these keep this order (`--no-loadscope-reorder`).
    """
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller, last to leave, stops the server."""
    run = None
    if not hasattr(config, "workerinput"):
        run = getattr(config, "purveyor_run", None) or getattr(
            getattr(config.pluginmanager.get_plugin("dsession"), "nodemanager", None), "testrunuid", None
        )
    if run and TestServer(run).folder.exists():
        TestServer(run).end()


@pytest.fixture(scope="session", autouse=True)
def _django_test_environment() -> Iterator[None]:
    setup_test_environment(debug=False)
    yield
    teardown_test_environment()


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> TestServer:
    """The run's PostgreSQL, with a migrated template in it."""
    if _setup_error is not None:
        raise _setup_error
    return TestServer(_run_id(request.config))


@pytest.fixture(scope="session")
def _template(database_server: TestServer) -> DatabaseUrls:
    return database_server.ensure()


@pytest.fixture(scope="module")
def urls(database_server: TestServer, _template: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """Addresses of a fresh database that this module has for itself; Django's connections are on it."""
    name = f"t_{uuid.uuid4().hex[:16]}"
    mine = database_server.clone(_template, name)
    try:
        with patched(mine):
            yield mine
    finally:
        database_server.drop(_template, name)


@pytest.fixture(scope="module")
def db(urls: DatabaseUrls) -> DatabaseUrls:
    """Asks for the module's database where the addresses themselves are not needed."""
    return urls


@pytest.fixture
def drain(db: DatabaseUrls) -> Callable[[], int]:
    """Runs all pending jobs as the worker would, in this process, and says how many it ran."""
    return run_pending_jobs


@pytest.fixture
def mailbox() -> list[mail.EmailMessage]:
    """The mails handed to Django since the test began."""
    mail.outbox = []
    return mail.outbox
