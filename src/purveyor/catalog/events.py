"""What the catalog announces. All are the operator's own, but a discount, which its reseller sees too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class VendorCreated(Event):
    kind: ClassVar[str] = "vendor.created"
    vendor: str
    name: str


@dataclass(frozen=True)
class ProductCreated(Event):
    kind: ClassVar[str] = "product.created"
    product: str
    name: str


@dataclass(frozen=True)
class PlanCreated(Event):
    kind: ClassVar[str] = "plan.created"
    plan: str
    name: str
    rank: int


@dataclass(frozen=True)
class OfferCreated(Event):
    """``offer`` is ``off_...``; dates are ISO."""

    kind: ClassVar[str] = "offer.created"
    offer: str
    code: str
    available_from: str
    available_to: str | None


@dataclass(frozen=True)
class OfferWithdrawn(Event):
    kind: ClassVar[str] = "offer.withdrawn"
    offer: str
    code: str


@dataclass(frozen=True)
class PriceListCreated(Event):
    kind: ClassVar[str] = "price_list.created"
    price_list: str
    currency: str
    valid_from: str
    valid_to: str | None


@dataclass(frozen=True)
class PriceSet(Event):
    """``before`` is None for the first price; amounts are minor units of ``currency``."""

    kind: ClassVar[str] = "price.set"
    price_list: str
    offer: str
    code: str
    currency: str
    amount: int
    before: int | None


@dataclass(frozen=True)
class DiscountSet(Event):
    """``offer`` is None for the discount on everything; ``percent`` is a decimal number as text."""

    kind: ClassVar[str] = "discount.set"
    reseller: str
    offer: str | None
    percent: str
    valid_from: str
    valid_to: str | None
