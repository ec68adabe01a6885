"""An operator, two resellers and a customer of each, made by the rooms' own commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.parties import commands
from purveyor.parties.queries import get_seller
from purveyor.parties.types import Address, CustomerInput, Organization, Seller

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def given(name: str, country: str = "DE", **more: Any) -> CustomerInput:
    """What is typed for an organization, with an ordinary value in each field that is not named."""
    values: dict[str, Any] = {
        "name": name,
        "country": country,
        "email": "office@example.com",
        "language": "en",
        "address": Address("Street 1", "Town", "10115"),
        "currency": "EUR",
        **more,
    }
    return CustomerInput(**values)


@dataclass(frozen=True)
class Houses:
    """Two resellers with a customer each, and the actors who work there."""

    seller: Seller
    first: Organization
    second: Organization
    first_customer: Organization
    second_customer: Organization

    @property
    def operator(self) -> Actor:
        """An administrator of the operator."""
        return Actor(
            scope="operator", organization_id=self.seller.organization.id, role="admin", name="Olof Operator"
        )

    @staticmethod
    def reseller(house: Organization, *, on: UUID | None = None, role: str = "admin") -> Actor:
        """Somebody who works for a reseller, acting on a customer if given."""
        return Actor(
            scope="reseller", organization_id=house.id, reseller_id=house.id, customer_id=on, role=role
        )

    @staticmethod
    def customer(customer: Organization, *, role: str = "admin") -> Actor:
        """Somebody who works for a customer."""
        return Actor(
            scope="customer",
            organization_id=customer.id,
            reseller_id=customer.reseller_id,
            customer_id=customer.id,
            role=role,
        )


def build_houses() -> Houses:
    """Make them in the database that Django is connected to."""
    system = system_actor()
    seller_given = given(
        "Nordlicht AB",
        "SE",
        vat_number="SE556677889901",
        address=Address("Gatan 1", "Stockholm", "11122"),
    )
    commands.setup_operator(
        actor=system,
        now=NOW,
        given=seller_given,
        iban="SE4550000000058398257466",
        bic="ESSESESS",
        bank_name="Bank",
        help_email="help@nordlicht.example",
        help_url="",
    )
    houses, customers = [], []
    for name, code, number in (("Adler IT", "R001", "DE136695976"), ("Sol Nube", "R002", "")):
        house = commands.create_reseller(
            actor=system, now=NOW, given=given(name, vat_number=number), code=code
        )
        customer = commands.create_customer(
            actor=Houses.reseller(house),
            now=NOW,
            given=given(f"{name} customer", vat_number="de 136 695 976"),
        )
        houses.append(house)
        customers.append(customer)
    with tx.enter(system):
        seller = get_seller()
    return Houses(seller, houses[0], houses[1], customers[0], customers[1])
