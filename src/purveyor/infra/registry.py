"""What config/wiring.py tells the plumbing: who listens to which event, and which tables hold due work."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Announced:
    """An event as its handlers receive it."""

    seq: int
    id: UUID
    kind: str
    at: datetime
    subject_id: UUID
    reseller_id: UUID | None
    customer_id: UUID | None
    payer_id: UUID | None
    payload: dict[str, Any]

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Announced:
        """From a row with the columns of this class in this order; drivers may hand JSON over as text."""
        payload = json.loads(row[8]) if isinstance(row[8], str) else row[8]
        return cls(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], payload)


Handler = Callable[[Announced], None]


@dataclass(frozen=True)
class DueSource:
    """A table whose rows carry the instant at which they want attention.

    ``run(id, due_at)`` does the work with ``due_at`` as its now, inside a transaction of its own making,
    and must clear or move the row's due instant. ``where`` narrows the rows (trusted SQL).

    ``run_many(due_at)``, where a source has it, does all that is due at that instant and not parked, and
    returns how many pieces that were; it parks by itself what cannot be done.
    """

    name: str
    table: str
    run: Callable[[UUID, datetime], None]
    due_column: str = "due_at"
    where: str = "true"
    run_many: Callable[[datetime], int] | None = None


_handlers: dict[str, Handler] = {}
_subscriptions: dict[str, list[str]] = {}
_sources: dict[str, DueSource] = {}


def subscribe(kind: str, name: str, handler: Handler) -> None:
    """Deliver every event of ``kind`` once to ``handler``; ``name`` is stored, so keep it stable."""
    if name in _handlers and _handlers[name] is not handler:
        raise ValueError(f"two handlers are named {name}")
    _handlers[name] = handler
    names = _subscriptions.setdefault(kind, [])
    if name not in names:
        names.append(name)


def subscribers(kind: str) -> tuple[str, ...]:
    """Names of the handlers that listen to ``kind``, in wiring order."""
    return tuple(_subscriptions.get(kind, ()))


def handler(name: str) -> Handler:
    """The handler of that name. Raises KeyError when a release removed it while deliveries were owed."""
    return _handlers[name]


def register_due(source: DueSource) -> None:
    """Let the scanner and the test clock find work in ``source``."""
    _sources[source.name] = source


def due_sources() -> tuple[DueSource, ...]:
    """All registered sources in wiring order."""
    return tuple(_sources.values())
