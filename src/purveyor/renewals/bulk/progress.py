"""The row of a run: opened or joined, counted with each chunk, closed when nothing is due any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from purveyor.infra.bulk import Cursor
from purveyor.kernel.ids import new_id
from purveyor.renewals.rules.tally import Tally

# Whoever begins at the same moment joins the run that the first one opened.
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('purveyor.renewals.run'))"
# Its pace is measured on the real clock, from the last time that it was taken up after a break.
_AT_IT = "counted_at > clock_timestamp() - interval '2 minutes'"
_OPEN = f"""
UPDATE renewals_run SET until = greatest(until, %s), due = greatest(due, billed + pending + ended + parked + %s),
  paced_at = CASE WHEN {_AT_IT} THEN paced_at ELSE clock_timestamp() END,
  paced_from = CASE WHEN {_AT_IT} THEN paced_from ELSE billed + pending + ended + parked END,
  counted_at = clock_timestamp()
WHERE id = (SELECT id FROM renewals_run WHERE finished_at IS NULL ORDER BY started_at DESC, id DESC LIMIT 1)
RETURNING id, until"""
_BEGIN = """
INSERT INTO renewals_run (id, until, started_at, started_by, due, billed, pending, ended, parked, totals, paced_at,
  counted_at)
VALUES (%s, %s, %s, %s, %s, 0, 0, 0, 0, '{}', clock_timestamp(), clock_timestamp())"""
_LOCK = "SELECT totals FROM renewals_run WHERE id = %s FOR UPDATE"
_COUNT = """
UPDATE renewals_run SET billed = billed + %s, pending = pending + %s, ended = ended + %s, parked = parked + %s,
  due = greatest(due, billed + pending + ended + parked + %s), totals = %s, counted_at = clock_timestamp()
WHERE id = %s"""
_FINISH = """
UPDATE renewals_run SET finished_at = %s, due = billed + pending + ended + parked
WHERE id = %s AND finished_at IS NULL"""
_BECAME = """
SELECT r.subscription_id, r.status, r.rolled_at IS NOT NULL, r.currency, r.net, r.vat
FROM renewals_renewal r JOIN unnest(%s::uuid[], %s::date[]) AS k(id, day)
  ON r.subscription_id = k.id AND r.period_start = k.day"""


def join_or_begin(
    cursor: Cursor, *, until: datetime, now: datetime, by: str, due: int
) -> tuple[UUID, datetime]:
    """The run that others are at, or that was interrupted, or a new one of ``due`` subscriptions; and until when
    it reaches."""
    cursor.execute(_ALONE)
    row = cursor.execute(_OPEN, (until, due)).fetchone()
    if row is not None:
        return row[0], row[1]
    run_id = new_id()
    cursor.execute(_BEGIN, (run_id, until, now, by, due))
    return run_id, until


def count(cursor: Cursor, run_id: UUID, tally: Tally) -> None:
    """Add a chunk to its run, in the chunk's own transaction and last of all: a killed one is not counted."""
    row = cursor.execute(_LOCK, (run_id,)).fetchone()
    totals = tally.totals_after({} if row is None else row[0])
    cursor.execute(
        _COUNT,
        (tally.billed, tally.pending, tally.ended, tally.parked, tally.done, Jsonb(totals), run_id),
    )


def finish(cursor: Cursor, run_id: UUID, *, now: datetime) -> None:
    """Close it. The figures add up, by constraint."""
    cursor.execute(_FINISH, (now, run_id))


def what_became(cursor: Cursor, keys: Sequence[tuple[UUID, date]]) -> Tally:
    """What the ordinary command made of these ends of terms."""
    tally = Tally()
    if not keys:
        return tally
    rows = cursor.execute(_BECAME, ([key[0] for key in keys], [key[1] for key in keys])).fetchall()
    for _, status, is_rolled, currency, net, vat in rows:
        if status == "ended":
            tally.ended += 1
        elif is_rolled:
            tally.bill(currency, net, vat)
        else:
            tally.pending += 1
    return tally
