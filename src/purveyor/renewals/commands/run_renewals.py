"""The renewal run: everything that is due, in chunks, by any number of workers."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from django.db import OperationalError

from purveyor.infra import bulk, clock, parking
from purveyor.infra.bulk import Connection, Cursor
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.errors import Invalid
from purveyor.parties import authority
from purveyor.renewals.bulk import progress as runs
from purveyor.renewals.bulk.outlook import foretell
from purveyor.renewals.bulk.plan import Facts, Verdict, decide_one
from purveyor.renewals.bulk.write import write
from purveyor.renewals.commands.renew_term import renew_term
from purveyor.renewals.rules.tally import Tally
from purveyor.renewals.runs import RunView, totals_of
from purveyor.subscriptions import bulk as subscriptions
from purveyor.subscriptions.bulk import Lot
from purveyor.subscriptions.types import Subscription

logger = logging.getLogger(__name__)

CHUNK = 1_000
SOURCE = "renewals.roll"
_TRIES = 3
_FIRST = UUID(int=0)
_EVER = datetime(1, 1, 2, tzinfo=UTC)
# A worker keeps a lot to itself where it can: then no two wait for one counter of numbers.
_MINE = "SELECT pg_try_advisory_xact_lock(hashtext('purveyor.renewals'), hashtext(%s))"


class StillDue(Exception):
    """The ordinary command left it as it was."""


# How many this worker has done, how many were due when it began, and how many of the done ones are parked.
Progress = Callable[[int, int, int], None]


def run_renewals(
    *,
    actor: Actor,
    now: datetime,
    until: datetime,
    dry_run: bool = False,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> RunView:
    """Renew or end every subscription that is due by ``until``, each as of its own due instant (rules.md d).

    Plain renewals by bank transfer and plain ends are decided in memory by the functions that ``renew_term``
    uses, and written set-based, ``chunk`` at a time, one transaction each; all others go through ``renew_term``
    one by one, after their chunk. What fails is parked with its reason and stops nobody else. Any number of
    workers may run at once and share one run: each claims what nobody holds. Safe to repeat, and to kill: a
    chunk is there with its count, or not at all and due again; a renewal is unique by subscription and day.

    ``progress`` is told how many this worker has done so far, how many were due when it began, and how many of
    those done it had to park.
    With ``dry_run`` nothing is written: it says what would become of what is due, each subscription's next
    term once.

    Raises: Forbidden; Invalid (in_the_future) for an ``until`` after ``now``, except in a dry run.
    Emits: as ``renew_term``.
    """
    authority.require(actor, "operate")
    if dry_run:
        return foretell(now=now, until=until, chunk=chunk, by=actor.name, progress=progress)
    if until > now:
        raise Invalid(field="until", reason="in_the_future")
    with bulk.connected() as connection:
        return _Worker(connection, actor, until, chunk, progress).run(now)


@dataclass
class _Worker:
    connection: Connection
    actor: Actor
    until: datetime
    size: int
    progress: Progress | None

    def run(self, now: datetime) -> RunView:
        with self.connection.cursor() as cursor:
            self.due = subscriptions.count_due(cursor, until=self.until)
            self.tally = Tally()
            if not self.due:
                self.connection.rollback()
                return self._view(None, now, now)
            self.id, reaches = runs.join_or_begin(
                cursor, until=self.until, now=now, by=self.actor.name, due=self.due
            )
            self.connection.commit()
            # A second round finds what others held during the first; a round that does nothing is the last.
            while self._round(cursor):
                pass
            finished = None
            if not subscriptions.count_due(cursor, until=reaches):
                finished = max(now, clock.now())
                runs.finish(cursor, self.id, now=finished)
            self.connection.commit()
        return self._view(self.id, now, finished)

    def _view(self, id: UUID | None, started: datetime, finished: datetime | None) -> RunView:
        tally = self.tally
        return RunView(
            id=id, until=self.until, started_at=started, finished_at=finished, started_by=self.actor.name,
            due=tally.done, billed=tally.billed, pending=tally.pending, ended=tally.ended, parked=tally.parked,
            totals=totals_of(tally.totals_after({})),
        )  # fmt: skip

    def _round(self, cursor: Cursor) -> int:
        """Everything that is due, instant by instant; how many this worker could claim."""
        claimed, since = 0, _EVER
        while True:
            lots = subscriptions.next_lots(cursor, since=since, until=self.until, size=self.size)
            self.connection.rollback()
            if not lots:
                return claimed
            claimed += self._instant(cursor, lots)
            since = lots[0].due_at + timedelta(microseconds=1)

    def _instant(self, cursor: Cursor, lots: Sequence[Lot]) -> int:
        queue = deque((lot, _FIRST) for lot in lots)
        claimed = refused = 0
        while queue:
            lot, after = queue.popleft()
            # Where each lot that is left is somebody's, lend a hand all the same.
            found = self._chunk(cursor, lot, after, alone=refused <= len(queue))
            if found is None:
                refused += 1
                queue.append((lot, after))
                continue
            refused = 0
            claimed += len(found)
            if len(found) == self.size:
                queue.appendleft((lot, found[-1].id))
        return claimed

    def _chunk(self, cursor: Cursor, lot: Lot, after: UUID, *, alone: bool) -> Sequence[Subscription] | None:
        """Claim, decide, write, commit; None where the lot is another worker's and ``alone`` was asked."""
        for attempt in range(1, _TRIES + 1):
            found: Sequence[Subscription] = ()
            try:
                row = cursor.execute(_MINE, (str(lot.resellers[0]),)).fetchone()
                if alone and row is not None and not row[0]:
                    self.connection.rollback()
                    return None
                found = subscriptions.claim(cursor, lot, after=after, limit=self.size)
                rest = self._write(cursor, lot, found)
                self.connection.commit()
                break
            except (psycopg.OperationalError, OperationalError):
                # A deadlock or a lost connection left no trace.
                self.connection.rollback()
                if attempt == _TRIES:
                    raise
            except Exception:
                logger.exception("a chunk of %s renewals failed; they are done one by one", len(found))
                self.connection.rollback()
                rest = list(found)
                break
        self._one_by_one(cursor, lot, rest)
        if self.progress is not None:
            self.progress(self.tally.done, self.due, self.tally.parked)
        return found

    def _write(self, cursor: Cursor, lot: Lot, found: Sequence[Subscription]) -> list[Subscription]:
        """Write the plain ones and count them; returns the others."""
        if not found:
            return []
        today = clock.business_date(lot.due_at)
        facts = Facts(cursor, found, today)
        verdicts = [decide_one(one, facts) for one in found]
        plain = [one for one in verdicts if one.plain]
        if plain:
            tally = _tally(plain)
            write(cursor, system_actor(), plain, due_at=lot.due_at, today=today)
            runs.count(cursor, self.id, tally)
            self.tally.add(tally)
        return [one.subscription for one in verdicts if not one.plain]

    def _one_by_one(self, cursor: Cursor, lot: Lot, rest: Sequence[Subscription]) -> None:
        """The others, each in a transaction of its own by the ordinary command."""
        if not rest:
            return
        done, left, parked = [], [], 0
        for one in rest:
            try:
                if _renew(one.id, lot.due_at) and one.period_end is not None:
                    done.append((one.id, one.period_end))
                else:
                    left.append(one.id)
            except Exception as error:
                logger.exception("renewal of %s failed", one.id)
                parking.park(source=SOURCE, piece=str(one.id), due_at=lot.due_at, reason=error)
                parked += 1
        # What nobody moved on would be due for ever.
        for id in subscriptions.still_due(cursor, left, at=lot.due_at) if left else ():
            parking.park(source=SOURCE, piece=str(id), due_at=lot.due_at, reason=StillDue())
            parked += 1
        tally = runs.what_became(cursor, done)
        tally.parked = parked
        runs.count(cursor, self.id, tally)
        self.connection.commit()
        self.tally.add(tally)


def _tally(plain: Sequence[Verdict]) -> Tally:
    tally = Tally()
    for one in plain:
        if one.priced is None:
            tally.ended += 1
        else:
            net = one.priced.line.net
            tally.bill(net.currency, net.amount, one.priced.vat.amount)
    return tally


def _renew(subscription_id: UUID, due_at: datetime) -> bool:
    for attempt in range(1, _TRIES + 1):
        try:
            return renew_term(actor=system_actor(), now=due_at, subscription_id=subscription_id)
        except OperationalError:
            if attempt == _TRIES:
                raise
    return False
