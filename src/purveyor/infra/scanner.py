"""The scanner of due work: a thread beside the job worker that runs what fell due, whoever else runs one too."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.db import close_old_connections, connections, transaction

from purveyor.infra import clock, idempotency, jobs, tx
from purveyor.kernel.actor import system_actor

logger = logging.getLogger(__name__)
PAUSE_SECONDS = 2.0
# Answers to idempotency keys are kept longer than any client retries (rules.md f: orders seven days).
ANSWERS_KEPT = timedelta(days=8)
_ROUNDS_BETWEEN_PURGES = 1800
_ROUNDS_BETWEEN_RESCUES = 15


def scan_once() -> int:
    """Run everything due now; 0 when another scanner or a move of the test clock is at it."""
    with transaction.atomic(using="run"), connections["run"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('purveyor.clock'))")
        if not cursor.fetchone()[0]:
            return 0
        return clock.run_due(clock.now())


def purge_answers() -> int:
    """Forget answers to idempotency keys that are older than ``ANSWERS_KEPT``; returns how many."""
    with tx.enter(system_actor()) as now:
        return idempotency.forget(before=now - ANSWERS_KEPT)


class Scanner:
    """Scans until stopped. Any number may run; an advisory lock lets one work at a time."""

    def __init__(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._pause = pause_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)

    def start(self) -> None:
        """Begin scanning in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the piece in hand and end."""
        self._stopped.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        rounds = 0
        while not self._stopped.is_set():
            try:
                scan_once()
                if rounds % _ROUNDS_BETWEEN_RESCUES == 0:
                    jobs.retry_stalled()
                if rounds % _ROUNDS_BETWEEN_PURGES == 0:
                    purge_answers()
            except Exception:
                # The database may be restarting; the next round tries again on a new connection.
                logger.exception("scanning for due work failed")
                close_old_connections()
                connections["run"].close()
            rounds += 1
            self._stopped.wait(self._pause)
        connections.close_all()
