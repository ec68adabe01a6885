"""What the catalog answers: what is sold, at which price, with which discount, on which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.db.models import F, Q, QuerySet

from purveyor.catalog import models
from purveyor.catalog.errors import OfferNotAvailable
from purveyor.catalog.pricing import price_line
from purveyor.catalog.rules.availability import Unavailable, why_unavailable
from purveyor.catalog.types import (
    DiscountRow,
    Offer,
    OfferView,
    Plan,
    PriceFound,
    PriceList,
    PriceRow,
    Product,
    Terms,
    Vendor,
)
from purveyor.infra import rows as stored
from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import read
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization

NO_DISCOUNT = Decimal(0)
MAX_ROWS = 500
# What a row of an offer takes its names from.
_OFFER = ("plan", "plan__product", "plan__product__vendor")

_ORDER = (
    "plan__product__vendor__sort_key",
    "plan__product__sort_key",
    "plan__rank",
    "term_months",
    "billing_months",
    "code",
)

# Every quote and order reads these two: composing them anew cost more than running them.
_PRICE = """
SELECT o.code, o.available_from, o.available_to, o.withdrawn_at, p.amount, p.price_list_id, p.code, p.valid_from
FROM catalog_offer o LEFT JOIN (
  SELECT r.offer_id, r.amount, r.price_list_id, l.code, l.valid_from FROM catalog_price r
  JOIN catalog_pricelist l ON l.id = r.price_list_id
  WHERE l.currency = %s AND l.valid_from <= %s AND (l.valid_to IS NULL OR l.valid_to > %s)
) p ON p.offer_id = o.id WHERE o.id = %s LIMIT 1"""
_DISCOUNT = """
SELECT percent FROM catalog_discount
WHERE reseller_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)
  AND (offer_id = %s OR offer_id IS NULL)
