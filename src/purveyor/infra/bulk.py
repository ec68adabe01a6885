"""Bulk writing: a connection of its own as purveyor_run, COPY, and what a chunk announces, in a few statements.

PostgreSQL refuses COPY into protected tables to everybody else, and the scanner's own connection is inside the
transaction that holds its lock, while each chunk commits for itself.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from json.encoder import encode_basestring as _quoted
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection as current
from django.db import connections
from psycopg import sql

from purveyor.infra import flush, registry
from purveyor.kernel.actor import Actor
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id_texts

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Any]
NULL = r"\N"
_SPELT = {True: "true", False: "false", None: "null"}
_SPECIAL = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


@dataclass
class _Kept:
    is_hurried: bool = False
    connection: Connection | None = None


_kept: ContextVar[_Kept | None] = ContextVar("purveyor_bulk", default=None)


def _connect(*, is_hurried: bool) -> Connection:
    given = connections["run"].get_connection_params()
    for name in ("cursor_factory", "context", "server_side_binding", "pool"):
        given.pop(name, None)
    connection = psycopg.connect(**given)
    connection.execute("SET TIME ZONE 'UTC'")
    if is_hurried:
        connection.execute("SET synchronous_commit = off")
    connection.commit()
    return connection


@contextmanager
def kept(*, is_hurried: bool = False) -> Iterator[None]:
    """Let all that is done inside share one connection, which is opened when it is first needed. Hurried, its commits
    do not wait for the disk: for moves of the test clock."""
    if _kept.get() is not None:
        yield
        return
    holder = _Kept(is_hurried)
    token = _kept.set(holder)
    try:
        yield
    finally:
        _kept.reset(token)
        if holder.connection is not None:
            holder.connection.close()


@contextmanager
def connected() -> Iterator[Connection]:
    """A psycopg connection as purveyor_run, outside every Django transaction; the caller commits."""
    with kept():
        holder = _kept.get()
        assert holder is not None
        if holder.connection is None or holder.connection.closed:
            holder.connection = _connect(is_hurried=holder.is_hurried)
        yield holder.connection


@contextmanager
def uncollected() -> Iterator[None]:
    """Python looks for no cycles inside: rows by the ten thousand hold none, and looking through them again and again
    takes a quarter of the time. For work of some seconds with a bound."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def unanswered() -> Iterator[None]:
    """Statements of the transaction in progress are sent inside without waiting for what they come to: PostgreSQL works
    on one while Python makes the next. Reading rows waits for them all, and so does the end.

    An error comes with the next read or at the end, as an error of Django's. How many rows a statement changed is
    not known inside: no model may be saved there.
    """
    with current.wrap_database_errors, current.connection.pipeline():
        yield


def escaped(value: str) -> str:
    """Text as a field of COPY's text format."""
    return value.translate(_SPECIAL)


class Scope(NamedTuple):
    """Whose a row is: its columns ``reseller_id, customer_id, payer_id``, and the same as COPY carries them."""

    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    reseller: str
    customer: str
    payer: str
    line: str

    @classmethod
    def of(cls, reseller_id: UUID, customer_id: UUID, payer_id: UUID) -> Scope:
        """Their texts are made once: a bulk run needs each ten times a row."""
        reseller, customer, payer = str(reseller_id), str(customer_id), str(payer_id)
        return cls(
            reseller_id, customer_id, payer_id, reseller, customer, payer, f"{reseller}\t{customer}\t{payer}"
        )


def json_field(value: object) -> str:
    """A value as JSON, as a field of COPY: JSON has no raw line end nor tab, so only backslashes are left."""
    return json.dumps(value, ensure_ascii=False, default=str).replace("\\", r"\\")


def _flat(values: Mapping[str, object]) -> str:
    """The same of a flat object with plain values, three times as fast: a run writes five of them a row."""
    parts = []
    for name, value in values.items():
        if type(value) is str:
            spelt = _quoted(value)
        elif type(value) is int:
            spelt = str(value)
        else:
            spelt = _SPELT[value]  # type: ignore[index]  # a truth value or None; anything else is an error
        parts.append(f'"{name}": {spelt}')
    return ("{" + ", ".join(parts) + "}").replace("\\", r"\\")


def array(values: Iterable[object]) -> str:
    """An array parameter of ids, numbers or dates as PostgreSQL reads it; cheaper than the driver's own."""
    return "{" + ",".join(map(str, values)) + "}"


