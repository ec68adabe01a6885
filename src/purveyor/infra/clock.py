"""Business time: real time plus the sandbox's stored offset, and the work that falls due in it.

The test clock moves forward only. A move walks the due instants in order; each piece of work sees its
own due instant as now, and what it announces is delivered before the next instant is reached.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from purveyor.infra import bulk, delivery, parking, registry, tx
from purveyor.kernel.errors import DomainError

logger = logging.getLogger(__name__)
TRIES_MAX = 3
_target: ContextVar[datetime | None] = ContextVar("purveyor_clock_target", default=None)


class ClockMovesForwardOnly(DomainError):
    """The test clock was asked to go back."""

    code = "invalid"
    status = 422


def now() -> datetime:
    """Business now (UTC), for edges that are not in a transaction yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT offset_us FROM infra_clock")
        row = cursor.fetchone()
    return tx.business_now(row[0] if row else 0)


def moving_to() -> datetime | None:
    """Where the test clock is being moved to; None where time goes by itself. Work that looks back over any number of
    days, and that nothing on the way reads, need not stop at each of them."""
    return _target.get()


def zone() -> ZoneInfo:
    """The operator's time zone, in which business dates are counted."""
    return ZoneInfo(settings.PURVEYOR_ZONE)


def business_date(instant: datetime) -> date:
    """The calendar date of ``instant`` in the operator's zone."""
    return instant.astimezone(zone()).date()


def start_of(day: date) -> datetime:
    """The instant (UTC) at which ``day`` begins in the operator's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone()).astimezone(UTC)


# Names of tables and columns come from config/wiring.py, never from input.
_PIECES = """
(SELECT '{name}' AS source, id, {due} AS due FROM {table} t
 WHERE {due} <= %s AND {where} AND NOT EXISTS (
   SELECT 1 FROM infra_parked p WHERE p.source = '{name}' AND p.piece = t.id::text AND p.resolved_at IS NULL)
 ORDER BY {due} LIMIT 200)"""
_EARLIEST = "WITH due AS ({union}) SELECT source, id, due FROM due WHERE due = (SELECT min(due) FROM due)"


def _due(until: datetime) -> tuple[datetime, list[tuple[str, UUID]]] | None:
    """The earliest due instant not after ``until`` and its pieces.

    Runs as purveyor_run: a claim without a context would silently find nothing.
    """
    sources = registry.due_sources()
    if not sources:
        return None
    union = " UNION ALL ".join(
        _PIECES.format(name=s.name, table=s.table, due=s.due_column, where=s.where) for s in sources
    )
    sql = _EARLIEST.format(union=union)
    with connections["run"].cursor() as cursor:
        cursor.execute(sql, [until] * len(sources))
        rows = cursor.fetchall()
    if not rows:
        return None
    return rows[0][2], sorted((row[0], row[1]) for row in rows)


def run_due(until: datetime, *, before_each: Callable[[datetime], None] | None = None) -> int:
    """Do all work due by ``until``, instant by instant, and deliver what it announces; returns the count.

    A piece that fails is parked with its reason and stops nobody else; a fault of the database's moment is
    tried again before.
    """
    sources = {source.name: source for source in registry.due_sources()}
    done = 0
    with bulk.kept(is_hurried=before_each is not None):
        while (found := _due(until)) is not None:
            instant, pieces = found
            if before_each is not None:
                before_each(instant)
            for name, group in groupby(pieces, key=itemgetter(0)):
                done += _run_source(sources[name], [piece for _, piece in group], instant)
            delivery.deliver_owed(together=before_each is not None)
    return done


def _run_source(source: registry.DueSource, pieces: list[UUID], instant: datetime) -> int:
    """What one source has at one instant: all at once where it can, else these pieces one by one."""
    if source.run_many is not None:
        try:
            done = source.run_many(instant)
        except Exception:
            logger.exception("due work %s failed in bulk", source.name)
            done = 0
        if done:
            return done
        # One by one each piece is done, or parked with its own reason: what fails in bulk holds nobody up.
    for piece in pieces:
        try:
            _run(source.run, piece, instant)
        except Exception as error:
            logger.exception("due work %s %s failed", source.name, piece)
            parking.park(source=source.name, piece=str(piece), due_at=instant, reason=error)
    return len(pieces)


def _run(run: Callable[[UUID, datetime], None], piece: UUID, instant: datetime) -> None:
    """Run one piece, and again after a fault of the moment (a deadlock, a lost connection): it left no trace."""
    for attempt in range(1, TRIES_MAX + 1):
        try:
            return run(piece, instant)
        except OperationalError:
            if attempt == TRIES_MAX:
                raise


def move(target: datetime) -> int:
    """Move the test clock forward to ``target`` (UTC) and do everything due by then; returns how much.

    Sandbox only: the edge checks. Two moves at once are serialised by an advisory lock.

    Raises: ClockMovesForwardOnly when ``target`` lies before the present business time.
    """
    with transaction.atomic(using="run"), connections["run"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('purveyor.clock'))")
        if target < now():
            raise ClockMovesForwardOnly(field="now", reason="clock_forward_only", now=now().isoformat())
        with _hurried(), _moving(target):
            delivery.deliver_owed(together=True)
            done = run_due(target, before_each=_advance)
            _advance(target)
            delivery.deliver_owed(together=True)
        return done


@contextmanager
def _moving(target: datetime) -> Iterator[None]:
    token = _target.set(target)
    try:
        yield
    finally:
        _target.reset(token)


@contextmanager
def _hurried() -> Iterator[None]:
    """Commits do not wait for the disk: a move makes hundreds, and a sandbox may lose its last moment in a crash
    of the machine (never its consistency)."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def _advance(instant: datetime) -> None:
    """Let the clock stand at ``instant`` (never back) and tick on from there."""
    offset = instant - datetime.now(UTC)
    # One statement is a transaction of its own.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO infra_clock (id, offset_us) VALUES (1, %s)"
            " ON CONFLICT (id) DO UPDATE SET offset_us = greatest(infra_clock.offset_us, excluded.offset_us)",
            (offset // timedelta(microseconds=1),),
        )


def begin_at(offset: timedelta) -> None:
    """Set the test clock of an empty deployment, forward or back, before anything happened in it.

    Raises: ClockMovesForwardOnly when something is on record already.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.scope', 'operator', true), EXISTS (SELECT FROM infra_activity)"
        )
        if cursor.fetchone()[1]:
            raise ClockMovesForwardOnly(field="now", reason="clock_forward_only", now=now().isoformat())
        cursor.execute("UPDATE infra_clock SET offset_us = %s", (offset // timedelta(microseconds=1),))
