"""Ends of terms and trials: what goes on, at whose price, and what ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from purveyor.billing import queries as billing
from purveyor.billing.types import Document
from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Offer, Terms
from purveyor.infra import clock, tx
from purveyor.ledger import queries as ledger
from purveyor.renewals import queries
from purveyor.renewals.jobs import roll_due
from purveyor.renewals.types import RenewalRow
from purveyor.sales import commands as sales
from purveyor.subscriptions import commands as subs
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Status, Subscription
from tests.rooms.books import SYSTEM, at_once, eur, operator, within
from tests.rooms.shop import START, TOP_UP, Shop, more, open_shop, pay_in


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


def get(subscription_id: UUID) -> Subscription:
    return within(
        SYSTEM, lambda: subscriptions.get_subscription(actor=SYSTEM, subscription_id=subscription_id)
    )


def end_of(subscription_id: UUID) -> datetime:
    end = get(subscription_id).period_end
    assert end is not None
    return clock.start_of(end)


def renewals(subscription_id: UUID) -> list[RenewalRow]:
    return within(SYSTEM, lambda: queries.list_history(actor=SYSTEM, subscription_id=subscription_id))


def invoice(row: RenewalRow) -> Document:
    assert row.invoice_id is not None
    found = row.invoice_id
    return within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=found))


def settings(shop: Shop, subscription_id: UUID, **changes: object) -> None:
    subs.set_renewal(
        actor=shop.reseller,
        now=START,
        subscription_id=subscription_id,
        **changes,  # type: ignore[arg-type]  # the test spells the settings
    )


def available(party: UUID) -> int:
    found = within(SYSTEM, lambda: ledger.available(actor=SYSTEM, party_id=party, currency="EUR"))
    return found.amount


def offer_of(shop: Shop, code: str, *, price: int = 4800) -> Offer:
    made = catalog.create_offer(
        actor=operator(),
        now=START,
        plan_id=shop.year.plan_id,
        code=code,
        term_months=12,
        terms=Terms(invoice_due_days=30),
        available_from=date(2026, 1, 1),
    )
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=made.id, price=eur(price)
    )
    return made


def test_a_term_renews_at_what_the_quote_foretold(shop: Shop) -> None:
    running = shop.subscription(5)
    quote = shop.quote(more(running, 3), at=TOP_UP)
    sales.accept_quote(actor=shop.reseller, now=TOP_UP, quote_id=quote.id, payment_method="balance")
    due = end_of(running)
    roll_due(running, due)
    found = get(running)
    assert (found.status, found.quantity) == (Status.ACTIVE, 8)
    assert (found.period_start, found.period_end) == (date(2027, 1, 15), date(2028, 1, 15))
    (row,) = renewals(running)
    issued = invoice(row)
    assert (row.status, row.period_start, row.quantity) == ("pending", quote.next_renewal.date, 8)
    assert issued.net == quote.next_renewal.net
    assert (issued.status, issued.payer_id) == ("issued", shop.house.reseller.id)
    assert (issued.due_on - issued.issued_on) == timedelta(days=14)
    assert issued.payment is not None
    assert issued.payment.reference.startswith("RF")


def test_rolling_again_changes_nothing(shop: Shop) -> None:
    running = shop.subscription(2)
    due = end_of(running)
    answers = at_once(4, lambda _: roll_due(running, due))
    assert answers == [None] * 4
    roll_due(running, due)
    assert len(renewals(running)) == 1
    assert get(running).period_end == date(2028, 1, 15)


def test_the_balance_pays_where_that_was_chosen(shop: Shop) -> None:
    running = shop.subscription(2)
    settings(shop, running, renewal_payment_method="balance")
    before = available(shop.house.reseller.id)
    roll_due(running, end_of(running))
    (row,) = renewals(running)
    issued = invoice(row)
    assert (issued.status, issued.paid) == ("paid", issued.gross)
    assert available(shop.house.reseller.id) == before - issued.gross.amount


def test_an_empty_balance_asks_for_a_transfer(shop: Shop) -> None:
    pay_in(shop.customer_id, 11_424)
    running = shop.buy(shop.new(2), by=shop.customer).subscriptions[0]
    subs.set_renewal(
        actor=shop.customer, now=START, subscription_id=running, renewal_payment_method="balance"
    )
    left = available(shop.customer_id)
    roll_due(running, end_of(running))
    (row,) = renewals(running)
    issued = invoice(row)
    assert (issued.status, issued.payer_id, issued.net) == ("issued", shop.customer_id, eur(9600))
    assert available(shop.customer_id) == left
    assert get(running).status is Status.ACTIVE


def test_a_planned_quantity_renews(shop: Shop) -> None:
    running = shop.subscription(5)
    settings(shop, running, renewal_quantity=3)
    roll_due(running, end_of(running))
    assert (get(running).quantity, invoice(renewals(running)[0]).net) == (3, eur(3 * 3840))


def test_what_was_not_to_renew_ends(shop: Shop) -> None:
    running = shop.subscription(1)
    settings(shop, running, auto_renew=False)
    roll_due(running, end_of(running))
    found = get(running)
    assert (found.status, found.end_reason) == (Status.ENDED, "not_renewed")
    assert [(row.status, row.reason, row.invoice_id) for row in renewals(running)] == [("ended", "", None)]


def test_an_offer_that_is_gone_ends_with_its_reason(shop: Shop) -> None:
    offer = offer_of(shop, "gone")
    running = shop.buy(shop.new(1, offer)).subscriptions[0]
    catalog.withdraw_offer(actor=operator(), now=START + timedelta(days=2), offer_id=offer.id)
    roll_due(running, end_of(running))
    assert (get(running).status, get(running).end_reason) == (Status.ENDED, "offer_not_available")
    assert renewals(running)[0].reason == "offer_not_available"
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM infra_event WHERE subject_id = %s AND kind LIKE 'renewal.%%'", [running]
        )
        assert cursor.fetchall() == [("renewal.missed",)]


def test_the_price_is_that_of_the_day(shop: Shop) -> None:
    offer = offer_of(shop, "dearer")
    running = shop.buy(shop.new(1, offer)).subscriptions[0]
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=offer.id, price=eur(6000)
    )
    roll_due(running, end_of(running))
    assert (invoice(renewals(running)[0]).net, get(running).term_price) == (eur(4800), eur(6000))


def test_a_trial_converts_and_its_end_becomes_the_anchor(shop: Shop) -> None:
    begun = sales.start_trial(
        actor=shop.reseller, now=START, customer_id=shop.customer_id, offer="lockbox-trial", quantity=3
    )
    roll_due(begun.subscription_id, end_of(begun.subscription_id))
    found = get(begun.subscription_id)
    assert (found.status, found.anchor_day) == (Status.ACTIVE, 29)
    assert (found.period_start, found.period_end) == (date(2026, 1, 29), date(2026, 2, 28))
    assert invoice(renewals(begun.subscription_id)[0]).net == eur(3 * 400)
    roll_due(begun.subscription_id, end_of(begun.subscription_id))
    assert get(begun.subscription_id).period_end == date(2026, 3, 29)


def test_nothing_happens_before_its_time(shop: Shop) -> None:
    running = shop.subscription(1)
    roll_due(running, datetime(2026, 6, 1, tzinfo=UTC))
    assert renewals(running) == []
    assert get(running).period_end == date(2027, 1, 15)


def test_only_the_payer_sees_its_renewals(shop: Shop) -> None:
    running = shop.subscription(1)
    roll_due(running, end_of(running))
    mine = within(shop.reseller, lambda: queries.list_history(actor=shop.reseller, subscription_id=running))
    theirs = within(shop.customer, lambda: queries.list_history(actor=shop.customer, subscription_id=running))
    assert (len(mine), theirs) == (1, [])
