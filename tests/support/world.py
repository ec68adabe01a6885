"""The shop with discounts and an API key for every role: a small world to try the edges in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from purveyor.catalog.commands import set_discount
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from tests.support.houses import NOW, given
from tests.support.shop import TODAY, Shop, build_shop


@dataclass(frozen=True)
class World:
    """``keys`` has a secret for each of ``ROLES``; ``sibling`` is the first reseller's second customer."""

    shop: Shop
    sibling: Organization
    direct: Organization
    keys: dict[str, str]

    @property
    def customer(self) -> Organization:
        """The first reseller's customer, whose people have the keys ``admin``, ``manager``, ``member``."""
        return self.shop.houses.first_customer

    @property
    def foreign(self) -> Organization:
        """The other reseller's customer."""
        return self.shop.houses.second_customer


def cus(customer: Organization) -> str:
    """A customer's id as programs see it."""
    return show("cus", customer.id)


def build_world() -> World:
    """Make it in the database that Django is connected to."""
    shop = build_shop()
    houses = shop.houses
    operator = houses.operator
    for house, percent in ((houses.first, 20), (houses.second, 15)):
        set_discount(
            actor=operator, now=NOW, reseller_id=house.id, percent=Decimal(percent), valid_from=TODAY
        )
    sibling = parties.create_customer(
        actor=houses.reseller(houses.first), now=NOW, given=given("Sibling GmbH", "DE", language="de")
    )
    direct = parties.create_customer(actor=operator, now=NOW, given=given("Direkt AB", "SE"))

    def key(name: str, organization_id: UUID, role: str) -> str:
        return parties.create_api_key(
            actor=operator, now=NOW, name=name, role=role, organization_id=organization_id
        )[1]

    customer = houses.first_customer
    keys = {
        "operator": key("operator", operator.organization_id, "admin"),
        "reseller": key("reseller", houses.first.id, "admin"),
        "technician": key("technician", houses.first.id, "technician"),
        "other_reseller": key("other reseller", houses.second.id, "admin"),
        "admin": key("admin", customer.id, "admin"),
        "manager": key("manager", customer.id, "manager"),
        "member": key("member", customer.id, "member"),
        "sibling": key("sibling", sibling.id, "admin"),
        "direct": key("direct", direct.id, "admin"),
    }
    return World(shop, sibling, direct, keys)