ORDER BY offer_id NULLS LAST, valid_from DESC LIMIT 1"""


def _holds_on(day: date, prefix: str = "") -> Q:
    start, end = f"{prefix}valid_from__lte", f"{prefix}valid_to"
    return Q(**{start: day}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": day}))


def list_offers(
    *, actor: Actor, on: date, customer: Organization | None, currency: str, limit: int = MAX_ROWS
) -> list[OfferView]:
    """What ``actor`` may buy for ``customer`` on that day: offers that are sold and priced in ``currency``.

    The discount is that of the buyer's side (rules.md b): a reseller acting gets its own; the operator acting
    on a customer gets that customer's reseller's; a customer's own people pay the list price. Without a
    customer a reseller sees its own prices and the operator list prices. Ordered by vendor, product, rank,
    term. Three statements whatever the number.
    """
    prices = {
        row.offer_id: Money(row.amount, currency)
        for row in models.Price.objects.filter(
            _holds_on(on, "price_list__"), price_list__currency=currency
        ).only("offer_id", "amount")
    }
    discounts = _discounts(_discounting_reseller(actor, customer), on)
    general = discounts.get(None, NO_DISCOUNT)
    sold = (row for row in _offers().filter(id__in=prices).order_by(*_ORDER) if _why_not(row, on) is None)
    return [
        _view(row, prices[row.id], discounts.get(row.id, general))
        for row in islice(sold, min(limit, MAX_ROWS))
    ]


def _discounting_reseller(actor: Actor, customer: Organization | None) -> UUID | None:
    if actor.scope == "reseller":
        return actor.reseller_id
    if actor.scope == "operator" and customer is not None:
        return customer.reseller_id
    return None


def _discounts(reseller_id: UUID | None, on: date) -> dict[UUID | None, Decimal]:
    if reseller_id is None:
        return {}
    rows = models.Discount.objects.filter(_holds_on(on), reseller_id=reseller_id).order_by("valid_from")
    return {row.offer_id: row.percent for row in rows}


def get_offer(*, offer_ref: str | UUID) -> Offer:
    """The offer of that id (``off_...`` or UUID) or code, sold or not.

    Raises: NotFound.
    """
    wanted = Q(id=offer_ref) if isinstance(offer_ref, UUID) else _by_text(offer_ref)
    row = _offers().filter(wanted).first()
    if row is None:
        raise NotFound(field="offer")
    return _offer(row)


def _by_text(text: str) -> Q:
    try:
        return Q(id=read("off", text))
    except ValueError:
        # PostgreSQL has no text with a zero byte, so no code has one either.
        return Q(code=text.replace("\x00", ""))


def get_offers(*, ids: set[UUID]) -> dict[UUID, Offer]:
    """The offers of these ids, in one statement: for lists that show an offer on each row."""
    if not ids:
        return {}
    found = stored.find(models.Offer, "t.id = ANY(%s)", (list(ids),), follow=_OFFER)
    return {row.id: _offer(row) for row in found}


def names_by_code(*, codes: set[str]) -> dict[str, str]:
    """Product and plan of the offers of these codes, as people call them, in one statement."""
    return {row.code: f"{row.plan.product.name} {row.plan.name}" for row in _offers().filter(code__in=codes)}


def list_all_offers(*, limit: int = MAX_ROWS) -> list[Offer]:
    """All offers, those no longer sold included, by vendor, product, rank and term."""
    return [_offer(row) for row in _offers().order_by(*_ORDER)[: min(limit, MAX_ROWS)]]


def why_not_sold(*, offer: Offer, on: date) -> Unavailable | None:
    """Why an offer is not sold on that day: ``not_yet``, ``no_longer`` or ``withdrawn``; None when it is."""
    withdrawn_on = None if offer.withdrawn_at is None else business_date(offer.withdrawn_at)
    return why_unavailable(
        on,
        available_from=offer.available_from,
        available_to=offer.available_to,
        withdrawn_on=withdrawn_on,
    )


def check_available(*, offer: Offer, on: date) -> None:
    """Refuse an offer that is not sold on that day.

    Raises: OfferNotAvailable: ``not_yet``, ``no_longer`` or ``withdrawn``.
    """
    reason = why_not_sold(offer=offer, on=on)
    if reason is not None:
        raise OfferNotAvailable(field="offer", offer=offer.code, reason=reason)


def price_for(*, offer_id: UUID, currency: str, on: date) -> PriceFound:
    """The list price of an offer that is sold on that day, for one seat and the whole term.

    Raises:
        OfferNotAvailable: not sold that day, or no price list of that currency prices it.
        NotFound: no such offer.
    """
    row = tx.execute(_PRICE, (currency, on, on, offer_id)).fetchone()
    if row is None:
        raise NotFound(field="offer")
    code, available_from, available_to, withdrawn_at, amount, price_list_id, price_list, since = row
    reason = why_unavailable(
        on,
        available_from=available_from,
        available_to=available_to,
        withdrawn_on=None if withdrawn_at is None else business_date(withdrawn_at),
    )
    if reason is not None:
        raise OfferNotAvailable(field="offer", offer=code, reason=reason)
    if amount is None:
        raise OfferNotAvailable(field="offer", offer=code, reason="no_price", currency=currency)
    return PriceFound(Money(amount, currency), price_list_id, price_list, since)


def discount_for(*, reseller_id: UUID, offer_id: UUID, on: date) -> Decimal:
    """The reseller's discount in percent on that day: the offer's own, else the general one, else 0.

    Whether it applies is the caller's question: only where the reseller buys (rules.md b). Row-level security
    shows a discount to its reseller and the operator alone; a customer's context finds 0.
    """
    row = tx.execute(_DISCOUNT, (reseller_id, on, on, offer_id)).fetchone()
    return row[0] if row else NO_DISCOUNT


def list_discounts(
    *, actor: Actor, reseller_id: UUID, on: date | None = None, limit: int = MAX_ROWS
) -> list[DiscountRow]:
    """A reseller's discounts, the general ones first, newest first; those of one day if ``on`` is given."""
    if actor.scope == "customer" or (actor.scope == "reseller" and actor.reseller_id != reseller_id):
        return []
    rows = models.Discount.objects.filter(reseller_id=reseller_id).select_related("offer")
    if on is not None:
        rows = rows.filter(_holds_on(on))
    ordered = rows.order_by(F("offer__code").asc(nulls_first=True), "-valid_from")
    return [discount_row(row) for row in ordered[: min(limit, MAX_ROWS)]]


def list_price_lists(*, currency: str | None = None, limit: int = MAX_ROWS) -> list[PriceList]:
    """Price lists by currency, newest first."""
    rows = models.PriceList.objects.all()
    if currency is not None:
        rows = rows.filter(currency=currency)
    return [price_list_row(row) for row in rows.order_by("currency", "-valid_from")[: min(limit, MAX_ROWS)]]


