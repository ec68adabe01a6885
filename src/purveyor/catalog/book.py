"""Prices, discounts and terms of many offers at once: three statements, whatever the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from purveyor.catalog import models, queries
from purveyor.catalog.types import Offer, PriceFound
from purveyor.infra import rows
from purveyor.kernel.money import Money

_LISTED = (
    "t.offer_id = ANY(%s) AND price_list.currency = ANY(%s)"
    " AND (price_list.valid_to IS NULL OR price_list.valid_to > %s)"
)
_GIVEN = "t.reseller_id = ANY(%s) AND (t.valid_to IS NULL OR t.valid_to > %s) ORDER BY t.valid_from DESC"


@dataclass(frozen=True, slots=True)
class _Listed:
    price: PriceFound
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class _Share:
    percent: Decimal
    valid_from: date
    valid_to: date | None


class PriceBook:
    """What :func:`catalog.queries.price_for` and ``discount_for`` say, for some offers, on any day."""

    def __init__(
        self,
        offers: dict[UUID, Offer],
        prices: dict[tuple[UUID, str], list[_Listed]],
        shares: dict[tuple[UUID, UUID | None], list[_Share]],
    ) -> None:
        self.offers = offers
        self._prices = prices
        self._shares = shares

    def price(
        self, offer_id: UUID, currency: str, on: date, *, today: date | None = None
    ) -> PriceFound | None:
        """The list price of an offer that is sold and priced on that day, else None.

        For an outlook, where no list holds on that day yet: that of ``today``.
        """
        offer = self.offers.get(offer_id)
        if offer is None or queries.why_not_sold(offer=offer, on=on) is not None:
            return None
        found = self._listed(offer_id, currency, on)
        if found is None and today is not None and queries.why_not_sold(offer=offer, on=today) is None:
            return self._listed(offer_id, currency, today)
        return found

    def _listed(self, offer_id: UUID, currency: str, on: date) -> PriceFound | None:
        for one in self._prices.get((offer_id, currency), ()):
            if one.price.valid_from <= on and (one.valid_to is None or on < one.valid_to):
                return one.price
        return None

    def discount(self, reseller_id: UUID, offer_id: UUID, on: date) -> Decimal:
        """The reseller's discount in percent: the offer's own, else the general one, else 0; newest first."""
        for key in ((reseller_id, offer_id), (reseller_id, None)):
            for share in self._shares.get(key, ()):
                if share.valid_from <= on and (share.valid_to is None or on < share.valid_to):
                    return share.percent
        return queries.NO_DISCOUNT


def read_book(
    *, offer_ids: Collection[UUID], currencies: Collection[str], reseller_ids: Collection[UUID], since: date
) -> PriceBook:
    """The book of these offers and resellers from ``since`` on.

    Row-level security shows a discount to its reseller and the operator alone: a customer's book has none.
    """
    offers = queries.get_offers(ids=set(offer_ids))
    prices: dict[tuple[UUID, str], list[_Listed]] = defaultdict(list)
    listed = (list(set(offer_ids)), list(set(currencies)), since)
    for row in rows.find(models.Price, _LISTED, listed, follow=("price_list",)):
        held = row.price_list
        found = PriceFound(Money(row.amount, held.currency), held.id, held.code, held.valid_from)
        prices[row.offer_id, held.currency].append(_Listed(found, held.valid_to))
    shares: dict[tuple[UUID, UUID | None], list[_Share]] = defaultdict(list)
    for share in rows.find(models.Discount, _GIVEN, (list(set(reseller_ids)), since)):
        shares[share.reseller_id, share.offer_id].append(
            _Share(share.percent, share.valid_from, share.valid_to)
        )
    return PriceBook(offers, prices, shares)
