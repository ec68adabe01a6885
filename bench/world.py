"""What is sold and by whom in the bench: made by the rooms' own commands, a handful of rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Address, CustomerInput
from purveyor.payments import commands as payments

FROM = date(2025, 1, 1)
PASSWORD = "a bench needs no secret"  # noqa: S105  (its database holds nothing and is thrown away)
PRODUCTS = 5


@dataclass(frozen=True)
class World:
    """The sellers, their offers (a year each), one API key and one login of the largest reseller."""

    operator: Actor
    resellers: list[UUID]
    offers: list[UUID]
    key: str
    email: str

    def reseller(self, *, on: UUID | None = None) -> Actor:
        """An administrator of the largest reseller, acting on a customer if given."""
        house = self.resellers[0]
        return Actor(
            scope="reseller", organization_id=house, reseller_id=house, customer_id=on, role="admin",
            name="Bench", via="api", language="en",
        )  # fmt: skip


def now() -> datetime:
    """Real time: the bench leaves the test clock alone."""
    return datetime.now(UTC)


def given(name: str, country: str, **more: Any) -> CustomerInput:
    """What is typed for an organization."""
    values: dict[str, Any] = {
        "name": name,
        "country": country,
        "email": "office@bench.example",
        "language": "en",
        "address": Address("Street 1", "Town", "10115"),
        "currency": "EUR",
        **more,
    }
    return CustomerInput(**values)


def build() -> World:
    """The operator, four resellers with 20 % and money, five products with a year's offer each."""
    system, at = system_actor(), now()
    seller = parties.setup_operator(
        actor=system, now=at,
        given=given(
            "Bench AB", "SE", address=Address("Gatan 1", "Stockholm", "11122"), vat_number="SE556677889901"
        ),
        iban="SE4550000000058398257466", bic="ESSESESS", bank_name="Bank",
        help_email="help@bench.example", help_url="",
    )  # fmt: skip
    operator = Actor(
        scope="operator", organization_id=seller.organization.id, role="admin", name="Olof Operator"
    )
    offers = _catalog(operator, at)
    resellers = [_reseller(operator, number, at) for number in range(1, 5)]
    with tx.enter(system):
        person, _ = parties.ensure_person(
            now=at, email="bench@bench.example", name="Bea Bench", language="en", password=PASSWORD
        )
        parties.grant_membership(
            actor=system, now=at, person_id=person.id, organization_id=resellers[0], role="admin"
        )
    _, key = parties.create_api_key(
        actor=operator, now=at, name="bench", role="admin", organization_id=resellers[0]
    )
    return World(operator, resellers, offers, key, person.email)


def _catalog(operator: Actor, at: datetime) -> list[UUID]:
    vendor = catalog.create_vendor(actor=operator, now=at, code="lockbox", name="Lockbox")
    prices = catalog.create_price_list(
        actor=operator, now=at, code="eur-2025", currency="eur", valid_from=FROM
    )
    offers = []
    for number in range(1, PRODUCTS + 1):
        product = catalog.create_product(
            actor=operator, now=at, vendor_id=vendor.id, code=f"lockbox-{number}", name=f"Lockbox {number}"
        )
        plan = catalog.create_plan(
            actor=operator, now=at, product_id=product.id, code=f"lockbox-{number}-business", name="Business"
        )
        offer = catalog.create_offer(
            actor=operator, now=at, plan_id=plan.id, code=f"lockbox-{number}-business-12m", term_months=12,
            terms=Terms(), available_from=FROM,
        )  # fmt: skip
        catalog.set_price(
            actor=operator, now=at, price_list_id=prices.id, offer_id=offer.id, price=Money(4800, "EUR")
        )
        offers.append(offer.id)
    return offers


def _reseller(operator: Actor, number: int, at: datetime) -> UUID:
    house = parties.create_reseller(
        actor=operator, now=at, given=given(f"Reseller {number}", "DE", vat_number="DE136695976"),
        code=f"R{number:03}",
    )  # fmt: skip
    catalog.set_discount(
        actor=operator, now=at, reseller_id=house.id, percent=Decimal(20), valid_from=at.date()
    )
    payments.deposit(
        actor=operator, now=at, organization_id=house.id, amount=Money(2_000_000_000, "EUR"),
        reference=f"Deposit {number}",
    )  # fmt: skip
    return house.id