def text_array(values: Iterable[str]) -> str:
    """The same of texts that may hold anything."""
    parts = [value.replace("\\", r"\\").replace('"', r"\"") for value in values]
    return '{"' + '","'.join(parts) + '"}' if parts else "{}"


def field_of(value: object | None) -> str:
    """A number, an id or a date as a field of COPY, None as NULL; text that may hold anything: ``escaped``."""
    return NULL if value is None else str(value)


def copy(cursor: Cursor, table: LiteralString, columns: LiteralString, lines: Sequence[str]) -> None:
    """COPY rows in; each line holds its fields between tabs, without the line's end. Nothing for no rows."""
    if not lines:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.SQL(table), sql.SQL(columns))
    with cursor.copy(statement) as stream:
        stream.write("\n".join(lines) + "\n")


_EVENT = "seq, id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload"
_ACTIVITY = (
    "id, at, actor_id, actor_name, organization_id, role, via, ip, acting_on, kind, subject_kind, subject_id, facts,"
    " reseller_id, customer_id, payer_id"
)
_SEQUENCES = "SELECT nextval('infra_event_seq_seq') FROM generate_series(1, %s)"
_DELIVER = (
    """
WITH d AS (
  INSERT INTO infra_delivery (event_id, handler, attempts, parked)
  SELECT r.event_id, r.handler, 0, false
  FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS r(event_id, handler, n) ORDER BY r.n RETURNING id)"""
    + flush.DEFER
)


@dataclass
class Announcements:
    """The events and acts of one chunk by one actor: gathered in memory, written at its end.

    The same rows as ``outbox.emit`` and ``activity.record`` make.
    """

    actor: Actor
    _events: list[tuple[str, str]] = field(default_factory=list)
    _acts: list[tuple[str, str]] = field(default_factory=list)

    def emit(self, event: Event, *, at: str, subject: str, scope: Scope, to_payer: bool) -> None:
        """Announce; the ISO instant and the subject's id come as text, as COPY carries them.

        ``to_payer`` hides it from everybody but the payer and the operator (rules.md b2).
        """
        payload = _flat(vars(event))
        whose = scope.line if to_payer else f"{scope.reseller}\t{scope.customer}\t{NULL}"
        self._events.append((event.kind, f"{event.kind}\t{at}\t{subject}\t{whose}\t{payload}"))

    def record(
        self, kind: str, *, at: str, subject: str, scope: Scope, to_payer: bool, **facts: str | int
    ) -> None:
        """Put one act on a subscription on record."""
        said = _flat(facts)
        whose = scope.line if to_payer else f"{scope.reseller}\t{scope.customer}\t{NULL}"
        self._acts.append((at, f"{kind}\tsubscription\t{subject}\t{said}\t{whose}"))

    def write(self, cursor: Cursor) -> None:
        """Write events, deliveries with one deferred job for all of them, and acts: four statements at most."""
        if self._events:
            cursor.execute(_SEQUENCES, (len(self._events),))
            sequences = [row[0] for row in cursor.fetchall()]
            ids = new_id_texts(len(self._events))
            copy(
                cursor,
                "infra_event",
                _EVENT,
                [
                    f"{seq}\t{id}\t{line}"
                    for seq, id, (_, line) in zip(sequences, ids, self._events, strict=True)
                ],
            )
            self._deliver(cursor, sequences)
        if self._acts:
            who = self._who()
            ids = new_id_texts(len(self._acts))
            copy(
                cursor,
                "infra_activity",
                _ACTIVITY,
                [f"{id}\t{at}\t{who}\t{act}" for id, (at, act) in zip(ids, self._acts, strict=True)],
            )

    def _deliver(self, cursor: Cursor, sequences: Sequence[int]) -> None:
        owed: list[int] = []
        names: list[str] = []
        listeners: dict[str, tuple[str, ...]] = {}
        for seq, (kind, _) in zip(sequences, self._events, strict=True):
            if kind not in listeners:
                listeners[kind] = registry.subscribers(kind)
            for name in listeners[kind]:
                owed.append(seq)
                names.append(name)
        if owed:
            cursor.execute(_DELIVER, (owed, names))

    def _who(self) -> str:
        actor = self.actor
        ip = NULL if actor.ip is None else escaped(actor.ip)
        return "\t".join(
            (field_of(actor.person_id), escaped(actor.name),
             field_of(actor.organization_id), escaped(actor.role), actor.via, ip, field_of(actor.acting_on))
        )  # fmt: skip
