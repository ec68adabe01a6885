"""A catalog with one plan for 1 and 12 months, made by the operator's desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from purveyor.catalog import commands
from purveyor.catalog.types import Offer, PriceList, Terms
from purveyor.kernel.money import Money
from tests.support.houses import NOW, Houses, build_houses

TODAY = date(2026, 11, 22)
START = date(2025, 1, 1)


@dataclass(frozen=True)
class Shop:
    """The houses, and a catalog with one plan for 1 and 12 months."""

    houses: Houses
    plan_id: UUID
    month: Offer
    year: Offer
    eur: PriceList

    @property
    def desk(self) -> dict[str, Any]:
        """Who writes, and when."""
        return {"actor": self.houses.operator, "now": NOW}


def build_shop() -> Shop:
    """Make them in the database that Django is connected to."""
    houses = build_houses()
    desk: dict[str, Any] = {"actor": houses.operator, "now": NOW}
    vendor = commands.create_vendor(**desk, code="lockbox", name="Lockbox")
    product = commands.create_product(**desk, vendor_id=vendor.id, code="lockbox-files", name="Lockbox Files")
    plan = commands.create_plan(**desk, product_id=product.id, code="lockbox-business", name="Business")
    month, year = (
        commands.create_offer(
            **desk,
            plan_id=plan.id,
            code=f"lockbox-business-{months}m",
            term_months=months,
            terms=Terms(trial_days=14),
            available_from=START,
        )
        for months in (1, 12)
    )
    eur = commands.create_price_list(**desk, code="eur-2025", currency="eur", valid_from=START)
    for offer, amount in ((month, 500), (year, 4800)):
        commands.set_price(**desk, price_list_id=eur.id, offer_id=offer.id, price=Money(amount, "EUR"))
    return Shop(houses, plan.id, month, year, eur)


def offer_of(shop: Shop, code: str, **more: Any) -> Offer:
    """Another offer of the plan, for one month unless said otherwise."""
    values: dict[str, Any] = {"plan_id": shop.plan_id, "term_months": 1, "available_from": START, **more}
    return commands.create_offer(**shop.desk, code=code, **values)
