"""Due work of renewals: the ends of terms and trials."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from purveyor.infra import clock, tx
from purveyor.kernel.actor import system_actor
from purveyor.renewals.commands import advance_ladder, look_at_numbers, renew_term, run_renewals
from purveyor.renewals.commands.give_notices import (
    FIRST,
    announce_notices,
    find_short,
    give_notices,
    give_reminders,
    next_morning,
)

# Mornings that were missed longer ago are not made up for: what their notices say is no longer so.
MISSED_MAX = timedelta(days=3)


def roll_all_due(due_at: datetime) -> int:
    """Renew or end all subscriptions that are due by then, by the run; returns how many that were."""
    return run_renewals(actor=system_actor(), now=due_at, until=due_at).done


def roll_due(subscription_id: UUID, due_at: datetime) -> None:
    """Renew or end the subscription as of its own due instant, in a transaction of its own."""
    renew_term(actor=system_actor(), now=due_at, subscription_id=subscription_id)


def give_due(daily_id: UUID, due_at: datetime) -> None:
    """Give the notices of one morning, a chunk a transaction, and come back the next morning. Before that, the VAT
    numbers that the invoices of the next days will rest on are looked at again.

    Safe to repeat from any point: a notice is given once, and who has some is told at the very end.
    """
    actor, now = system_actor(), due_at
    behind = clock.now()
    if behind - due_at > MISSED_MAX:
        announce_notices(actor=actor, now=now, daily_id=daily_id, next_at=next_morning(behind))
        return
    look_at_numbers(actor=actor, now=now)
    # What is small is one transaction: the first chunks, and the word to everybody if they were the last.
    with tx.enter(actor):
        short = find_short(actor=actor, now=now)
        ending = give_notices(actor=actor, now=now, after=FIRST, short=short)
        waiting = give_reminders(actor=actor, now=now, after=FIRST)
        if ending is None and waiting is None:
            announce_notices(actor=actor, now=now, daily_id=daily_id, next_at=next_morning(now))
            return
    while ending is not None:
        ending = give_notices(actor=actor, now=now, after=ending, short=short)
    while waiting is not None:
        waiting = give_reminders(actor=actor, now=now, after=waiting)
    announce_notices(actor=actor, now=now, daily_id=daily_id, next_at=next_morning(now))


def run_ladder(renewal_id: UUID, due_at: datetime) -> None:
    """Take the next step of a renewal that waits for its money, as of its own due instant."""
    advance_ladder(actor=system_actor(), now=due_at, renewal_id=renewal_id)
