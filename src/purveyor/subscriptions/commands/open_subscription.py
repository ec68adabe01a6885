"""A subscription comes into being: waiting for its money, as a trial, or running at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.subscriptions import events, models
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.queries import get_subscription, lock_subscription
from purveyor.subscriptions.rules import calendar, lifecycle
from purveyor.subscriptions.types import Status, Subscription

_FACTS = """
SELECT c.reseller_id, c.sort_key, c.search_key, o.code, v.name, pr.name, pl.name
FROM parties_organization c, catalog_offer o JOIN catalog_plan pl ON pl.id = o.plan_id
JOIN catalog_product pr ON pr.id = pl.product_id
JOIN catalog_vendor v ON v.id = pr.vendor_id
WHERE c.id = %s AND c.kind = 'customer' AND o.id = %s"""
_FIRST = (Status.AWAITING_PAYMENT, Status.TRIAL, Status.ACTIVE)


@command
def open_subscription(
    *,
    actor: Actor,
    now: datetime,
    customer_id: UUID,
    payer_id: UUID,
    offer_id: UUID,
    quantity: int,
    term_months: int,
    term_price: Money,
    price_list: str,
    starts_on: date | None = None,
    trial_days: int = 0,
    status: Status | str = Status.AWAITING_PAYMENT,
) -> Subscription:
    """Write a new subscription; ``term_price`` is the list price of one seat for a whole term.

    ``starts_on`` is needed for ``trial`` (with ``trial_days``) and ``active``; one that waits for its money
    gets its dates from ``activate_subscription``.

    Raises:
        NotFound: customer or offer. Forbidden. Invalid: a quantity, status or start that makes no sense.
    Emits: subscription.trial_started or subscription.activated.
    """
    authority.require(actor, "buy", customer_id=customer_id)
    first = Status(status)
    if quantity < 1:
        raise Invalid(field="quantity", reason="too_small")
    if first not in _FIRST or (first is not Status.AWAITING_PAYMENT and starts_on is None):
        raise Invalid(field="status", reason="not_a_beginning")
    if first is Status.TRIAL and trial_days < 1:
        raise Invalid(field="trial_days", reason="too_small")
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [customer_id, offer_id])
        facts = cursor.fetchone()
    if facts is None:
        raise NotFound(kind="customer")
    offer_search = _write.offer_words(*facts[3:])
    new = models.Subscription(
        id=new_id(), reseller_id=facts[0], customer_id=customer_id, payer_id=payer_id, offer_id=offer_id,
        status=Status.AWAITING_PAYMENT.value, quantity=quantity, term_months=term_months,
        term_price=term_price.amount, currency=term_price.currency, price_list=price_list, created_at=now,
        customer_sort=facts[1], search_key=f"{facts[2]} {offer_search}", offer_search=offer_search,
    )  # fmt: skip
    new.save(force_insert=True)
    activity.record(
        actor, now=now, kind="subscription.opened", subject_kind="subscription", subject_id=new.id,
        reseller_id=new.reseller_id, customer_id=customer_id, facts={"quantity": quantity, "offer": facts[3]},
    )  # fmt: skip
    if first is Status.TRIAL and starts_on is not None:
        return _start_trial(actor, now, new.id, starts_on, trial_days)
    if first is Status.ACTIVE and starts_on is not None:
        return start(actor, now, get_subscription(actor=actor, subscription_id=new.id), starts_on)
    return get_subscription(actor=actor, subscription_id=new.id)


def _start_trial(actor: Actor, now: datetime, subscription_id: UUID, on: date, days: int) -> Subscription:
    end = on + timedelta(days=days)
    found = _write.changed(
        _write.update(
            actor, subscription_id, status=Status.TRIAL.value, started_on=on, trial_end=end,
            **_write.period_values(on, end),
        )
    )  # fmt: skip
    _write.write_term(
        found,
        kind="trial",
        start=on,
        end=end,
        price=Money(0, found.currency),
        price_list="",
        quantity=found.quantity,
    )
    outbox.emit(
        events.SubscriptionTrialStarted(
            str(found.id), str(found.customer_id), str(found.offer_id), found.quantity, end.isoformat()
        ),
        **_write.announced(found, now),
    )
    return found


@command
def activate_subscription(
    *, actor: Actor, now: datetime, subscription_id: UUID, starts_on: date
) -> Subscription:
    """Let it run from ``starts_on`` (business date): first term, frozen price, anchor day.

    Repeating it on an active subscription changes nothing.

    Raises:
        NotFound. Forbidden. TransitionRefused: it was cancelled or has ended.
    Emits: subscription.activated.
    """
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if found.status is Status.ACTIVE:
        return found
    authority.require(actor, "buy", customer_id=found.customer_id)
    return start(actor, now, found, starts_on)


def start(actor: Actor, now: datetime, found: Subscription, on: date) -> Subscription:
    """Begin the first paid term of a subscription that the caller holds."""
    lifecycle.step(found.status, Status.ACTIVE)
    end = calendar.term_end(on, found.term_months, on.day)
    active = _write.changed(
        _write.update(
            actor, found.id, status=Status.ACTIVE.value, started_on=on, anchor_day=on.day,
            **_write.period_values(on, end),
        )
    )  # fmt: skip
    _write.write_term(
        active, kind="paid", start=on, end=end, price=active.term_price, price_list=active.price_list,
        quantity=active.quantity,
    )  # fmt: skip
    announce_active(actor, now, active)
    return active


def announce_active(actor: Actor, now: datetime, active: Subscription) -> None:
    """Say that it runs, in the feed and on record."""
    outbox.emit(
        events.SubscriptionActivated(
            str(active.id), str(active.customer_id), str(active.offer_id), active.quantity,
            str(active.period_start), str(active.period_end),
        ),
        **_write.announced(active, now),
    )  # fmt: skip
    _write.note(
        actor, now, active, "subscription.activated", quantity=active.quantity, until=str(active.period_end)
    )
