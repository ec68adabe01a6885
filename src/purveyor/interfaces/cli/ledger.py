"""`purveyor ledger verify`: the books against everything else that knows about money."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from purveyor.interfaces.cli.progress import say

if TYPE_CHECKING:
    from purveyor.sales.books import Difference


def add_options(parser: argparse.ArgumentParser) -> None:
    """What to do with the ledger."""
    parser.add_argument("act", choices=["verify"], help="recompute every balance and say what differs")


def run(_: argparse.Namespace) -> int:
    """Say what differs, one line each; exit code 1 when something does. Writes nothing."""
    import django

    django.setup()
    from purveyor.sales.books import verify

    began = time.monotonic()
    found = verify()
    for one in found:
        say(sentence(one))
    took = time.monotonic() - began
    if found:
        say(f"{len(found):,} {'difference' if len(found) == 1 else 'differences'} ({took:.1f} s).")
        return 1
    say(f"The books agree ({took:.1f} s).")
    return 0


def sentence(one: Difference) -> str:
    """What differs, whose it is, what was expected and what was found."""
    from purveyor.kernel.ids import show
    from purveyor.kernel.money import Money

    whose = show("res", one.reseller_id)
    if one.party_id is not None and one.party_id != one.reseller_id:
        whose += f", {show('cus', one.party_id)}"
    if not one.currency:
        return f"{one.what} ({whose}): {one.found} found"
    expected, found = (f"{Money(amount, one.currency).decimal():,}" for amount in (one.expected, one.found))
    return f"{one.what} ({whose}): {expected} {one.currency} expected, {found} {one.currency} found"
