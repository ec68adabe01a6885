"""Somebody at the console, and the purchases that tests of its pages begin with."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from purveyor.infra import clock, tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.payments import commands as payments
from purveyor.payments import queries as payment_queries
from purveyor.sales import commands as sales
from purveyor.sales import queries as sales_queries
from purveyor.sales.types import LineWish
from tests.support.houses import Houses
from tests.support.shop import Shop

SYSTEM = system_actor()
PREFIX = {"operator": "ope", "reseller": "res", "customer": "cus"}


class Browser:
    """Somebody signed in to a workspace, and perhaps acting on a customer."""

    def __init__(self, organization: Organization, role: str, customer: Organization | None = None) -> None:
        with tx.enter(SYSTEM) as now:
            person, _made = parties.ensure_person(
                now=now, email=f"{uuid4().hex}@people.example", name="Pia", language="en", password=None
            )
            parties.grant_membership(
                actor=SYSTEM, now=now, person_id=person.id, organization_id=organization.id, role=role
            )
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(get_user_model().objects.get(pk=person.id))
        self.root = f"/{show(PREFIX[organization.kind], organization.id)}/"
        self.on = f"{self.root}on/{show('cus', customer.id)}/" if customer is not None else ""

    def get(self, url: str, **more: Any) -> Any:
        return self.client.get(url, **more)

    def post(self, url: str, data: dict[str, Any] | None = None, *, once: str = "") -> Any:
        return self.client.post(url, {"once": once or str(uuid4()), **(data or {})})


def text_of(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def actor_on(shop: Shop, customer: Organization) -> Actor:
    return Houses.reseller(shop.houses.first, on=customer.id)


def quoted(shop: Shop, customer: Organization, **more: Any) -> UUID:
    wish = LineWish("new", more.pop("quantity", 2), offer=more.pop("offer", "lockbox-business-12m"))
    values = {"actor": actor_on(shop, customer), "now": clock.now(), **more}
    return sales.make_quote(customer_id=customer.id, lines=[wish], **values).id


def fill(shop: Shop, organization: Organization, amount: int = 100_000) -> None:
    payments.deposit(
        actor=shop.houses.operator, now=clock.now(), organization_id=organization.id,
        amount=Money(amount, "EUR"), reference=uuid4().hex,
    )  # fmt: skip


def bought(shop: Shop, customer: Organization, quantity: int = 3) -> UUID:
    """A running subscription, paid from the reseller's balance."""
    fill(shop, shop.houses.first)
    actor = actor_on(shop, customer)
    quote_id = quoted(shop, customer, quantity=quantity)
    order = sales.accept_quote(actor=actor, now=clock.now(), quote_id=quote_id, payment_method="balance")
    return order.subscriptions[0]


def orders_of(shop: Shop, customer: Organization) -> int:
    actor = actor_on(shop, customer)
    with tx.enter(actor):
        return len(sales_queries.list_orders(actor=actor, customer_id=customer.id).rows)


def settle_debts(shop: Shop) -> None:
    """All money that is owed on invoices arrives, so that nobody's orders are refused."""
    operator = shop.houses.operator
    with tx.enter(operator):
        waiting = payment_queries.list_open_payables(actor=operator, limit=200)
    for payable in waiting:
        if payable.subject_kind == "invoice":
            payments.record_transfer(
                actor=operator, now=clock.now(), payable_id=payable.id, amount=payable.open,
                received_on=clock.business_date(clock.now()), reference=f"Paid {payable.id}",
            )  # fmt: skip
