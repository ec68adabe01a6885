"""Somebody else pays for a subscription from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Subscription


@command
def set_payer(*, actor: Actor, now: datetime, subscription_id: UUID, payer_id: UUID) -> Subscription:
    """Let another organization owe what comes (rules.md b2); what was billed stays with whoever owed it.

    The way to pay goes back to a bank transfer: taking it from the balance was the other's choice, from the
    other's balance. Safe to repeat. ``renewals`` calls it, which knows who may.

    Raises: NotFound. Forbidden.
    """
    authority.require(actor, "operate")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if found.payer_id == payer_id:
        return found
    changed = _write.changed(
        _write.update(actor, found.id, payer_id=payer_id, renewal_payment_method="bank_transfer")
    )
    _write.note(actor, now, changed, "subscription.payer_changed")
    return changed
