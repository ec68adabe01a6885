"""Debt reaches exactly the subscriptions on the unpaid invoice: they stand still, end, or go on (rules.md d)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.payments import queries as payments
from purveyor.renewals import models
from purveyor.renewals.commands.follow_payment import follow_payment
from purveyor.renewals.types import OPEN
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Status

# The reason by which a suspension for want of money is known again, and lifted.
UNPAID = "unpaid"
_SUSPENDS = (Status.ACTIVE, Status.EXTENDED)
_ENDS = (Status.ACTIVE, Status.EXTENDED, Status.SUSPENDED)


@command
def suspend_unpaid(*, actor: Actor, now: datetime, invoice_id: UUID) -> list[UUID]:
    """Suspend the subscriptions on an invoice whose dunning has come to that; which they were.

    Nothing of the payer's that stands on other invoices is touched. Paid meanwhile, nothing happens. Safe to repeat.

    Raises: Forbidden, NotFound.  Emits: subscription.suspended.
    """
    authority.require(actor, "operate")
    if not payments.list_suspending(actor=actor, invoice_ids={invoice_id}):
        return []
    touched = []
    for subscription_id in _on(actor, invoice_id):
        if lock_subscription(actor=actor, subscription_id=subscription_id).status in _SUSPENDS:
            subscriptions.suspend_subscription(
                actor=actor, now=now, subscription_id=subscription_id, reason=UNPAID
            )
            touched.append(subscription_id)
    models.Renewal.objects.filter(invoice_id=invoice_id, status__in=("pending", "at_risk")).update(
        status="missed"
    )
    return touched


@command
def end_unpaid(*, actor: Actor, now: datetime, invoice_id: UUID) -> list[UUID]:
    """End the subscriptions on an invoice whose dunning has come to its last step; which they were.

    The debt stays. Paid meanwhile, nothing happens. Safe to repeat.

    Raises: Forbidden, NotFound.  Emits: subscription.ended.
    """
    authority.require(actor, "operate")
    if not payments.list_suspending(actor=actor, invoice_ids={invoice_id}):
        return []
    touched = []
    for subscription_id in _on(actor, invoice_id):
        if lock_subscription(actor=actor, subscription_id=subscription_id).status in _ENDS:
            subscriptions.end_subscription(
                actor=actor, now=now, subscription_id=subscription_id, reason=UNPAID
            )
            touched.append(subscription_id)
    models.Renewal.objects.filter(invoice_id=invoice_id, status__in=OPEN).update(
        status="ended", reason=UNPAID, due_at=None
    )
    return touched


@command
def resume_paid(*, actor: Actor, now: datetime, invoice_id: UUID) -> list[UUID]:
    """The invoice is paid: what was suspended for it goes on, unless something else is unpaid; which they were.

    A suspension for another reason stays. Safe to repeat.

    Raises: Forbidden, NotFound.  Emits: subscription.resumed.
    """
    authority.require(actor, "operate")
    models.Renewal.objects.filter(invoice_id=invoice_id, status__in=OPEN).update(status="paid", paid_at=now)
    touched = []
    for subscription_id in _on(actor, invoice_id):
        found = lock_subscription(actor=actor, subscription_id=subscription_id)
        held = found.status is Status.SUSPENDED and found.suspend_reason == UNPAID
        if held and not _still_owed(actor, subscription_id, paid=invoice_id):
            subscriptions.resume_subscription(
                actor=actor, now=now, subscription_id=subscription_id, reason="paid"
            )
            touched.append(subscription_id)
        # Money from the balance is not announced as a payable's, so it is looked at here as well.
        follow_payment(actor=actor, now=now, subscription_id=subscription_id)
    return touched


def _on(actor: Actor, invoice_id: UUID) -> list[UUID]:
    invoice = billing.get_document(actor=actor, document_id=invoice_id)
    return sorted({line.subscription_id for line in invoice.lines if line.subscription_id})


def _still_owed(actor: Actor, subscription_id: UUID, *, paid: UUID) -> bool:
    """Whether a renewal that waits for its money, or another invoice, still holds the subscription back."""
    if models.Renewal.objects.filter(
        subscription_id=subscription_id, prepay=True, rolled_at__isnull=True, status="missed"
    ).exists():
        return True
    others = billing.list_overdue_of(actor=actor, subscription_id=subscription_id) - {paid}
    return bool(others and payments.list_suspending(actor=actor, invoice_ids=others))
