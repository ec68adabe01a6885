"""The real application behind a port of this machine, and people who look at it with a real browser."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError

from purveyor.infra import tx
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from tests.support.jobs import run_pending_jobs

PASSWORD = "correct horse battery staple"
SCREENSHOTS = Path(__file__).parent / "screenshots"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
SYSTEM = system_actor()
# A refused form is answered with 422 and a link that is over with 410; the browser reports either as an error. htmx
# reports that somebody went on before its answer came.
EXPECTED = re.compile(
    r"Failed to load resource: the server responded with a status of (422|410) |htmx:(afterRequest|sendAbort)\b"
)


class _QuietHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class _Server(ThreadedWSGIServer):
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the middle of an answer is no fault."""


class Site:
    """A running site. ``complaints`` gathers what browsers said on their consoles; a test may expect none."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url = url
        self.browser = browser
        self.complaints: list[str] = []

    @contextmanager
    def visitor(self, language: str = "en", **options: Any) -> Iterator[Page]:
        """Somebody with a browser of the own, not signed in, whose browser asks for a language."""
        context = self.context(language, **options)
        try:
            yield context.new_page()
        finally:
            context.close()

    def context(self, language: str = "en", **options: Any) -> BrowserContext:
        """A browser of the own: cookies, cache, and the console that is listened to."""
        context = self.browser.new_context(
            base_url=self.url, **{"locale": language, "viewport": WIDE, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(15_000)
        context.on("console", self._heard)
        context.on("weberror", self._failed)
        return context

    def enter(self, context: BrowserContext, email: str) -> None:
        """Sign in without the form, for tests that are not about signing in."""
        client = Client()
        client.force_login(get_user_model().objects.get(email=email))
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": self.url}
                for name, morsel in client.cookies.items()
            ]
        )

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.match(message.text):
            page = message.page.url if message.page else ""
            self.complaints.append(f"{page.removeprefix(self.url)}: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"{error.page.url if error.page else ''}: {error.error}")


@contextmanager
def serve(browser: Browser) -> Iterator[Site]:
    """Serve the application on the database that Django is connected to, at http://localhost:<free port>."""
    from purveyor.config.wsgi import application  # noqa: PLC0415  (checks the database's rights when it is read)

    server = _Server(("localhost", 0), _QuietHandler)
    server.set_app(application)
    url = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        with override_settings(BASE_URL=url):
            yield Site(url, browser)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
        connections.close_all()


def employ(organization: Organization, email: str, *, role: str = "admin", language: str = "en") -> str:
    """A person with a login and a role; the name is what stands before the at sign."""
    with tx.enter(SYSTEM) as now:
        person, _ = parties.ensure_person(
            now=now,
            email=email,
            name=email.split("@", 1)[0].replace(".", " ").title(),
            language=language,
            password=PASSWORD,
        )
        parties.grant_membership(
            actor=SYSTEM, now=now, person_id=person.id, organization_id=organization.id, role=role
        )
    return email


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Through the form."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    send(page)
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def send(page: Page, form: str = "main form.form") -> None:
    """Press the first plain button of the page's form and wait for the next page."""
    press(page, f"{form} button[type=submit]:not([name])")


def press(page: Page, selector: str) -> None:
    """Press something that leads to another page, and wait until that one is there."""
    with arriving(page):
        page.locator(selector).first.click()


def arriving(page: Page) -> Any:
    """Wait until another page was loaded; an address that a script replaces is no other page."""
    return page.expect_event("load")


def root_of(organization: Organization) -> str:
    """The path of an organization's workspace."""
    return f"/{organization.public_id}/"


def on(organization: Organization, customer_id: UUID) -> str:
    """The path under which an organization acts on a customer."""
    return f"{root_of(organization)}on/{show('cus', customer_id)}/"


def said(page: Page) -> str:
    """The text of the page's main part, with ordinary spaces."""
    return plain(page.locator("main").inner_text())


def plain(text: str) -> str:
    """With ordinary spaces, as one types them."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def mails_to(email: str) -> list[dict[str, Any]]:
    """The mails that an address got, oldest first, after all that is pending was delivered."""
    run_pending_jobs()
    with connections["run"].cursor() as cursor:
        cursor.execute(
            "SELECT subject, language, text, links FROM infra_mail WHERE to_key = %s ORDER BY created_at, id",
            [email.lower()],
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{**row, "links": json.loads(row["links"])} for row in rows]


def shot(page: Page, name: str) -> None:
    """Keep a picture of the whole page."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
