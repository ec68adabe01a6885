"""Set a reseller's discount."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from purveyor.catalog import models
from purveyor.catalog.commands._desk import put_on_record
from purveyor.catalog.events import DiscountSet
from purveyor.catalog.queries import discount_row
from purveyor.catalog.rules.discounts import Span, place
from purveyor.catalog.rules.fields import check_days
from purveyor.catalog.types import DiscountRow
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.parties.authority import require
from purveyor.parties.queries import get_reseller_profile

_CENT = Decimal("0.01")


@command
def set_discount(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    percent: Decimal,
    offer_id: UUID | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> DiscountRow:
    """Give a reseller a discount in percent (at most two decimals) from a day on, today unless said otherwise.

    With ``offer_id`` for that offer, where it replaces the general one; without, for all others. The one
    that held until then ends on that day; one that is to begin later still does, and ends this one. Orders
    and quotes keep what they were made with. Operator only; setting the same again changes nothing.

    Raises: Forbidden, NotFound (reseller, offer), Invalid (percent: ``out_of_range``, ``decimals``;
        valid_to: ``not_after_start``).
    Emits: discount.set, when it changed.
    """
    require(actor, "operate")
    exact = _checked(percent)
    start = valid_from or business_date(now)
    check_days(start, valid_to, field="valid_to")
    profile = get_reseller_profile(reseller_id=reseller_id)
    offer = models.Offer.objects.filter(id=offer_id).first() if offer_id is not None else None
    if offer_id is not None and offer is None:
        raise NotFound(field="offer")
    _take_turns(reseller_id)
    rows = {row.id: row for row in models.Discount.objects.filter(reseller_id=reseller_id, offer=offer)}
    placed = place(
        [Span(row.id, row.valid_from, row.valid_to) for row in rows.values()], start=start, end=valid_to
    )
    same = rows.get(placed.replaces) if placed.replaces is not None else None
    if same is not None and (same.percent, same.valid_to) == (exact, placed.end):
        return discount_row(same)
    models.Discount.objects.filter(id__in=placed.ends).update(valid_to=start)
    row = same or models.Discount(id=new_id(), reseller_id=reseller_id, offer=offer, valid_from=start)
    row.percent, row.valid_to = exact, placed.end
    row.save()
    end = placed.end.isoformat() if placed.end else None
    put_on_record(
        actor,
        now,
        DiscountSet(
            reseller=show("res", reseller_id),
            offer=show("off", offer.id) if offer else None,
            percent=str(exact),
            valid_from=start.isoformat(),
            valid_to=end,
        ),
        subject_kind="reseller",
        subject_id=reseller_id,
        reseller_id=reseller_id,
        facts={
            "reseller": profile.name,
            "offer": offer.code if offer else None,
            "percent": str(exact),
            "valid_from": start.isoformat(),
            "valid_to": end,
        },
    )
    return discount_row(row)


def _take_turns(reseller_id: UUID) -> None:
    # There may be no row to lock yet, and the reseller's own row belongs to another room.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('catalog_discount'), hashtext(%s))", (str(reseller_id),)
        )


def _checked(percent: Decimal) -> Decimal:
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise Invalid(field="percent", reason="out_of_range", minimum=0, maximum=100)
    exact = percent.quantize(_CENT)
    if exact != percent:
        raise Invalid(field="percent", reason="decimals", maximum=2)
    return exact
