"""Organizations, logins and helpers of the demo world; all through the rooms' commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from purveyor.catalog import commands as catalog
from purveyor.infra import tx
from purveyor.interfaces.cli import demo_cast as cast
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties import queries as party_queries
from purveyor.parties.types import Organization
from purveyor.payments import commands as payments

OFFERS_FROM = date(2025, 1, 1)


@dataclass(frozen=True)
class Login:
    """How one of the cast signs in."""

    email: str
    api_key: str


Logins = Mapping[str, Login]


@dataclass
class Houses:
    """Everybody, by the key of the cast."""

    operator: Organization
    operator_actor: Actor
    resellers: dict[str, Organization] = field(default_factory=dict)
    customers: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)

    def reseller_of(self, key: str) -> Organization:
        """The reseller of a customer."""
        reseller_id = self.customers[key].reseller_id
        return next(r for r in self.resellers.values() if r.id == reseller_id)

    def seller_actor(self, key: str) -> Actor:
        """Whoever sells to this customer, acting on it: its reseller's technician, or the operator for its own."""
        customer = self.customers[key]
        reseller = self.reseller_of(key)
        if reseller.id == self.resellers["house"].id:
            return self.operator_actor.on(customer.id)
        key = "adlerit" if reseller.id == self.resellers["adlerit"].id else "solynube"
        return self.reseller_admin(key).on(customer.id)

    def reseller_admin(self, key: str) -> Actor:
        """The administrator of a reseller, at its own desk."""
        reseller = self.resellers[key]
        who = "jonas" if key == "adlerit" else "marta"
        return Actor(
            scope="reseller", organization_id=reseller.id, reseller_id=reseller.id, role="admin",
            person_id=self.people[who], name=_NAMES[who], via="console", language=reseller.language,
        )  # fmt: skip

    def customer_admin(self, key: str) -> Actor:
        """The customer's own administrator, who buys at list price."""
        customer = self.customers[key]
        return Actor(
            scope="customer",
            organization_id=customer.id,
            reseller_id=customer.reseller_id,
            customer_id=customer.id,
            role="admin",
            person_id=self.people[key],
            name=_NAMES["petra"],
            language=customer.language,
        )


_NAMES = {
    "petra": "Petra Lindner",
    "astrid": "Astrid Lund",
    "jonas": "Jonas Adler",
    "marta": "Marta Solís",
    "lea": "Lea Brandt",
}


def make_houses(*, now: datetime) -> Houses:
    """The operator with its catalog, both resellers with their discounts and first deposits."""
    system = system_actor()
    seller = parties.setup_operator(
        actor=system, now=now, given=cast.OPERATOR.given(), iban=cast.OPERATOR_IBAN, bic="ESSESESS",
        bank_name="Skandinaviska Enskilda Banken", help_email="help@nordlicht.example",
        help_url="https://nordlicht.example/help",
    )  # fmt: skip
    operator = seller.organization
    astrid = _person("astrid", "operator@nordlicht.example", "en", operator, "admin", now)
    actor = Actor(
        scope="operator", organization_id=operator.id, role="admin", person_id=astrid, name=_NAMES["astrid"]
    )
    houses = Houses(operator=operator, operator_actor=actor, people={"astrid": astrid})
    make_catalog(actor, now)
    for key, who, code, percent in (
        ("adlerit", cast.RESELLER, "R001", "20"),
        ("solynube", cast.OTHER_RESELLER, "R002", "15"),
    ):
        house = parties.create_reseller(
            actor=actor, now=now, given=who.given(), code=code, help_email=f"hilfe@{key}.example",
            help_url=f"https://{key}.example/help",
        )  # fmt: skip
        houses.resellers[key] = house
        catalog.set_discount(
            actor=actor, now=now, reseller_id=house.id, percent=Decimal(percent), valid_from=OFFERS_FROM
        )
        payments.deposit(
            actor=actor, now=now, organization_id=house.id, amount=Money(1_500_000, "EUR"),
            reference=f"First deposit {code}",
        )  # fmt: skip
    with tx.enter(system):
        house_id = party_queries.find_house_reseller()
        assert house_id is not None  # made with the operator
        houses.resellers["house"] = party_queries.get_organization(actor=system, organization_id=house_id)
    houses.people["jonas"] = _person(
        "jonas", "reseller@adlerit.example", "de", houses.resellers["adlerit"], "admin", now
    )
    houses.people["lea"] = _person(
        "lea", "lea@adlerit.example", "de", houses.resellers["adlerit"], "technician", now
    )
    houses.people["marta"] = _person(
        "marta", "reseller@solynube.example", "es", houses.resellers["solynube"], "admin", now
    )
    return houses


