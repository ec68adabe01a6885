"""Take an offer off sale."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.catalog import models, queries
from purveyor.catalog.commands._desk import put_on_record
from purveyor.catalog.errors import OfferAlreadyWithdrawn
from purveyor.catalog.events import OfferWithdrawn
from purveyor.catalog.types import Offer
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import show
from purveyor.parties.authority import require


@command
def withdraw_offer(*, actor: Actor, now: datetime, offer_id: UUID) -> Offer:
    """Take an offer off sale at once, for good. Running terms go on; a renewal finds it not available.

    Operator only.

    Raises: Forbidden, NotFound, OfferAlreadyWithdrawn.  Emits: offer.withdrawn.
    """
    require(actor, "operate")
    row = models.Offer.objects.select_for_update().filter(id=offer_id).first()
    if row is None:
        raise NotFound(field="offer")
    if row.withdrawn_at is not None:
        raise OfferAlreadyWithdrawn(offer=row.code)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    put_on_record(
        actor,
        now,
        OfferWithdrawn(offer=show("off", row.id), code=row.code),
        subject_kind="offer",
        subject_id=row.id,
        facts={"code": row.code},
    )
    return queries.get_offer(offer_ref=row.id)
