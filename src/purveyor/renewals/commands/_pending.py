"""What the commands of a renewal that waits for its money have in common."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import close_pro_forma
from purveyor.infra import activity, outbox
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.events import Event
from purveyor.kernel.money import Money
from purveyor.payments.commands import cancel_payable, release_advance
from purveyor.payments.errors import PayableNotOpen
from purveyor.renewals import models
from purveyor.renewals.types import OPEN
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Subscription

UNPAID = "renewal_unpaid"


def lock(actor: Actor, renewal_id: UUID) -> tuple[models.Renewal, Subscription]:
    """The renewal and its subscription, both locked, the subscription first as everywhere. Raises NotFound."""
    rows = models.Renewal.objects.filter(id=renewal_id)
    if actor.scope != "operator":
        rows = rows.filter(payer_id=actor.organization_id)
    subscription_id = rows.values_list("subscription_id", flat=True).first()
    if subscription_id is None:
        raise NotFound(kind="renewal")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    return rows.select_for_update(no_key=True).get(), found


def waits(row: models.Renewal) -> bool:
    """Whether it still waits for its money before the next term can begin."""
    return row.prepay and row.rolled_at is None and row.status in OPEN


def announce(row: models.Renewal, now: datetime, event: Event) -> None:
    """Emit an event about it: for the payer and the operator."""
    outbox.emit(
        event,
        now=now,
        subject_id=row.subscription_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )


def note(actor: Actor, now: datetime, row: models.Renewal, kind: str, **facts: str | int) -> None:
    """Put it on record, for the payer and the operator."""
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="subscription",
        subject_id=row.subscription_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts=dict(facts),
    )


def void(actor: Actor, now: datetime, row: models.Renewal) -> None:
    """Nothing is asked for it any more: what had come for it, a part or all, goes to the payer's balance."""
    if row.payable_id is not None:
        try:
            cancel_payable(actor=actor, now=now, payable_id=row.payable_id)
        except PayableNotOpen:
            _to_balance(actor, now, row)
    if row.pro_forma_id is not None:
        close_pro_forma(actor=actor, now=now, document_id=row.pro_forma_id, outcome="cancelled")


def _to_balance(actor: Actor, now: datetime, row: models.Renewal) -> None:
    """Its money was complete, but the subscription is over: as with an order that is held."""
    release_advance(
        actor=actor,
        now=now,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        amount=Money(row.net + row.vat, row.currency),
        reference=f"renewal:{row.id}:void",
    )
