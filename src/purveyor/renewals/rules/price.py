"""What a seat of the next term costs: the list of the renewal day, once notice of a rise was given."""

from __future__ import annotations

from datetime import date, timedelta


def rise_counts(*, valid_from: date, boundary: date, notice_days: int) -> bool:
    """Whether the price list that holds at the boundary has held for ``notice_days`` by then.

    A list is published at the latest on the day from which it holds, so notice was given then.
    """
    return valid_from <= boundary - timedelta(days=notice_days)


def keeps_running_price(
    *, old: int, new: int, same_offer: bool, valid_from: date, boundary: date, notice_days: int
) -> bool:
    """Whether the running term's price (minor units) holds for one more term.

    Only a rise of the same offer without notice does not count: a lower price is taken at once, and who chose
    another plan or term chose its price.
    """
    if not same_offer or new <= old:
        return False
    return not rise_counts(valid_from=valid_from, boundary=boundary, notice_days=notice_days)
