"""`purveyor documents`: all documents of a period as PDFs in a folder."""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path

from purveyor.interfaces.cli.progress import Bar, say


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which days, and where to."""
    for name, text in (("--from", "the first day"), ("--until", "the last day, included")):
        parser.add_argument(
            name,
            dest=name.strip("-").replace("from", "first"),
            required=True,
            type=_day,
            metavar="DATE",
            help=text,
        )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="folder for the PDFs; made if needed"
    )
    parser.add_argument("--processes", type=int, default=None, help="how many draw at once (one a core)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date like 2026-12-31") from error


def run(options: argparse.Namespace) -> int:
    """Draw them, oldest first; a file that is there already is written anew, with the same bytes."""
    import django

    django.setup()
    from purveyor.interfaces.documents import batch
    from purveyor.kernel.actor import system_actor

    if options.until < options.first:
        raise ValueError(f"{options.until} is before {options.first}.")
    actor = system_actor()
    total = batch.count(actor=actor, first=options.first, last=options.until)
    if total == 0:
        say("No document was issued on these days.")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    bar, began, done = Bar(), time.monotonic(), 0
    found = batch.pieces(actor=actor, first=options.first, last=options.until)
    for file in batch.draw(found, processes=options.processes):
        (options.out / file.name).write_bytes(file.content)
        done += 1
        rate = done / max(time.monotonic() - began, 0.001)
        bar(done, max(done, total), f"{done:,} of {total:,}, {rate:,.0f}/s")
    say(f"{done:,} documents are in {options.out}.")
    return 0
