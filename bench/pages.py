"""Server time of the lists, first page and last, console and API, with the statements each takes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from uuid import UUID

from django.test import Client

from bench import house
from bench.recorded import statements
from bench.report import percentile
from bench.web import Browser, CallFailed, request
from bench.world import World
from purveyor.kernel.ids import show
from purveyor.kernel.paging import write_cursor
from purveyor.parties import models

REPEATS = 60
PAGE = 50


@dataclass(frozen=True)
class Timed:
    """A page: median and p99 in milliseconds over HTTP, one caller at a time, and its statements."""

    name: str
    path: str
    median_ms: float
    p99_ms: float
    statements: int
    kilobytes: int


def measure(port: int, world: World, key: str) -> list[Timed]:
    """Both lists of the largest reseller, on the console and through the API."""
    person = models.Person.objects.get(email=world.email)
    console, api = Client(), Client(headers={"authorization": f"Bearer {key}"})
    console.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    cookie = {"Cookie": _cookie(console.cookies)}
    bearer = {"Authorization": f"Bearer {key}"}
    home = f"/{show('res', world.resellers[0])}"
    by_name, newest, subscription = _last_pages(world.resellers[0])
    found = []
    for name, path, last, headers, client in (
        ("console customers", f"{home}/customers", f"after={by_name}", cookie, console),
        ("console subscriptions", f"{home}/subscriptions", f"after={subscription}", cookie, console),
        ("api customers", "/api/v1/customers", f"cursor={newest}", bearer, api),
        ("api subscriptions", "/api/v1/subscriptions", f"cursor={subscription}", bearer, api),
    ):
        for which, where in (("first", path), ("last", f"{path}?{last}")):
            found.append(_time(port, f"{name}, {which} page", where, headers, client))
    return found


def _cookie(cookies: SimpleCookie) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())


def _last_pages(reseller: UUID) -> tuple[str, str, str]:
    """The cursors before the last fifty customers by name, customers newest first, and subscriptions."""
    customers = "FROM parties_organization WHERE reseller_id = %s AND kind = 'customer'"
    with house.connected() as connection:
        by_name = connection.execute(
            f"SELECT id {customers} ORDER BY sort_key DESC, id DESC OFFSET {PAGE} LIMIT 1", [reseller]
        ).fetchone()
        newest = connection.execute(
            f"SELECT id {customers} ORDER BY id OFFSET {PAGE} LIMIT 1", [reseller]
        ).fetchone()
        subscription = connection.execute(
            "SELECT created_at, id FROM subscriptions_subscription WHERE reseller_id = %s"
            f" ORDER BY created_at, id OFFSET {PAGE} LIMIT 1",
            [reseller],
        ).fetchone()
    assert by_name is not None
    assert newest is not None
    assert subscription is not None
    return (
        show("cus", by_name[0]),
        write_cursor(str(newest[0])),
        write_cursor(subscription[0].isoformat(), str(subscription[1])),
    )


def _time(port: int, name: str, path: str, headers: dict[str, str], client: Client) -> Timed:
    data = request("GET", path, **headers)
    browser = Browser(port)
    times: list[float] = []
    body = b""
    for number in range(REPEATS + 5):
        began = time.perf_counter()
        status, body = browser.send(data)
        if status != 200:
            raise CallFailed(f"{status} {body[:300]!r} for {path}")
        if number >= 5:
            times.append((time.perf_counter() - began) * 1000)
    browser.close()
    client.get(path)
    with statements() as seen:
        client.get(path)
    return Timed(
        name,
        path,
        round(percentile(times, 0.5), 2),
        round(percentile(times, 0.99), 2),
        len(seen),
        len(body) // 1024,
    )
