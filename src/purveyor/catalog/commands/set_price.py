"""Set a price."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.catalog import models
from purveyor.catalog.commands._desk import put_on_record
from purveyor.catalog.events import PriceSet
from purveyor.catalog.rules.fields import AMOUNT_MAX
from purveyor.catalog.types import PriceFound
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import Money
from purveyor.parties.authority import require


@command
def set_price(
    *, actor: Actor, now: datetime, price_list_id: UUID, offer_id: UUID, price: Money
) -> PriceFound:
    """Set what one seat of an offer costs for its whole term on a price list. Operator only.

    Orders, running terms and issued documents keep the price that they were made with; an open quote is
    outdated and shows the new price before it charges. Setting the same price again changes nothing.

    Raises: Forbidden, NotFound, Invalid (price: ``negative``, ``too_large``, ``currency``).
    Emits: price.set, when it changed.
    """
    require(actor, "operate")
    if price.amount < 0:
        raise Invalid(field="price", reason="negative")
    if price.amount > AMOUNT_MAX:
        raise Invalid(field="price", reason="too_large", maximum=AMOUNT_MAX)
    # The list's row makes two writers of one list take turns.
    price_list = models.PriceList.objects.select_for_update().filter(id=price_list_id).first()
    if price_list is None:
        raise NotFound(field="price_list")
    if price_list.currency != price.currency:
        raise Invalid(field="price", reason="currency", currency=price_list.currency)
    offer = models.Offer.objects.filter(id=offer_id).first()
    if offer is None:
        raise NotFound(field="offer")
    found = PriceFound(price, price_list.id, price_list.code, price_list.valid_from)
    row = models.Price.objects.filter(price_list=price_list, offer=offer).first()
    before = row.amount if row else None
    if before == price.amount:
        return found
    if row is None:
        row = models.Price(id=new_id(), price_list=price_list, offer=offer)
    row.amount = price.amount
    row.save()
    put_on_record(
        actor,
        now,
        PriceSet(
            price_list=price_list.code,
            offer=show("off", offer.id),
            code=offer.code,
            currency=price.currency,
            amount=price.amount,
            before=before,
        ),
        subject_kind="offer",
        subject_id=offer.id,
        # No reseller and no customer: only the operator reads it, amounts included.
        facts={
            "code": offer.code,
            "price_list": price_list.code,
            "currency": price.currency,
            "amount": price.amount,
            "before": before,
        },
    )
    return found
