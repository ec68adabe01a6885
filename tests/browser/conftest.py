"""A browser for the run, and for each module the real site on the module's own database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from purveyor.interfaces.cli import build
from tests.browser.live import Site, serve
from tests.support.database import TestServer, locked
from tests.support.world import World, build_world
from tools import browser as chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, started once."""
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.what_to_run(), pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def _built(database_server: TestServer) -> None:
    """Stylesheet and catalogs as the sources are now, built by the first worker of the run that needs them."""
    database_server.ensure()
    with locked(database_server.folder / "build"):
        done = database_server.folder / "built"
        if not done.exists():
            build.build_stylesheet()
            build.compile_messages()
            done.touch()


@pytest.fixture(scope="module")
def site(_built: None, db: object, browser: Browser) -> Iterator[Site]:
    """The site of this module, on an empty database."""
    with serve(browser) as running:
        yield running


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    """The operator, two resellers and their customers, made by commands."""
    return build_world()


@pytest.fixture(autouse=True)
def _silent_consoles(request: pytest.FixtureRequest) -> Iterator[None]:
    """No page logs an error, nor asks for what the content security policy refuses."""
    yield
    if "site" in request.fixturenames:
        site: Site = request.getfixturevalue("site")
        complaints, site.complaints = site.complaints, []
        assert complaints == []
