"""Until when a renewal can be changed, and how many seats it may begin with."""

from __future__ import annotations

from datetime import date

from purveyor.kernel.errors import Invalid
from purveyor.subscriptions.errors import RenewalLocked, SeatsInUse
from purveyor.subscriptions.rules.calendar import PeriodEnded
from purveyor.subscriptions.types import Subscription

MAX_QUANTITY = 100_000


def need_unlocked(found: Subscription, on: date) -> None:
    """Refuse a change of the renewal inside the locked days before the end, and once the term is over.

    Raises:
        RenewalLocked. PeriodEnded: the renewal is under way.
    """
    end, locked = found.period_end, found.locked_from
    if end is not None and on >= end:
        raise PeriodEnded(on=on.isoformat(), end=end.isoformat())
    if end is not None and locked is not None and on >= locked:
        raise RenewalLocked(**{"from": locked.isoformat(), "until": end.isoformat()})


def check_quantity(
    wanted: int | None, found: Subscription, *, least: int = 1, most: int = MAX_QUANTITY
) -> None:
    """Whether the next term may begin with ``wanted`` seats (None: with as many as there are then).

    ``least`` and ``most`` are what the next term's offer allows.

    Raises:
        Invalid: outside of the bounds. SeatsInUse: fewer than will still be assigned.
    """
    begins = found.quantity if wanted is None else wanted
    if not least <= begins <= most:
        raise Invalid(
            field="renewal_quantity",
            reason="too_small" if begins < least else "too_large",
            min=least,
            max=most,
        )
    staying = found.seats_assigned - found.seats_leaving
    if wanted is not None and wanted < staying:
        raise SeatsInUse(field="renewal_quantity", wanted=wanted, assigned=staying)
