"""Remember whom a person acted on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.parties import models

_FRESH = timedelta(minutes=1)


@command
def note_recent_customer(*, actor: Actor, now: datetime, customer_id: UUID, reseller_id: UUID) -> None:
    """Put a customer first in the person's recent ones; at most one write a minute for the same one.

    A convenience of the switch, not an act on the customer: it is not put on record.
    """
    if actor.person_id is None:
        return
    known = models.RecentCustomer.objects.filter(person_id=actor.person_id, customer_id=customer_id).first()
    if known is not None and now - known.at < _FRESH:
        return
    models.RecentCustomer.objects.bulk_create(
        [
            models.RecentCustomer(
                id=new_id(),
                person_id=actor.person_id,
                reseller_id=reseller_id,
                customer_id=customer_id,
                at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["person", "customer"],
        update_fields=["at"],
    )
