"""Hands events to their in-house handlers: each handler's work and the end of the debt are one transaction."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from django.db import connection, transaction

from purveyor.infra import parking, registry, tx
from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor

logger = logging.getLogger(__name__)
ATTEMPTS_MAX = 8
# How many owed deliveries are handed over in one transaction where nobody waits for a single one.
_TOGETHER = 50

_CLAIM = """
SELECT d.id, d.handler, e.seq, e.id, e.kind, e.at, e.subject_id, e.reseller_id, e.customer_id,
       e.payer_id, e.payload
FROM infra_delivery d JOIN infra_event e ON e.seq = d.event_id
WHERE d.id = ANY(%s) AND NOT d.parked ORDER BY d.id FOR UPDATE OF d
"""


def deliver(delivery_id: int) -> bool:
    """Run one owed delivery; False when it was already done. Safe to repeat, also at the same time.

    A failure leaves everything as before, counts the attempt and raises; after ``ATTEMPTS_MAX``
    the delivery is parked with its reason, where the operator sees it.
    """
    try:
        with tx.enter(system_actor()):
            return bool(_hand_over([delivery_id]))
    except Exception as error:
        _count_failure(delivery_id, error)
        raise


def _hand_over(ids: list[int]) -> int:
    """The handlers' work and the end of the debts, in the transaction in progress; how many there were. Two statements
    of its own, however many."""
    claimed = tx.fetch(_CLAIM, (ids,))
    for row in claimed:
        registry.handler(row[1])(Announced.of_row(row[2:]))
    if claimed:
        tx.execute("DELETE FROM infra_delivery WHERE id = ANY(%s)", ([row[0] for row in claimed],))
    return len(claimed)


def _count_failure(delivery_id: int, error: Exception) -> None:
    logger.exception("delivery %s failed", delivery_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE infra_delivery SET attempts = attempts + 1, parked = attempts + 1 >= %s"
            " WHERE id = %s RETURNING parked, handler",
            (ATTEMPTS_MAX, delivery_id),
        )
        row = cursor.fetchone()
    if row is not None and row[0]:
        parking.park(
            source=f"delivery:{row[1]}", piece=str(delivery_id), due_at=datetime.now(UTC), reason=error
        )


def owed(limit: int = 500) -> list[int]:
    """Ids of deliveries not yet done, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM infra_delivery WHERE NOT parked ORDER BY id LIMIT %s", (limit,))
        return [row[0] for row in cursor.fetchall()]


def deliver_owed(*, together: bool = False) -> int:
    """Deliver inline everything owed, and what that announces in turn; returns how many were done.

    The test clock uses it, so that each piece of work sees the world as it was at its own instant.
    A delivery that fails is left to the worker's retries, and takes no other down with it. ``together`` puts
    many into one transaction, where nobody else works on them: most of the cost of a small one is its own.
    """
    done = 0
    failed: set[int] = set()
    while ids := [i for i in owed() if i not in failed]:
        for at in range(0, len(ids), _TOGETHER):
            several = ids[at : at + _TOGETHER]
            count = _deliver_together(several) if together else None
            done += _deliver_each(several, failed) if count is None else count
    return done


def _deliver_each(ids: list[int], failed: set[int]) -> int:
    """One by one; those that fail are added to ``failed``."""
    done = 0
    for delivery_id in ids:
        try:
            done += deliver(delivery_id)
        except Exception:  # noqa: BLE001  (counted and logged by deliver; the worker retries)
            failed.add(delivery_id)
    return done


def _deliver_together(ids: list[int]) -> int | None:
    """All of them in one transaction, in their order; None when one failed, and then none was done."""
    try:
        with tx.enter(system_actor()):
            return _hand_over(ids)
    except Exception:  # noqa: BLE001  (each is tried by itself after this, and the one that fails says why)
        return None
