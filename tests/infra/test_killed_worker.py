"""The jobs of a worker that was killed are done by the next one."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from purveyor.infra.jobs import defer_deliveries, retry_stalled


def _take_jobs_by_a_worker(last_heartbeat: str) -> None:
    """All waiting jobs are begun by a worker whose last sign of life was then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [last_heartbeat],
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE status = 'todo'", [worker]
        )


def test_a_job_of_a_dead_worker_is_done_by_the_next(drain: Callable[[], int]) -> None:
    defer_deliveries([1_000_000_001])
    _take_jobs_by_a_worker("1 hour")
    assert drain() == 0
    assert retry_stalled() == 1
    assert drain() == 1
    assert retry_stalled() == 0


def test_a_job_whose_worker_was_forgotten_is_done_by_the_next(drain: Callable[[], int]) -> None:
    """A worker that starts deletes the rows of dead ones, and their jobs then have none."""
    defer_deliveries([1_000_000_001])
    _take_jobs_by_a_worker("1 hour")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert retry_stalled() == 1
    assert drain() == 1


def test_a_job_of_a_living_worker_is_left_to_it() -> None:
    defer_deliveries([1_000_000_001])
    _take_jobs_by_a_worker("1 second")
    assert retry_stalled() == 0
