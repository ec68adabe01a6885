"""`purveyor renew`: the renewal run by hand, or what it would bill."""

from __future__ import annotations

import argparse
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

from purveyor.interfaces.cli.progress import Bar, say

if TYPE_CHECKING:
    from purveyor.renewals.runs import RunView


def add_options(parser: argparse.ArgumentParser) -> None:
    """Until when, and whether to write."""
    parser.add_argument(
        "--until", required=True, type=_day, metavar="DATE", help="2026-12-31; that day included"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be billed, to the cent, and write nothing"
    )
    parser.add_argument("--chunk", type=int, default=1000, help="how many in one transaction (1000)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date like 2026-12-31") from error


def run(options: argparse.Namespace) -> int:
    """Renew all that is due by the end of that day. Any number of these may run at once, on any machine; one that
    is stopped leaves the rest due. Exit code 1 when something had to be parked."""
    import django

    django.setup()
    from purveyor.infra import clock
    from purveyor.kernel.actor import system_actor
    from purveyor.renewals.commands import run_renewals

    now = clock.now()
    # Until the day is over: a trial ends at its own hour.
    until = clock.start_of(options.until + timedelta(days=1)) - timedelta(microseconds=1)
    if not options.dry_run:
        if options.until > clock.business_date(now):
            raise ValueError(
                f"{options.until} lies ahead: only a dry run looks into the future; add --dry-run, or give a day"
                f" until {clock.business_date(now)}."
            )
        until = min(until, now)
    found = run_renewals(
        actor=system_actor(), now=now, until=until, dry_run=options.dry_run, chunk=max(1, options.chunk),
        progress=_Progress(),
    )  # fmt: skip
    say(summary(found, dry=options.dry_run))
    return 1 if found.parked else 0


class _Progress:
    """Counts, rate and time left: a bar on a terminal, lines in a pipe."""

    def __init__(self) -> None:
        self._bar = Bar()
        self._began = time.monotonic()

    def __call__(self, done: int, due: int, parked: int) -> None:
        seconds = max(time.monotonic() - self._began, 0.001)
        rate = done / seconds
        left = (due - done) / rate if rate else 0.0
        aside = f", {parked} parked" if parked else ""
        self._bar(done, max(due, done), f"{done:,} of {due:,}, {rate:,.0f}/s, {left:,.0f} s left{aside}")


def summary(found: RunView, *, dry: bool) -> str:
    """What was due, what became of it, and the sums of each currency."""
    lines = [
        f"{found.due:,} {'would be' if dry else 'were'} due: {found.billed:,} billed, {found.pending:,} waiting to be"
        f" paid, {found.ended:,} ended, {found.parked:,} parked."
    ]
    lines += [
        f"  {total.net.currency}: {total.count:,} for {total.net.decimal():,} net + {total.vat.decimal():,} VAT"
        f" = {total.gross.decimal():,}"
        for total in found.totals
    ]
    if dry:
        lines.append("Nothing was written.")
    elif found.parked:
        lines.append("What is parked waits for a person, with its reason: console, Parked work.")
    return "\n".join(lines)
