"""An operator, two resellers and their customers, and drafts to bill them: for the tests of the money's rooms."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections

from purveyor.billing.types import DocumentDraft, DraftLine, PartySnapshot, TaxLine
from purveyor.infra import tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Address, CustomerInput, Organization

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SYSTEM = system_actor()
R = TypeVar("R")


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


@dataclass(frozen=True)
class House:
    """A reseller with two customers, and their actors."""

    reseller: Organization
    first: Organization
    second: Organization

    @property
    def actor(self) -> Actor:
        return Actor(
            scope="reseller",
            organization_id=self.reseller.id,
            reseller_id=self.reseller.id,
            role="admin",
            name="Rita",
        )

    @property
    def customer(self) -> Actor:
        return self.customer_actor(self.first)

    def customer_actor(self, customer: Organization) -> Actor:
        return Actor(
            scope="customer",
            organization_id=customer.id,
            reseller_id=self.reseller.id,
            customer_id=customer.id,
            role="admin",
            name="Carla",
        )


def operator() -> Actor:
    return Actor(scope="operator", organization_id=UUID(int=1), role="admin", name="Olof")


def _given(name: str, country: str) -> CustomerInput:
    return CustomerInput(
        name=name,
        country=country,
        email="office@example.com",
        language="de",
        address=Address("Hauptstr. 1", "Berlin", "10115"),
        currency="EUR",
    )


def found_operator() -> None:
    """The seller of record, with its bank account."""
    parties.setup_operator(
        actor=SYSTEM,
        now=NOW,
        # Who charges VAT has a number, or nothing can be invoiced (BR-S-02).
        given=replace(_given("Nordlicht Distribution AB", "SE"), vat_number="SE556677889901"),
        iban="SE4550000000058398257466",
        bic="ESSESESS",
        bank_name="Bank",
        help_email="help@nordlicht.example",
        help_url="",
    )


def found_house(code: str) -> House:
    """A reseller and its customers."""
    reseller = parties.create_reseller(
        actor=SYSTEM, now=NOW, given=_given(f"Reseller {code}", "DE"), code=code
    )
    actor = Actor(scope="reseller", organization_id=reseller.id, reseller_id=reseller.id, role="admin")
    made = [
        parties.create_customer(actor=actor, now=NOW, given=_given(f"{code} {n}", "DE")) for n in ("A", "B")
    ]
    return House(reseller, made[0], made[1])


def draft(house: House, *, payer: UUID | None = None, paid: int | None = None, **more: Any) -> DocumentDraft:
    """Three seats for two months, 12.00 net and 25 % VAT."""
    party = PartySnapshot("A GmbH", "DE", {"line1": "Hauptstr. 1"}, vat_number="DE136695976")
    line = DraftLine(
        description=Explanation("line.add_seats", {"plan": "Business"}),
        quantity=3,
        months=2,
        unit_price=eur(500),
        discount_percent=Decimal("20"),
        net=eur(1200),
        explanation=(Explanation("price.months", {"months": 2, "month_amount": 250}),),
        period_start=date(2026, 11, 22),
        period_end=date(2027, 1, 15),
    )
    tax = TaxLine("S", Decimal("25"), eur(1200), eur(300), Explanation("tax.domestic", {"country": "SE"}))
    values: dict[str, Any] = {
        "reseller_id": house.reseller.id,
        "customer_id": house.first.id,
        "payer_id": payer or house.reseller.id,
        "bill_to_id": house.first.id,
        "seller": party,
        "buyer": party,
        "lines": (line,),
        "taxes": (tax,),
        "tax_decision": {"rule": "domestic", "evidence": {"country": "SE"}},
        "net": eur(1200),
        "vat": eur(300),
        "gross": eur(1500),
        "due_days": 14,
        "paid": None if paid is None else eur(paid),
    }
    return DocumentDraft(**(values | more))


def within(actor: Actor, read: Callable[[], R]) -> R:
    """Run a read in the actor's own context."""
    with tx.enter(actor):
        return read()


def at_once(times: int, act: Callable[[int], R]) -> list[R | Exception]:
    """Run ``act`` in as many threads as ``times``, each on its own connection; what it raised is an answer too."""

    def one(index: int) -> R | Exception:
        try:
            return act(index)
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