def get_price_list(*, price_list_id: UUID) -> PriceList:
    """One price list. Raises: NotFound."""
    row = models.PriceList.objects.filter(id=price_list_id).first()
    if row is None:
        raise NotFound()
    return price_list_row(row)


def list_prices(*, price_list_id: UUID, limit: int = MAX_ROWS) -> list[PriceRow]:
    """The prices of a list, ordered as offers are."""
    rows = models.Price.objects.filter(price_list_id=price_list_id).select_related(
        "price_list", "offer__plan__product"
    )
    return [
        PriceRow(
            offer_id=row.offer_id,
            offer_code=row.offer.code,
            plan=row.offer.plan.name,
            product=row.offer.plan.product.name,
            term_months=row.offer.term_months,
            price=Money(row.amount, row.price_list.currency),
        )
        for row in rows.order_by(*(f"offer__{name}" for name in _ORDER))[: min(limit, MAX_ROWS)]
    ]


def list_vendors(*, limit: int = MAX_ROWS) -> list[Vendor]:
    """All vendors by name."""
    rows = models.Vendor.objects.order_by("sort_key", "code")
    return [Vendor(row.id, row.code, row.name) for row in rows[: min(limit, MAX_ROWS)]]


def list_products(*, vendor_id: UUID | None = None, limit: int = MAX_ROWS) -> list[Product]:
    """Products by name, of one vendor or all."""
    rows = models.Product.objects.order_by("sort_key", "code")
    if vendor_id is not None:
        rows = rows.filter(vendor_id=vendor_id)
    return [Product(row.id, row.vendor_id, row.code, row.name) for row in rows[: min(limit, MAX_ROWS)]]


def list_plans(*, product_id: UUID | None = None, limit: int = MAX_ROWS) -> list[Plan]:
    """Plans by product and rank, of one product or all."""
    rows = models.Plan.objects.order_by("product__sort_key", "product__code", "rank")
    if product_id is not None:
        rows = rows.filter(product_id=product_id)
    return [
        Plan(row.id, row.product_id, row.code, row.name, row.rank) for row in rows[: min(limit, MAX_ROWS)]
    ]


def _offers() -> QuerySet[models.Offer]:
    return models.Offer.objects.select_related("plan__product__vendor")


def _why_not(row: models.Offer, on: date) -> str | None:
    withdrawn_on = None if row.withdrawn_at is None else business_date(row.withdrawn_at)
    return why_unavailable(
        on, available_from=row.available_from, available_to=row.available_to, withdrawn_on=withdrawn_on
    )


def _offer(row: models.Offer) -> Offer:
    plan = row.plan
    return Offer(
        id=row.id,
        code=row.code,
        plan_id=row.plan_id,
        product_id=plan.product_id,
        vendor=plan.product.vendor.name,
        product=plan.product.name,
        plan=plan.name,
        plan_rank=plan.rank,
        term_months=row.term_months,
        billing_months=row.billing_months,
        terms=Terms.from_json(row.terms),
        available_from=row.available_from,
        available_to=row.available_to,
        withdrawn_at=row.withdrawn_at,
    )


def _view(row: models.Offer, list_price: Money, discount: Decimal) -> OfferView:
    # One seat through the one pricing function: what is shown is what is charged.
    line = price_line(
        term_price=list_price,
        term_months=row.term_months,
        months=row.term_months,
        quantity=1,
        discount_percent=discount,
    )
    plan = row.plan
    return OfferView(
        id=row.id,
        code=row.code,
        vendor=plan.product.vendor.name,
        product=plan.product.name,
        plan=plan.name,
        plan_rank=plan.rank,
        product_id=plan.product_id,
        term_months=row.term_months,
        billing_months=row.billing_months,
        terms=Terms.from_json(row.terms),
        list_price=list_price,
        your_price=line.net,
        discount_percent=discount,
    )


def price_list_row(row: models.PriceList) -> PriceList:
    """The frozen row of a price list."""
    return PriceList(row.id, row.code, row.currency, row.valid_from, row.valid_to)


def discount_row(row: models.Discount) -> DiscountRow:
    """The frozen row of a discount."""
    code = row.offer.code if row.offer is not None else None
    return DiscountRow(row.id, row.reseller_id, row.offer_id, code, row.percent, row.valid_from, row.valid_to)
