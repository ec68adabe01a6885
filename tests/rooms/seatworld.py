"""A reseller with two customers, another house, and an offer: for the tests of subscriptions and seats."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections

from purveyor.catalog import commands as catalog
from purveyor.infra import tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.queries import find_house_reseller, get_organization
from purveyor.parties.types import Address, CustomerInput, Organization
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from purveyor.seats.types import Member
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.types import Subscription

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SYSTEM = system_actor()
R = TypeVar("R")


def given(name: str) -> CustomerInput:
    return CustomerInput(
        name=name, country="DE", email="office@example.com", language="de",
        address=Address("Hauptstr. 1", "Berlin", "10115"), currency="EUR",
    )  # fmt: skip


@dataclass(frozen=True)
class World:
    reseller: Organization
    customer: Organization
    sibling: Organization
    other_reseller: Organization
    stranger: Organization
    house: Organization
    direct: Organization
    offer_id: UUID

    def of_reseller(self, role: str = "admin", on: UUID | None = None) -> Actor:
        return Actor(
            scope="reseller", organization_id=self.reseller.id, reseller_id=self.reseller.id, role=role,
            customer_id=on, name="Rita",
        )  # fmt: skip

    @property
    def foreign(self) -> Actor:
        return Actor(
            scope="reseller", organization_id=self.other_reseller.id, reseller_id=self.other_reseller.id,
            role="admin", name="Oscar",
        )  # fmt: skip

    def of(self, customer: Organization, role: str = "admin", person_id: UUID | None = None) -> Actor:
        return Actor(
            scope="customer", organization_id=customer.id, reseller_id=customer.reseller_id,
            customer_id=customer.id, role=role, name="Carla", person_id=person_id,
        )  # fmt: skip

    def subscription(
        self, quantity: int = 5, customer: Organization | None = None, **more: Any
    ) -> Subscription:
        whose = customer or self.customer
        values: dict[str, Any] = {
            "customer_id": whose.id, "payer_id": whose.reseller_id, "offer_id": self.offer_id,
            "quantity": quantity, "term_months": 12, "term_price": Money(12000, "EUR"), "price_list": "EUR-2026",
            "starts_on": TODAY, "status": "active", **more,
        }  # fmt: skip
        return subscriptions.open_subscription(actor=SYSTEM, now=NOW, **values)


def make_world() -> World:
    parties.setup_operator(
        actor=SYSTEM, now=NOW, given=replace(given("Nordlicht AB"), vat_number="DE136695976"),
        iban="SE4550000000058398257466", bic="ESSESESS",
        bank_name="Bank", help_email="help@nordlicht.example", help_url="",
    )  # fmt: skip
    reseller = parties.create_reseller(actor=SYSTEM, now=NOW, given=given("Adler IT"), code="R001")
    other = parties.create_reseller(actor=SYSTEM, now=NOW, given=given("Sol Nube"), code="R002")
    with tx.enter(SYSTEM):
        house_id = find_house_reseller()
        assert house_id is not None
        house = get_organization(actor=SYSTEM, organization_id=house_id)

    def customer(name: str, owner: Organization) -> Organization:
        return parties.create_customer(actor=SYSTEM, now=NOW, given=given(name), reseller_id=owner.id)

    vendor = catalog.create_vendor(actor=SYSTEM, now=NOW, code="lockbox", name="Lockbox")
    product = catalog.create_product(
        actor=SYSTEM, now=NOW, vendor_id=vendor.id, code="lockbox", name="Lockbox"
    )
    plan = catalog.create_plan(
        actor=SYSTEM, now=NOW, product_id=product.id, code="lockbox-business", name="Business"
    )
    offer = catalog.create_offer(
        actor=SYSTEM, now=NOW, plan_id=plan.id, code="lockbox-business-12", term_months=12
    )
    return World(
        reseller, customer("Müller GmbH", reseller), customer("Bäcker KG", reseller), other,
        customer("Pan SL", other), house, customer("Direkt AG", house), offer.id,
    )  # fmt: skip


def read(actor: Actor, call: Callable[..., R], **arguments: Any) -> R:
    """A query in a transaction of the actor's."""
    with tx.enter(actor):
        return call(actor=actor, **arguments)


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all at the same moment, each on its own connection; results or exceptions, in order."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait(30)
            results[index] = calls[index]()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def activate(member: Member, password: str | None = None) -> Member:
    """Accept the member's open invitation as a new person."""
    assert member.invitation_id is not None
    with tx.enter(SYSTEM):
        token = seats.mint_invitation_token(member.invitation_id)
    seats.accept_invitation(token=token, name=member.name, password=password)
    return read(SYSTEM, seat_queries.get_member, member_id=member.id)
