"""Runs deferred jobs in the test's own process."""

from __future__ import annotations

import asyncio
import threading

from django.db import connection, connections


def run_pending_jobs() -> int:
    """Runs every job that is due, and those that they defer, until none is left; returns how many ended.

    A failing job is left to its retry, as in production. Works inside and outside a running event loop.
    """
    before = _ended()
    failure: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_work())
        except BaseException as error:  # noqa: BLE001  (raised again in the caller's thread)
            failure.append(error)
        finally:
            connections.close_all()

    # A thread of its own: a browser test's thread may already have an event loop.
    thread = threading.Thread(target=work, name="drain")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return _ended() - before


async def _work() -> None:
    from procrastinate.contrib.django import app

    worker = app.with_connector(app.connector.get_worker_connector())
    async with worker.open_async():
        await worker.run_worker_async(
            wait=False, concurrency=1, install_signal_handlers=False, listen_notify=False, delete_jobs="never"
        )


def _ended() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed')")
        return int(cursor.fetchone()[0])
