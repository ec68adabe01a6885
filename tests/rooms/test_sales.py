"""Sales, told through its public door: what is shown is charged, once, whole, or nothing is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from purveyor.billing import queries as billing
from purveyor.catalog import commands as catalog
from purveyor.catalog.errors import OfferNotAvailable
from purveyor.infra import tx
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.ledger import queries as ledger
from purveyor.ledger.errors import InsufficientBalance
from purveyor.sales import commands as sales
from purveyor.sales import queries
from purveyor.sales.errors import (
    QuoteAlreadyAccepted,
    QuoteExpired,
    QuoteOutdated,
    TrialAlreadyUsed,
    TrialNotOffered,
)
from purveyor.sales.types import LineWish, OrderView
from purveyor.subscriptions.errors import SubscriptionNotActive
from purveyor.subscriptions.rules.calendar import PeriodEnded
from purveyor.subscriptions.types import Status
from tests.rooms.books import SYSTEM, at_once, eur, operator, within
from tests.rooms.shop import (
    START,
    TOP_UP,
    Shop,
    balance,
    events_of,
    more,
    offer_of,
    open_shop,
    order,
    pay_in,
    subscription,
)


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


def test_a_quote_shows_discount_vat_and_the_next_renewal(shop: Shop) -> None:
    quote = shop.quote(shop.new(5))
    (line,) = quote.lines
    assert (line.unit_price, line.discount_percent, line.net) == (eur(4800), Decimal(20), eur(19200))
    assert (line.period_start, line.period_end) == (date(2026, 1, 15), date(2027, 1, 15))
    assert quote.gross == quote.net + quote.vat
    assert (quote.next_renewal.date, quote.next_renewal.net) == (date(2027, 1, 15), eur(19200))
    assert (quote.payer_id, quote.bill_to_id) == (shop.house.reseller.id, shop.customer_id)
    assert line.context.tier == "reseller"
    assert quote.expires_at == START + timedelta(hours=24)


def test_the_customer_pays_the_list_price(shop: Shop) -> None:
    quote = shop.quote(shop.new(5), by=shop.customer)
    assert (quote.lines[0].discount_percent, quote.net) == (Decimal(0), eur(24000))
    assert (quote.payer_id, quote.lines[0].context.tier) == (shop.customer_id, "list")


def test_preview_and_charge_are_the_same_to_the_cent(shop: Shop) -> None:
    quote = shop.quote(shop.new(7), shop.new(3, shop.month))
    placed = sales.accept_quote(actor=shop.reseller, now=START, quote_id=quote.id, payment_method="balance")
    assert (placed.net, placed.vat, placed.gross) == (quote.net, quote.vat, quote.gross)
    assert [(line.net, line.months, line.explanation) for line in placed.lines] == [
        (line.net, line.months, line.explanation) for line in quote.lines
    ]
    assert placed.invoice is not None
    invoice_id = placed.invoice.id
    invoice = within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=invoice_id))
    assert (invoice.net, invoice.gross, invoice.paid, invoice.status) == (
        quote.net,
        quote.gross,
        quote.gross,
        "paid",
    )
    assert [line.net for line in invoice.lines] == [line.net for line in quote.lines]


def test_what_is_seen_while_choosing_is_what_is_promised(shop: Shop) -> None:
    wishes = [shop.new(7), shop.new(3, shop.month)]
    seen = sales.preview_quote(actor=shop.reseller, now=START, customer_id=shop.customer_id, lines=wishes)
    quote = shop.quote(*wishes)
    assert (seen.lines, seen.taxes, seen.gross) == (quote.lines, quote.taxes, quote.gross)
    assert seen.next_renewal == quote.next_renewal


def test_balance_settles_everything_at_once(shop: Shop) -> None:
    before = balance(shop)
    placed = shop.buy(shop.new(5))
    assert (placed.status, placed.payment, placed.pro_forma) == ("completed", None, None)
    running = subscription(shop, placed.subscriptions[0])
    assert (running.status, running.quantity, running.payer_id) == (
        Status.ACTIVE,
        5,
        shop.house.reseller.id,
    )
    assert (running.period_start, running.period_end) == (date(2026, 1, 15), date(2027, 1, 15))
    assert balance(shop) == before - placed.gross.amount
    assert events_of(placed.id) == ["order.placed", "order.completed"]
    assert order(placed.id) == placed


def test_fifty_days_left_are_two_months(shop: Shop) -> None:
    running = shop.subscription(5)
    quote = shop.quote(more(running, 3), at=TOP_UP)
    (line,) = quote.lines
    assert (line.months, line.unit_price, line.net) == (2, eur(800), eur(1920))
    assert quote.next_renewal.net == eur(8 * 3840)
    placed = sales.accept_quote(actor=shop.reseller, now=TOP_UP, quote_id=quote.id, payment_method="balance")
    assert placed.subscriptions == (running,)
    assert subscription(shop, running).quantity == 8


def test_a_top_up_paid_by_balance_costs_18_statements_at_most(shop: Shop) -> None:
    running = shop.subscription(5)
    shop.buy(more(running, 1), at=TOP_UP)
    quote = shop.quote(more(running, 3), at=TOP_UP)
    with CaptureQueriesContext(connection) as captured:
        sales.accept_quote(actor=shop.reseller, now=TOP_UP, quote_id=quote.id, payment_method="balance")
    statements = [one["sql"] for one in captured.captured_queries if one["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) <= 18, "\n".join(f"{i} {sql[:160]}" for i, sql in enumerate(statements, 1))


def test_without_money_nothing_happens_and_the_quote_stays_open(shop: Shop) -> None:
    quote = shop.quote(shop.new(5), by=shop.customer)
    with pytest.raises(InsufficientBalance):
        sales.accept_quote(actor=shop.customer, now=START, quote_id=quote.id, payment_method="balance")
    read = within(shop.customer, lambda: queries.get_quote(actor=shop.customer, now=START, quote_id=quote.id))
    assert (read.status, read.order_id) == ("open", None)


def test_a_customer_buys_and_only_it_sees_the_order(shop: Shop) -> None:
    pay_in(shop.customer_id, 1_000_000)
    placed = shop.buy(shop.new(2), by=shop.customer)
    assert (placed.status, placed.payer_id, placed.net) == ("completed", shop.customer_id, eur(9600))
    with pytest.raises(NotFound):
        within(shop.reseller, lambda: queries.get_order(actor=shop.reseller, order_id=placed.id))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sales_order")
        assert cursor.fetchone()[0] == 0


def test_a_customers_top_up_hides_the_resellers_price(shop: Shop) -> None:
    running = shop.subscription(5)
    quote = shop.quote(more(running, 3), by=shop.customer, at=TOP_UP)
    assert (quote.net, quote.payer_id) == (eur(2400), shop.customer_id)
    assert (quote.next_renewal.date, quote.next_renewal.net) == (date(2027, 1, 15), None)


def test_a_quote_is_accepted_once(shop: Shop) -> None:
    quote = shop.quote(shop.new(2))
    answers = at_once(
        4,
        lambda _: sales.accept_quote(
            actor=shop.reseller, now=START, quote_id=quote.id, payment_method="balance"
        ),
    )
    placed = [one for one in answers if isinstance(one, OrderView)]
    assert len(placed) == 1
    refused = [one for one in answers if isinstance(one, QuoteAlreadyAccepted)]
    assert len(refused) == 3
    assert {one.facts["order"] for one in refused} == {show("ord", placed[0].id)}


def test_a_quote_expires(shop: Shop) -> None:
    quote = shop.quote(shop.new(2))
    with pytest.raises(QuoteExpired):
        sales.accept_quote(
            actor=shop.reseller,
            now=START + timedelta(hours=24),
            quote_id=quote.id,
            payment_method="balance",
        )


def test_a_changed_price_is_shown_before_it_is_charged(shop: Shop) -> None:
    offer = offer_of(shop, "changing")
    quote = shop.quote(shop.new(2, offer))
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=offer.id, price=eur(6000)
    )
    with pytest.raises(QuoteOutdated) as refused:
        sales.accept_quote(actor=shop.reseller, now=START, quote_id=quote.id, payment_method="balance")
    assert refused.value.facts["old_gross"] == quote.gross.as_json()
    fresh = sales.requote(actor=shop.reseller, now=START, quote_id=quote.id)
    assert refused.value.facts["new_gross"] == fresh.gross.as_json()
    assert fresh.net == eur(9600)
    placed = sales.accept_quote(actor=shop.reseller, now=START, quote_id=fresh.id, payment_method="balance")
    assert placed.gross == fresh.gross


def test_a_refusal_that_is_caught_leaves_the_quote_open(shop: Shop) -> None:
    """The console catches a refusal and goes on in its transaction: nothing of it may remain."""
    offer = offer_of(shop, "withdrawn-later")
    quote = shop.quote(shop.new(2, offer))
    catalog.withdraw_offer(actor=operator(), now=START, offer_id=offer.id)
    with tx.enter(shop.reseller), pytest.raises(OfferNotAvailable) as refused:
        sales.accept_quote(actor=shop.reseller, now=START, quote_id=quote.id, payment_method="balance")
    assert refused.value.facts["line"] == 0
    assert refused.value.field == "lines.0.offer"
    read = within(shop.reseller, lambda: queries.get_quote(actor=shop.reseller, now=START, quote_id=quote.id))
    assert (read.status, read.order_id) == ("open", None)


def test_a_month_boundary_outdates_a_top_up(shop: Shop) -> None:
    running = shop.subscription(5)
    evening = datetime(2026, 11, 14, 20, 0, tzinfo=UTC)
    quote = shop.quote(more(running, 1), at=evening)
    assert quote.lines[0].months == 3
    with pytest.raises(QuoteOutdated):
        sales.accept_quote(
            actor=shop.reseller,
            now=evening + timedelta(hours=10),
            quote_id=quote.id,
            payment_method="balance",
        )


def test_a_term_that_ended_meanwhile_refuses(shop: Shop) -> None:
    running = shop.subscription(5)
    last_day = datetime(2027, 1, 14, 12, 0, tzinfo=UTC)
    quote = shop.quote(more(running, 1), at=last_day)
    with pytest.raises(PeriodEnded):
        sales.accept_quote(
            actor=shop.reseller,
            now=last_day + timedelta(hours=23),
            quote_id=quote.id,
            payment_method="balance",
        )
    with pytest.raises(PeriodEnded):
        shop.quote(more(running, 1), at=last_day + timedelta(days=1))


def test_two_parties_top_up_at_once(shop: Shop) -> None:
    pay_in(shop.customer_id, 1_000_001)
    running = shop.subscription(5)
    actors = [shop.reseller, shop.customer] * 4
    quotes = [shop.quote(more(running, 1 + n), by=actor, at=TOP_UP) for n, actor in enumerate(actors)]
    before = balance(shop), balance(shop, shop.customer_id)
    answers = at_once(
        8,
        lambda n: sales.accept_quote(
            actor=actors[n], now=TOP_UP, quote_id=quotes[n].id, payment_method="balance"
        ),
    )
    assert [type(one) for one in answers] == [OrderView] * 8, answers
    assert subscription(shop, running).quantity == 5 + sum(range(1, 9))
    spent = [sum(q.gross.amount for q in quotes[side::2]) for side in (0, 1)]
    assert (balance(shop), balance(shop, shop.customer_id)) == (before[0] - spent[0], before[1] - spent[1])
    assert within(SYSTEM, lambda: ledger.list_drift(actor=SYSTEM)) == []


def test_invoice_numbers_have_no_gap(shop: Shop) -> None:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequence FROM billing_document WHERE series = '' AND year = 2026 ORDER BY sequence"
        )
        found = [row[0] for row in cursor.fetchall()]
    assert found == list(range(1, len(found) + 1))


@pytest.mark.parametrize(
    ("wishes", "field", "reason"),
    [
        ((), "lines", "required"),
        ((LineWish("change_plan", 1, offer="x"),), "lines.0.type", "not_yet"),
        ((LineWish("new", 0, offer="lockbox-12"),), "lines.0.quantity", "too_small"),
        ((LineWish("new", 100_001, offer="lockbox-12"),), "lines.0.quantity", "too_large"),
        ((LineWish("new", 1, offer="lockbox-12"), LineWish("new", 1)), "lines.1.offer", "required"),
        ((LineWish("add_seats", 1),), "lines.0.subscription", "required"),
    ],
)
def test_bad_lines_name_their_field(
    shop: Shop, wishes: tuple[LineWish, ...], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        shop.quote(*wishes)
    assert (refused.value.field, refused.value.facts["reason"]) == (field, reason)


def test_what_cannot_be_topped_up(shop: Shop) -> None:
    waiting = shop.buy(shop.new(1), pay="bank_transfer").subscriptions[0]
    with pytest.raises(SubscriptionNotActive) as refused:
        shop.quote(more(waiting, 1))
    assert refused.value.field == "lines.0.subscription"
    with pytest.raises(NotFound):
        shop.quote(more(new_id(), 1))
    with pytest.raises(NotFound):
        shop.quote(LineWish("new", 1, offer="nothing-of-that-name"))


def test_a_trial_needs_no_payment_and_comes_once(shop: Shop) -> None:
    before = balance(shop)
    begun = sales.start_trial(
        actor=shop.reseller, now=START, customer_id=shop.customer_id, offer="lockbox-trial", quantity=3
    )
    assert begun.ends_on == date(2026, 1, 29)
    running = subscription(shop, begun.subscription_id)
    assert (running.status, running.quantity, running.trial_end) == (Status.TRIAL, 3, date(2026, 1, 29))
    assert balance(shop) == before
    with pytest.raises(TrialAlreadyUsed):
        sales.start_trial(
            actor=shop.customer, now=START, customer_id=shop.customer_id, offer="lockbox-trial", quantity=1
        )
    with pytest.raises(TrialNotOffered):
        sales.start_trial(
            actor=shop.reseller, now=START, customer_id=shop.customer_id, offer="lockbox-12", quantity=1
        )
