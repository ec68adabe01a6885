"""Orders after they are placed: they wait for money, are held or cancelled, and only their payer sees them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from purveyor.catalog import commands as catalog
from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.sales import commands as sales
from purveyor.sales import queries
from purveyor.sales.errors import (
    OrderNotCancellable,
)
from purveyor.subscriptions import commands as subs
from purveyor.subscriptions.types import Status
from tests.rooms.books import SYSTEM, eur, found_house, operator, within
from tests.rooms.shop import (
    START,
    TOP_UP,
    Shop,
    balance,
    deliver,
    events_of,
    more,
    offer_of,
    open_shop,
    order,
    subscription,
    transfer,
)


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


def test_a_transfer_waits_for_its_money_and_completes_by_itself(shop: Shop) -> None:
    placed = shop.buy(shop.new(4), pay="bank_transfer")
    assert placed.status == "awaiting_payment"
    assert placed.pro_forma is not None
    assert "-PF-" in placed.pro_forma.number
    assert placed.payment is not None
    assert placed.payment.reference.startswith("RF")
    assert placed.payment.iban
    assert subscription(shop, placed.subscriptions[0]).status is Status.AWAITING_PAYMENT
    later = START + timedelta(days=3)
    transfer(placed, later)
    deliver()
    done = order(placed.id)
    assert (done.status, done.completed_at, done.payment) == ("completed", later, None)
    running = subscription(shop, placed.subscriptions[0])
    assert (running.status, running.started_on) == (Status.ACTIVE, date(2026, 1, 18))
    assert done.invoice is not None
    assert events_of(placed.id) == ["order.placed", "order.completed"]


def test_settling_again_changes_nothing(shop: Shop) -> None:
    placed = shop.buy(shop.new(4), pay="bank_transfer")
    with pytest.raises(Forbidden):
        sales.settle_order(actor=SYSTEM, now=START, order_id=placed.id)
    transfer(placed, START)
    deliver()
    done = order(placed.id)
    again = sales.settle_order(actor=SYSTEM, now=START + timedelta(days=1), order_id=placed.id)
    assert again == done
    assert events_of(placed.id) == ["order.placed", "order.completed"]


def test_half_the_money_completes_nothing(shop: Shop) -> None:
    placed = shop.buy(shop.new(4), pay="bank_transfer")
    transfer(placed, START, amount=placed.gross.amount - 1)
    deliver()
    assert order(placed.id).status == "awaiting_payment"
    transfer(placed, START, amount=1)
    deliver()
    assert order(placed.id).status == "completed"


def test_a_free_order_needs_no_payment(shop: Shop) -> None:
    offer = offer_of(shop, "free")
    catalog.set_discount(
        actor=operator(),
        now=START,
        reseller_id=shop.house.reseller.id,
        percent=Decimal(100),
        offer_id=offer.id,
        valid_from=date(2026, 1, 1),
    )
    for method in ("balance", "bank_transfer"):
        placed = shop.buy(shop.new(3, offer), pay=method)
        assert (placed.status, placed.gross, placed.payable_id) == ("completed", eur(0), None)
        assert placed.invoice is not None
        assert subscription(shop, placed.subscriptions[0]).status is Status.ACTIVE


def test_money_that_comes_after_the_term_rolled_on_holds_the_order(shop: Shop) -> None:
    running = shop.subscription(5)
    placed = shop.buy(more(running, 3), at=TOP_UP, pay="bank_transfer")
    late = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
    before = balance(shop)
    transfer(placed, late)
    deliver()
    held = order(placed.id)
    assert (held.status, held.hold_reason, held.invoice) == ("on_hold", "period_ended", None)
    assert balance(shop) == before + placed.gross.amount
    assert subscription(shop, running).quantity == 5
    assert events_of(placed.id) == ["order.placed", "order.held"]
    cancelled = sales.cancel_order(actor=shop.reseller, now=late, order_id=placed.id)
    assert cancelled.status == "cancelled"
    assert balance(shop) == before + placed.gross.amount


def test_money_for_a_subscription_cancelled_meanwhile_holds_the_order(shop: Shop) -> None:
    placed = shop.buy(shop.new(2), pay="bank_transfer")
    subs.cancel_subscription(actor=shop.reseller, now=START, subscription_id=placed.subscriptions[0])
    before = balance(shop)
    transfer(placed, START)
    deliver()
    held = order(placed.id)
    assert (held.status, held.hold_reason) == ("on_hold", "subscription_not_active")
    assert balance(shop) == before + placed.gross.amount


def test_an_unpaid_order_can_be_cancelled_and_gives_its_money_back(shop: Shop) -> None:
    placed = shop.buy(shop.new(4), pay="bank_transfer")
    transfer(placed, START, amount=100)
    before = balance(shop)
    done = sales.cancel_order(actor=shop.reseller, now=START, order_id=placed.id)
    assert done.status == "cancelled"
    assert balance(shop) == before + 100
    assert subscription(shop, placed.subscriptions[0]).status is Status.CANCELLED
    assert sales.cancel_order(actor=shop.reseller, now=START, order_id=placed.id).status == "cancelled"
    transfer(placed, START)
    deliver()
    assert order(placed.id).status == "cancelled"
    assert balance(shop) == before + 100 + placed.gross.amount


def test_a_paid_order_cannot_be_cancelled(shop: Shop) -> None:
    done = shop.buy(shop.new(1))
    with pytest.raises(OrderNotCancellable):
        sales.cancel_order(actor=shop.reseller, now=START, order_id=done.id)
    paid = shop.buy(shop.new(1), pay="bank_transfer")
    transfer(paid, START)
    with pytest.raises(OrderNotCancellable) as refused:
        sales.cancel_order(actor=shop.reseller, now=START, order_id=paid.id)
    assert refused.value.facts["status"] == "paid"
    deliver()


def test_another_house_sees_nothing(shop: Shop) -> None:
    other = found_house("R018")
    placed = shop.buy(shop.new(1))
    with pytest.raises(NotFound):
        within(other.actor, lambda: queries.get_order(actor=other.actor, order_id=placed.id))
    # A query that forgot its filter finds nothing either.
    with tx.enter(other.actor), connection.cursor() as cursor:
        for table in ("sales_quote", "sales_order", "sales_orderline", "sales_trial", "renewals_renewal"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] == 0, table
    with pytest.raises(NotFound):
        sales.make_quote(actor=other.actor, now=START, customer_id=shop.customer_id, lines=[shop.new(1)])


def test_who_may_buy(shop: Shop) -> None:
    manager = Actor(
        scope="customer",
        organization_id=shop.customer_id,
        reseller_id=shop.house.reseller.id,
        customer_id=shop.customer_id,
        role="manager",
    )
    with pytest.raises(Forbidden):
        shop.quote(shop.new(1), by=manager)
    with pytest.raises(NotFound):
        within(manager, lambda: queries.list_orders(actor=manager))
    sibling = shop.house.customer_actor(shop.house.second)
    with pytest.raises(NotFound):
        shop.quote(shop.new(1), by=sibling)
    quote = shop.quote(shop.new(1), by=shop.customer)
    with pytest.raises(NotFound):
        sales.accept_quote(actor=shop.reseller, now=START, quote_id=quote.id, payment_method="balance")
    with pytest.raises(Invalid) as refused:
        sales.accept_quote(actor=shop.customer, now=START, quote_id=quote.id, payment_method="card")
    assert refused.value.facts["reason"] == "card_not_available"


def test_the_operator_buys_for_a_customer_as_its_reseller(shop: Shop) -> None:
    quote = shop.quote(shop.new(1), by=operator())
    assert (quote.payer_id, quote.lines[0].discount_percent) == (shop.house.reseller.id, Decimal(20))


def test_lists_and_the_landing_page(shop: Shop) -> None:
    waiting = shop.buy(shop.new(1), pay="bank_transfer", at=TOP_UP + timedelta(days=5))
    page = within(shop.reseller, lambda: queries.list_orders(actor=shop.reseller, limit=2))
    assert page.rows[0].id == waiting.id
    assert page.next_cursor is not None
    following = within(
        shop.reseller,
        lambda: queries.list_orders(actor=shop.reseller, limit=200, cursor=page.next_cursor),
    )
    assert not {row.id for row in page.rows} & {row.id for row in following.rows}
    todo = within(shop.reseller, lambda: queries.todo(actor=shop.reseller, now=START))
    held = within(shop.reseller, lambda: queries.list_waiting_for_money(actor=shop.reseller, limit=200))
    assert todo.orders_waiting + todo.orders_on_hold == len(held.rows)
    assert todo.seats_free > 0
