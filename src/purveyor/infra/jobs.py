"""Deferred jobs, carried by procrastinate in the same database and the same transaction."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from purveyor.infra import delivery, flush


@app.task(
    name=flush.DELIVER_TASK,
    queue=flush.DELIVER_QUEUE,
    retry=RetryStrategy(max_attempts=delivery.ATTEMPTS_MAX, exponential_wait=2),
)
def deliver(*, deliveries: list[int]) -> None:
    """Hand the owed deliveries to their handlers; each is its own transaction, safe to repeat.

    One that fails does not keep the others back; the job is retried for it.
    """
    failure: Exception | None = None
    for delivery_id in deliveries:
        try:
            delivery.deliver(delivery_id)
        except Exception as error:  # noqa: BLE001  (raised below, after the others had their turn)
            failure = error
    if failure is not None:
        raise failure


def defer_deliveries(deliveries: list[int]) -> None:
    """Defer one job for these deliveries, in the transaction in progress. A transaction's own are flush's."""
    deliver.defer(deliveries=deliveries)


def retry_stalled() -> int:
    """Give the jobs of workers that were killed back to those that live; returns how many.

    A worker that dies leaves its jobs marked as being done, and nobody else would ever take them. Every job
    here is safe to repeat.
    """
    return async_to_sync(_retry_stalled)()


async def _retry_stalled() -> int:
    stalled = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)
