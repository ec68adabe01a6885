"""Same key, same answer: taken by the outermost edge, stored in the command's own transaction."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.infra import tx
from purveyor.infra.errors import IdempotencyKeyReused, InProgress
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id

KEY_LENGTH_MAX = 200

# Seconds between two looks at a call that still runs.
_BREATH = 0.05


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a key: ``free`` when no other call runs under it, and the stored answer if any."""

    free: bool
    fingerprint: str | None
    status: int | None
    answer: Any


# One statement: an advisory lock that is free again with the transaction, and the stored answer if any.
_LOOK = "SELECT free, fingerprint, status, answer FROM app_look(%s, %s)"


def fingerprint(*parts: Any) -> str:
    """A digest of what was asked, to tell a repeated call from another one under the same key."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _look(organization_id: UUID, key: str) -> Looked:
    return Looked(*tx.fetch(_LOOK, (organization_id, key))[0])


def once(
    *,
    actor: Actor,
    key: str | None,
    asked: str,
    act: Callable[[], tuple[int, Any]],
    patience: float = 0.0,
    looked: Looked | None = None,
) -> tuple[int, Any, bool]:
    """Run ``act`` once per (organization, ``key``) and return (status, JSON answer, repeated).

    Call inside ``tx.enter``. Without a key ``act`` just runs. Refusals are raised, so their
    transaction is rolled back and nothing is stored. While the first call with the key still runs,
    wait for its end up to ``patience`` seconds. ``looked`` is the first look, where the transaction was
    opened with it (``parties.entry.enter_by_key``).

    Raises: IdempotencyKeyReused when the key came with another ``asked``; InProgress while the first
    call still runs after that.
    """
    if not key:
        return (*act(), False)
    deadline = time.monotonic() + patience
    # Another role of the same organization asks something else: it may not be told what this one was told.
    asked = f"{actor.role}:{asked}"
    found = looked or _look(actor.organization_id, key)
    while not found.free and found.fingerprint is None and time.monotonic() < deadline:
        time.sleep(_BREATH)
        found = _look(actor.organization_id, key)
    if found.fingerprint is not None and found.status is not None:
        if found.fingerprint != asked:
            raise IdempotencyKeyReused(key=key)
        stored = found.answer
        return found.status, json.loads(stored) if isinstance(stored, str) else stored, True
    if not found.free:
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
