"""The feed, when it shows everything: it holds back what is younger than the oldest transaction of the whole
server, and other tests run on the same server at the same time."""

from __future__ import annotations

import time

from django.db import connection

from purveyor.infra import outbox, tx
from purveyor.infra.registry import Announced
from purveyor.kernel.actor import Actor


def feed(actor: Actor) -> list[Announced]:
    """The events that the actor may see, oldest first."""
    deadline = time.monotonic() + 180
    while True:
        with tx.enter(actor):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM infra_event")
                announced = cursor.fetchone()[0]
            found, since = [], None
            while page := outbox.list_events(since=since, limit=200):
                found += [event for event, _ in page]
                since = page[-1][1]
        if len(found) == announced:
            return found
        assert time.monotonic() < deadline, "the feed holds events back for ever"
        time.sleep(0.02)
