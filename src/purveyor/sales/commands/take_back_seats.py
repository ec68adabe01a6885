"""Seats that were added this month go back before they are billed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import take_back_on_account
from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import authority
from purveyor.sales.types import SeatsTakenBack
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions import queries


@command
def take_back_seats(*, actor: Actor, now: datetime, subscription_id: UUID, quantity: int) -> SeatsTakenBack:
    """Take ``quantity`` seats back that were added on account and are not billed yet: together they cost nothing.

    The newest go first, and only free ones: whoever holds a seat keeps it. What was invoiced stays until the
    renewal (rules.md b). The subscription is locked before the account, as when seats are added. Not safe to
    repeat by itself: the edge keeps the answer.

    Raises: NotFound, Forbidden, Invalid (``quantity``), NotOnAccount, SeatsInUse, SubscriptionNotActive,
        PeriodEnded.
    Emits: subscription.seats_removed.
    """
    found = queries.lock_subscription(actor=actor, subscription_id=subscription_id)
    authority.require(actor, "buy", customer_id=found.customer_id)
    if actor.scope == "customer":
        # A customer's own purchases are never on account, and its reseller's account is not its business.
        raise NotFound(kind="account")
    less = take_back_on_account(actor=actor, now=now, subscription_id=subscription_id, quantity=quantity)
    left = subscriptions.remove_seats(
        actor=actor, now=now, subscription_id=subscription_id, quantity=quantity
    )
    activity.record(
        actor,
        now=now,
        kind="subscription.taken_back",
        subject_kind="subscription",
        subject_id=subscription_id,
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.reseller_id,
        facts={"quantity": quantity, "net": less.amount, "currency": less.currency},
    )
    return SeatsTakenBack(subscription_id, found.customer_id, left.quantity, less)
