"""Same key, same answer: taken by the outermost edge, stored in the command's own transaction."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from purveyor.infra import tx
from purveyor.infra.errors import IdempotencyKeyReused, InProgress
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id

KEY_LENGTH_MAX = 200

# Seconds between two looks at a call that still runs.
_BREATH = 0.05


# One statement: an advisory lock that is free again with the transaction, and the stored answer if any.
_LOOK = """
SELECT pg_try_advisory_xact_lock(%s), r.fingerprint, r.status, r.answer
FROM (SELECT 1) one LEFT JOIN infra_idempotencyrecord r ON r.organization_id = %s AND r.key = %s
"""


def fingerprint(*parts: Any) -> str:
    """A digest of what was asked, to tell a repeated call from another one under the same key."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def once(
    *, actor: Actor, key: str | None, asked: str, act: Callable[[], tuple[int, Any]], patience: float = 0.0
) -> tuple[int, Any, bool]:
    """Run ``act`` once per (organization, ``key``) and return (status, JSON answer, repeated).

    Call inside ``tx.enter``. Without a key ``act`` just runs. Refusals are raised, so their
    transaction is rolled back and nothing is stored. While the first call with the key still runs,
    wait for its end up to ``patience`` seconds.

    Raises: IdempotencyKeyReused when the key came with another ``asked``; InProgress while the first
    call still runs after that.
    """
    if not key:
        return (*act(), False)
    deadline = time.monotonic() + patience
    # Another role of the same organization asks something else: it may not be told what this one was told.
    asked = f"{actor.role}:{asked}"
    lock = int.from_bytes(
        hashlib.sha256(f"{actor.organization_id}:{key}".encode()).digest()[:8], "big", signed=True
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LOOK, (lock, actor.organization_id, key))
            free, known, status, answer = cursor.fetchone()
        if free or known is not None or time.monotonic() >= deadline:
            break
        time.sleep(_BREATH)
    if known is not None:
        if known != asked:
            raise IdempotencyKeyReused(key=key)
        return status, json.loads(answer) if isinstance(answer, str) else answer, True
    if not free:
        raise InProgress(key=key)
    status, answer = act()
    state = tx.current()
    state.answer = {
        "id": str(new_id()),
        "organization_id": str(actor.organization_id),
        "key": key,
        "fingerprint": asked,
        "status": status,
        "answer": answer,
        "created_at": state.now.isoformat(),
    }
    return status, answer, False


def forget(*, before: datetime) -> int:
    """Delete stored answers older than ``before``; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM infra_idempotencyrecord WHERE created_at < %s", (before,))
        return int(cursor.rowcount)
