"""Open a price list."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from purveyor.catalog import models
from purveyor.catalog.commands._desk import put_on_record
from purveyor.catalog.errors import CodeTaken, PriceListOverlap
from purveyor.catalog.events import PriceListCreated
from purveyor.catalog.queries import price_list_row
from purveyor.catalog.rules.fields import check_days, clean_code, clean_currency
from purveyor.catalog.types import PriceList
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties.authority import require


@command
def create_price_list(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    currency: str,
    valid_from: date,
    valid_to: date | None = None,
    copy_from: UUID | None = None,
) -> PriceList:
    """Open a price list of one currency from a day on. Operator only.

    At most one list of a currency holds on a day: the running list, if it has no end, ends on the day on
    which the new one begins; any other overlap is refused. ``copy_from`` is a list of the same currency
    whose prices the new one starts with.

    Raises: Forbidden, Invalid, NotFound (copy_from), CodeTaken, PriceListOverlap (facts ``other``).
    Emits: price_list.created.
    """
    require(actor, "operate")
    wanted, money = clean_code(code), clean_currency(currency)
    check_days(valid_from, valid_to, field="valid_to")
    if models.PriceList.objects.filter(code=wanted).exists():
        raise CodeTaken(field="code", value=wanted)
    source = _source(copy_from, money)
    try:
        with transaction.atomic():
            _end_running(money, valid_from)
            row = models.PriceList.objects.create(
                id=new_id(), code=wanted, currency=money, valid_from=valid_from, valid_to=valid_to
            )
    except IntegrityError as error:
        # The database decides, also between two who write at once.
        raise PriceListOverlap(
            field="valid_from", currency=money, other=_overlapping(money, valid_from, valid_to)
        ) from error
    if source is not None:
        models.Price.objects.bulk_create(
            models.Price(id=new_id(), price_list=row, offer_id=price.offer_id, amount=price.amount)
            for price in models.Price.objects.filter(price_list=source).order_by("offer_id")
        )
    end = valid_to.isoformat() if valid_to else None
    put_on_record(
        actor,
        now,
        PriceListCreated(price_list=wanted, currency=money, valid_from=valid_from.isoformat(), valid_to=end),
        subject_kind="price_list",
        subject_id=row.id,
        facts={"code": wanted, "currency": money, "valid_from": valid_from.isoformat(), "valid_to": end},
    )
    return price_list_row(row)


def _source(copy_from: UUID | None, currency: str) -> models.PriceList | None:
    if copy_from is None:
        return None
    source = models.PriceList.objects.filter(id=copy_from).first()
    if source is None:
        raise NotFound(field="copy_from")
    if source.currency != currency:
        raise Invalid(field="copy_from", reason="currency")
    return source


def _end_running(currency: str, on: date) -> None:
    models.PriceList.objects.filter(currency=currency, valid_from__lt=on, valid_to__isnull=True).update(
        valid_to=on
    )


def _overlapping(currency: str, start: date, end: date | None) -> str | None:
    rows = models.PriceList.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=start), currency=currency
    )
    if end is not None:
        rows = rows.filter(valid_from__lt=end)
    # An open list that began earlier would have been ended; it is not the one in the way.
    rows = rows.exclude(valid_to__isnull=True, valid_from__lt=start)
    return rows.order_by("valid_from").values_list("code", flat=True).first()
