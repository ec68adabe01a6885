"""What the commands of a renewal that waits for its money have in common."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity, outbox
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.events import Event
from purveyor.renewals import models
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Subscription

UNPAID = "renewal_unpaid"
OPEN = ("pending", "at_risk", "missed")


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
