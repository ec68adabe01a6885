"""A house with something to sell: two offers, a price list, a discount, and money in the bank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Offer, PriceList, Terms
from purveyor.infra import delivery, registry, tx
from purveyor.kernel.actor import Actor
from purveyor.ledger import queries as ledger
from purveyor.payments.commands import deposit, record_transfer
from purveyor.sales import commands as sales
from purveyor.sales import queries
from purveyor.sales.handlers import on_payable_settled
from purveyor.sales.types import LineWish, OrderView, QuoteView
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription
from tests.rooms.books import SYSTEM, House, eur, found_house, found_operator, operator, within

START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
TOP_UP = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """The house, and what it may buy."""

    house: House
    year: Offer
    month: Offer
    trial: Offer
    prices: PriceList

    @property
    def reseller(self) -> Actor:
        """The reseller acting on its first customer."""
        return replace(self.house.actor, customer_id=self.house.first.id)

    @property
    def customer(self) -> Actor:
        return self.house.customer

    @property
    def customer_id(self) -> UUID:
        return self.house.first.id

    def quote(self, *lines: LineWish, by: Actor | None = None, at: datetime = START) -> QuoteView:
        actor = by or self.reseller
        return sales.make_quote(actor=actor, now=at, customer_id=self.customer_id, lines=lines)

    def buy(
        self, *lines: LineWish, by: Actor | None = None, at: datetime = START, pay: str = "balance"
    ) -> OrderView:
        actor = by or self.reseller
        quote = self.quote(*lines, by=actor, at=at)
        return sales.accept_quote(actor=actor, now=at, quote_id=quote.id, payment_method=pay)

    def new(self, quantity: int, offer: Offer | None = None) -> LineWish:
        return LineWish("new", quantity, offer=(offer or self.year).code)

    def subscription(self, quantity: int = 5, at: datetime = START) -> UUID:
        """A running subscription of a year, paid by the reseller."""
        return self.buy(self.new(quantity), at=at).subscriptions[0]


def more(subscription_id: UUID, quantity: int) -> LineWish:
    return LineWish("add_seats", quantity, subscription_id=subscription_id)


def pay_in(party: UUID, amount: int) -> None:
    """Money on a party's balance."""
    deposit(
        actor=operator(), now=START, organization_id=party, amount=eur(amount), reference=f"paid in {amount}"
    )


def transfer(order: OrderView, at: datetime, amount: int | None = None) -> None:
    """The money of an order arrives."""
    record_transfer(
        actor=operator(),
        now=at,
        order_id=order.id,
        amount=eur(order.gross.amount if amount is None else amount),
        received_on=at.date(),
        reference=f"bank {order.id} {amount}",
    )


def listen() -> None:
    """Let orders hear of their money, where the wiring has not said so already."""
    if not registry.subscribers("payable.settled"):
        registry.subscribe("payable.settled", "sales.on_payable_settled", on_payable_settled)


def deliver() -> int:
    return delivery.deliver_owed()


def open_shop(code: str = "R017") -> Shop:
    """An operator, one house with 20 % discount and money, and a yearly, a monthly and a trial offer."""
    found_operator()
    house = found_house(code)
    desk = operator()

    def offer(plan: UUID, name: str, months: int, price: int, terms: Terms) -> Offer:
        made = catalog.create_offer(
            actor=desk,
            now=START,
            plan_id=plan,
            code=name,
            term_months=months,
            terms=terms,
            available_from=date(2026, 1, 1),
        )
        catalog.set_price(actor=desk, now=START, price_list_id=prices.id, offer_id=made.id, price=eur(price))
        return made

    vendor = catalog.create_vendor(actor=desk, now=START, code="lockbox", name="Lockbox")
    product = catalog.create_product(
        actor=desk, now=START, vendor_id=vendor.id, code="lockbox", name="Lockbox"
    )
    plan = catalog.create_plan(actor=desk, now=START, product_id=product.id, code="business", name="Business")
    prices = catalog.create_price_list(
        actor=desk, now=START, code="EUR-2026", currency="EUR", valid_from=date(2026, 1, 1)
    )
    year = offer(plan.id, "lockbox-12", 12, 4800, Terms())
    month = offer(plan.id, "lockbox-1", 1, 500, Terms())
    trial = offer(plan.id, "lockbox-trial", 1, 500, Terms(trial_days=14))
    catalog.set_discount(
        actor=desk, now=START, reseller_id=house.reseller.id, percent=Decimal(20), valid_from=date(2026, 1, 1)
    )
    pay_in(house.reseller.id, 10_000_000)
    listen()
    return Shop(house, year, month, trial, prices)


def subscription(shop: Shop, subscription_id: UUID) -> Subscription:
    return within(
        SYSTEM, lambda: subscriptions.get_subscription(actor=SYSTEM, subscription_id=subscription_id)
    )


def order(order_id: UUID) -> OrderView:
    return within(SYSTEM, lambda: queries.get_order(actor=SYSTEM, order_id=order_id))


def balance(shop: Shop, party: UUID | None = None) -> int:
    wanted = party or shop.house.reseller.id
    found = within(SYSTEM, lambda: ledger.available(actor=SYSTEM, party_id=wanted, currency="EUR"))
    return found.amount


def events_of(subject: UUID) -> list[str]:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM infra_event WHERE subject_id = %s ORDER BY seq", [subject])
        return [row[0] for row in cursor.fetchall()]


def offer_of(shop: Shop, code: str, *, price: int = 4800, terms: Terms | None = None) -> Offer:
    made = catalog.create_offer(
        actor=operator(),
        now=START,
        plan_id=shop.year.plan_id,
        code=code,
        term_months=12,
        terms=terms or Terms(),
        available_from=date(2026, 1, 1),
    )
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=made.id, price=eur(price)
    )
    return made
