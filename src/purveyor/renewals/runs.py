"""Reads of renewal runs, for the operator: what was due, what became of it, how far one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, Func, QuerySet

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.paging import Page, capped, read_cursor, write_cursor
from purveyor.parties.authority import require
from purveyor.renewals import models


@dataclass(frozen=True, slots=True)
class RunTotal:
    """What a run billed in one currency: how many renewals, and their sums."""

    count: int
    net: Money
    vat: Money
    gross: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A renewal run. ``id`` is None for a dry run, which leaves nothing behind.

    ``due`` is how many were due when it began, and once it is finished what it did:
    ``due = billed + pending + ended + parked``. ``finished_at`` is None while it runs, and when it was
    interrupted: the next run does the rest. On the real clock, ``worked`` is how long it took over the last
    ``paced`` of them without a break, and ``quiet`` how long ago it counted the last; None where that is not known.
    """

    id: UUID | None
    until: datetime
    started_at: datetime
    finished_at: datetime | None
    started_by: str
    due: int
    billed: int
    pending: int
    ended: int
    parked: int
    totals: tuple[RunTotal, ...]
    paced: int = 0
    worked: timedelta | None = None
    quiet: timedelta | None = None

    @property
    def done(self) -> int:
        """How many of the due ones it has done."""
        return self.billed + self.pending + self.ended + self.parked

    @property
    def adds_up(self) -> bool:
        """Whether all that was due has become something."""
        return self.due == self.done


def list_runs(*, actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[RunView]:
    """Runs, the newest first.

    Raises: Forbidden for everybody but the operator. Invalid for a forged cursor.
    """
    require(actor, "operate")
    rows = _rows().order_by("-started_at", "-id")
    key = read_cursor(cursor, parts=1)
    if key is not None:
        last = _find(key[0])
        rows = rows.filter(started_at__lte=last.started_at).exclude(
            started_at=last.started_at, id__gte=last.id
        )
    size = capped(limit)
    found = list(rows[: size + 1])
    more = len(found) > size
    return Page(tuple(map(_view, found[:size])), write_cursor(str(found[size - 1].id)) if more else None)


def get_run(*, actor: Actor, run_id: UUID) -> RunView:
    """One run.

    Raises: NotFound. Forbidden for everybody but the operator.
    """
    require(actor, "operate")
    return _view(_find(run_id))


def _find(run_id: UUID | str) -> models.Run:
    try:
        return _rows().get(id=run_id)
    except (models.Run.DoesNotExist, ValueError) as error:
        raise NotFound(kind="run") from error


def _rows() -> QuerySet[models.Run]:
    """Runs, each with the real time by the database's clock, which has written the others."""
    return models.Run.objects.annotate(
        real_now=Func(function="clock_timestamp", output_field=DateTimeField())
    )


def _view(row: models.Run) -> RunView:
    real_now: datetime = row.real_now  # type: ignore[attr-defined]  # _rows has added it
    done = row.billed + row.pending + row.ended + row.parked
    worked = quiet = None
    if row.paced_at is not None and row.counted_at is not None:
        worked, quiet = row.counted_at - row.paced_at, max(real_now - row.counted_at, timedelta(0))
    return RunView(
        id=row.id, until=row.until, started_at=row.started_at, finished_at=row.finished_at,
        started_by=row.started_by, due=row.due, billed=row.billed, pending=row.pending, ended=row.ended,
        parked=row.parked, totals=totals_of(row.totals), paced=done - row.paced_from, worked=worked, quiet=quiet,
    )  # fmt: skip


def totals_of(stored: Mapping[str, Mapping[str, int]]) -> tuple[RunTotal, ...]:
    """The stored totals, by currency."""
    return tuple(
        RunTotal(
            parts["count"],
            Money(parts["net"], currency),
            Money(parts["vat"], currency),
            Money(parts["gross"], currency),
        )
        for currency, parts in sorted(stored.items())
    )
