"""A subscription is past due while one of its invoices is overdue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties.authority import require
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions import queries
from purveyor.subscriptions.types import PaymentStatus


@command
def follow_payment(*, actor: Actor, now: datetime, subscription_id: UUID) -> bool:
    """Set ``payment_status`` to what the subscription's invoices say (rules.md a3); whether it changed.

    Apart from the life cycle: a subscription that is past due goes on. Safe to repeat.

    Raises: Forbidden, NotFound.
    """
    require(actor, "operate")
    subscription = queries.get_subscription(actor=actor, subscription_id=subscription_id)
    overdue = billing.has_overdue(
        actor=actor,
        customer_id=subscription.customer_id,
        reseller_id=subscription.reseller_id,
        subscription_id=subscription_id,
    )
    wanted: PaymentStatus = "past_due" if overdue else "ok"
    if subscription.payment_status == wanted:
        return False
    subscriptions.set_payment_status(
        actor=actor, now=now, subscription_id=subscription_id, payment_status=wanted
    )
    activity.record(
        actor,
        now=now,
        kind="subscription.past_due" if overdue else "subscription.paid_up",
        subject_kind="subscription",
        subject_id=subscription_id,
        reseller_id=subscription.reseller_id,
        customer_id=subscription.customer_id,
        payer_id=subscription.payer_id,
    )
    return True