def _person(
    key: str, email: str, language: str, organization: Organization, role: str, now: datetime
) -> UUID:
    system = system_actor()
    with tx.enter(system):
        person, _made = parties.ensure_person(
            now=now, email=email, name=_NAMES[key], language=language, password=cast.PASSWORD
        )
        parties.grant_membership(
            actor=system, now=now, person_id=person.id, organization_id=organization.id, role=role
        )
    return person.id


def make_catalog(actor: Actor, now: datetime) -> None:
    """Vendors, plans, offers for 1 and 12 months, and price lists in euro and kronor without an end."""
    lists = {
        currency: catalog.create_price_list(
            actor=actor, now=now, code=f"{currency}-2025", currency=currency, valid_from=OFFERS_FROM
        )
        for currency in ("EUR", "SEK")
    }
    vendors: dict[str, UUID] = {}
    products: dict[str, UUID] = {}
    for ware in cast.WARES:
        if ware.vendor not in vendors:
            vendors[ware.vendor] = catalog.create_vendor(
                actor=actor, now=now, code=ware.vendor, name=ware.vendor_name
            ).id
        if ware.product not in products:
            products[ware.product] = catalog.create_product(
                actor=actor,
                now=now,
                vendor_id=vendors[ware.vendor],
                code=ware.product,
                name=ware.product_name,
            ).id
        plan = catalog.create_plan(
            actor=actor, now=now, product_id=products[ware.product], code=f"{ware.product}-{ware.plan}",
            name=ware.plan_name, rank=ware.rank,
        )  # fmt: skip
        for months, prices in (
            (1, {"EUR": ware.month, "SEK": ware.month_sek}),
            (12, {"EUR": ware.year, "SEK": ware.year_sek}),
        ):
            offer = catalog.create_offer(
                actor=actor, now=now, plan_id=plan.id, code=f"{ware.product}-{ware.plan}-{months}m",
                term_months=months, terms=cast.terms_of(ware), available_from=OFFERS_FROM,
            )  # fmt: skip
            for currency, amount in prices.items():
                catalog.set_price(
                    actor=actor, now=now, price_list_id=lists[currency].id, offer_id=offer.id,
                    price=Money(amount, currency),
                )  # fmt: skip


def make_logins(houses: Houses, *, now: datetime) -> dict[str, Login]:
    """An API key for each of the five actors; the customer's two people were invited in the story."""
    lindner = houses.customers["lindnerpartner"]
    wanted = {
        "operator": (houses.operator, "admin", "operator@nordlicht.example"),
        "reseller": (houses.resellers["adlerit"], "admin", "reseller@adlerit.example"),
        "other_reseller": (houses.resellers["solynube"], "admin", "reseller@solynube.example"),
        "customer_admin": (lindner, "admin", "admin@lindnerpartner.example"),
        "member": (lindner, "member", "member@lindnerpartner.example"),
    }
    logins = {}
    for name, (organization, role, email) in wanted.items():
        _key, secret = parties.create_api_key(
            actor=houses.operator_actor,
            now=now,
            name=f"Demo {name}",
            role=role,
            organization_id=organization.id,
        )
        logins[name] = Login(email, secret)
    return logins
