"""The one door to the database: a transaction with the actor's isolation context and the business clock.

``enter`` opens a transaction, sets the three settings that row-level security reads and fetches the
clock's offset, in one statement. What is announced inside (events, activity, jobs, the stored answer of
an idempotent call) is gathered and written in one statement just before the commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from purveyor.kernel.actor import Actor


@dataclass
class Current:
    """The running transaction: its business time and what it will announce."""

    now: datetime
    scope: str
    reseller: str
    customer: str
    events: list[dict[str, Any]] = field(default_factory=list)
    activity: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    # Made once: a call's statements are many, and making a cursor costs as much as sending a small one.
    cursor: CursorWrapper | None = None
    # What hardly ever changes and is asked for again and again is read once a transaction.
    kept: dict[str, Any] = field(default_factory=dict)


_current: ContextVar[Current | None] = ContextVar("purveyor_tx", default=None)

_ENTER = """
SELECT set_config('app.scope', %s, true), set_config('app.reseller', %s, true),
       set_config('app.customer', %s, true), (SELECT offset_us FROM infra_clock)
"""
_SET = (
    "SELECT set_config('app.scope', %s, true), set_config('app.reseller', %s, true), "
    "set_config('app.customer', %s, true)"
)


def current() -> Current:
    """The transaction in progress. Raises RuntimeError outside one."""
    found = _current.get()
    if found is None:
        raise RuntimeError("no transaction: use purveyor.infra.tx.enter")
    return found


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> CursorWrapper:
    """Run one statement on the transaction's own cursor; fetch its rows before the next one."""
    state = _current.get()
    # Whoever counts statements wraps the cursors that are made from then on.
    if state is None or connection.queries_logged:
        cursor = connection.cursor()
    elif state.cursor is None:
        cursor = state.cursor = connection.cursor()
    else:
        cursor = state.cursor
    cursor.execute(sql, params)
    return cursor


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    rows: list[tuple[Any, ...]] = execute(sql, params).fetchall()
    return rows


def in_transaction() -> bool:
    """Whether ``enter`` is active in this thread."""
    return _current.get() is not None


def _settings(actor: Actor) -> tuple[str, str, str]:
    return (actor.scope, _text(actor.reseller_id), _text(actor.customer_id))


def _text(value: UUID | None) -> str:
    return str(value) if value is not None else ""


def business_now(offset_us: int | None) -> datetime:
    """Real time plus the stored offset, in UTC."""
    return datetime.now(UTC) + timedelta(microseconds=offset_us or 0)


@contextmanager
def enter(actor: Actor) -> Iterator[datetime]:
    """Open a transaction in the actor's context, or join the one in progress; yields business now (UTC)."""
    joined = _current.get()
    if joined is not None:
        yield joined.now
        return
    with transaction.atomic():
        scope, reseller, customer = _settings(actor)
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, (scope, reseller, customer))
            row = cursor.fetchone()
        with _announcing(Current(business_now(row[3]), scope, reseller, customer)) as state:
            yield state.now


@contextmanager
def entered(*, now: datetime, actor: Actor, cursor: CursorWrapper | None = None) -> Iterator[None]:
    """Adopt a transaction whose context the database already set (``app_enter_by_key``), and its cursor."""
    with _announcing(Current(now, *_settings(actor), cursor=cursor)):
        yield


@contextmanager
def _announcing(state: Current) -> Iterator[Current]:
    from purveyor.infra import flush  # noqa: PLC0415  (flush reads this module's state)

    token = _current.set(state)
    try:
        yield state
        flush.write(state)
    finally:
        _current.reset(token)


@contextmanager
def attempt() -> Iterator[None]:
    """A part of the transaction in progress that may fail by itself: with an error goes everything it wrote and
    announced, and what stood before it stays."""
    state = current()
    events, activity = len(state.events), len(state.activity)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del state.events[events:], state.activity[activity:]
        state.kept.clear()
        raise


@contextmanager
def widen() -> Iterator[None]:
    """Let a customer's own act write what belongs to its reseller's books (counter, ledger, invoice).

    Used by a command after it has checked the actor; a no-op for resellers and the operator.
    """
    state = current()
    if state.scope != "customer":
        yield
        return
    before = (state.scope, state.reseller, state.customer)
    _switch(state, ("operator", "", ""))
    try:
        yield
    except BaseException:
        # The transaction is lost with the error; the settings go with it.
        state.scope, state.reseller, state.customer = before
        raise
    _switch(state, before)


@contextmanager
def unpinned() -> Iterator[None]:
    """Let a reseller that acts on one customer read what concerns all of them, such as what it owes altogether.

    Used by a query after it has checked the actor, and for sums alone; a no-op for everybody else.
    """
    state = current()
    if state.scope != "reseller" or not state.customer:
        yield
        return
    before = (state.scope, state.reseller, state.customer)
    _switch(state, (state.scope, state.reseller, ""))
    try:
        yield
    except BaseException:
        # The transaction is lost with the error; the settings go with it.
        state.scope, state.reseller, state.customer = before
        raise
    _switch(state, before)


def _switch(state: Current, settings: tuple[str, str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, settings)
    state.scope, state.reseller, state.customer = settings
