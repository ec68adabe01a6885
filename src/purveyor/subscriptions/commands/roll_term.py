"""A next term begins where the last one ended."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.period import Period
from purveyor.parties import authority
from purveyor.subscriptions import events
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.commands.open_subscription import announce_active
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import calendar, lifecycle
from purveyor.subscriptions.types import Status, Subscription


@command
def roll_term(
    *,
    actor: Actor,
    now: datetime,
    subscription_id: UUID,
    starts_on: date,
    term_price: Money,
    price_list: str,
    term_months: int | None = None,
) -> Subscription:
    """Begin the next term, or the first paid one after a trial, with ``renews_with`` seats of ``renews_to``.

    ``term_months`` is the next offer's, where another one was scheduled; what was scheduled is done with then.

    ``starts_on`` is the end of the running term as the caller priced it: when another run was faster, the
    subscription is returned as it is. The anchor day is kept (rules.md b); a trial's end sets it.

    Raises:
        TransitionRefused: it is over. NotFound. Forbidden.
    Emits: subscription.renewed, or subscription.activated after a trial.
    """
    authority.require(actor, "operate")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    lifecycle.step(found.status, Status.ACTIVE)
    if found.period_end is None:
        raise NotFound(kind="period")
    if found.period_end != starts_on:
        return found
    was_trial = found.status is Status.TRIAL
    term = next_period(found, term_months)
    quantity = found.renews_with
    rolled = _write.changed(
        _write.update(
            actor, found.id, status=Status.ACTIVE.value, quantity=quantity, renewal_quantity=None,
            anchor_day=found.anchor_day or term.start.day, term_price=term_price.amount,
            currency=term_price.currency, price_list=price_list, term_months=term_months or found.term_months,
            offer_id=found.renews_to, renewal_offer_id=None, suspended_at=None, suspend_reason="",
            **_write.other_offer(found), **_write.period_values(term.start, term.end),
        )
    )  # fmt: skip
    _write.write_term(
        rolled,
        kind="paid",
        start=term.start,
        end=term.end,
        price=term_price,
        price_list=price_list,
        quantity=quantity,
    )
    if was_trial:
        announce_active(actor, now, rolled)
        return rolled
    outbox.emit(
        events.SubscriptionRenewed(
            str(rolled.id), str(rolled.customer_id), quantity, term.start.isoformat(), term.end.isoformat()
        ),
        **_write.announced(rolled, now),
    )
    _write.note(actor, now, rolled, "subscription.renewed", quantity=quantity, until=term.end.isoformat())
    return rolled


def next_period(found: Subscription, term_months: int | None = None) -> Period:
    """The term after the running one, on the stored anchor day (a trial has none yet: its end sets it).

    ``term_months`` where the next term is of another length.

    Raises:
        NotFound: no term has begun.
    """
    if found.period_end is None:
        raise NotFound(kind="period")
    anchor = found.anchor_day or found.period_end.day
    return calendar.next_term(found.period_end, term_months or found.term_months, anchor)
