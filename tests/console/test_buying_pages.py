"""Choosing, the price, paying; and pages that were left open while a price changed: never charged unseen."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

from purveyor.catalog import commands as catalog
from purveyor.catalog.queries import get_offer
from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales
from tests.support.counter import SYSTEM, Browser, actor_on, fill, orders_of, quoted, text_of
from tests.support.shop import Shop, offer_of

# -- choosing and paying ------------------------------------------------------------------------------------


def test_the_price_shows_while_one_chooses(reseller: Browser) -> None:
    url = reseller.on + "buy?offer=lockbox-business-12m&quantity=5"
    part = text_of(reseller.get(url, headers={"hx-request": "true"}))
    assert "<html" not in part
    for told in ("€48.00", "€240.00", "Your reseller discount of 20%", "€192.00", "VAT", "next renewal"):
        assert told in part
    shown = reseller.post(reseller.on + "buy", {"show": "1", "offer": "lockbox-business-1m", "quantity": "4"})
    assert shown.status_code == 302
    assert "offer=lockbox-business-1m&quantity=4" in shown["Location"]


def test_what_cannot_be_bought_is_said_beside_the_field(reseller: Browser) -> None:
    answer = reseller.post(reseller.on + "buy", {"offer": "lockbox-business-1m", "quantity": "0"})
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "This must be at least 1." in shown
    assert 'value="lockbox-business-1m" checked' in shown
    gone = reseller.post(reseller.on + "buy", {"offer": "withdrawn-thing", "quantity": "3"})
    assert gone.status_code == 422
    assert "This is no longer on sale" in text_of(gone)
    assert 'value="3"' in text_of(gone)


def test_from_the_choice_to_the_transfer(shop: Shop, customer: Organization, reseller: Browser) -> None:
    chosen = reseller.post(reseller.on + "buy", {"offer": "lockbox-business-12m", "quantity": "5"})
    url = chosen["Location"]
    assert "Order for €192.00" in text_of(reseller.get(url))
    once = str(uuid4())
    first = reseller.post(url, {"payment_method": "bank_transfer"}, once=once)
    again = reseller.post(url, {"payment_method": "bank_transfer"}, once=once)
    assert first["Location"] == again["Location"]
    assert orders_of(shop, customer) == 1
    shown = text_of(reseller.get(first["Location"]))
    assert re.search(r"<code>RF\d\d( \w{1,4})+</code>", shown)
    assert "SE45 5000 0000 0583 9825 7466" in shown
    assert "Pro-forma invoice" in shown
    assert reseller.get(url)["Location"] == first["Location"]


def test_the_balance_pays_at_once_or_says_that_it_cannot(shop: Shop, customer: Organization) -> None:
    own = Browser(customer, "admin", customer)
    chosen = own.post(own.on + "buy", {"offer": "lockbox-business-12m", "quantity": "1"})["Location"]
    assert "which is not enough" in text_of(own.get(chosen))
    refused = own.post(chosen, {"payment_method": "balance"})
    assert refused.status_code == 422
    assert "Nothing has been charged" in text_of(refused)
    card = own.post(chosen, {"payment_method": "card"})
    assert card.status_code == 422
    assert "This way to pay is not offered here" in text_of(card)
    fill(shop, customer)
    paid = own.post(chosen, {"payment_method": "balance"})
    shown = text_of(own.get(paid["Location"]))
    assert "The order is complete" in shown
    assert "Assign seats" in shown


def test_an_order_is_cancelled_after_a_question(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    actor = actor_on(shop, customer)
    order = sales.accept_quote(
        actor=actor, now=clock.now(), quote_id=quoted(shop, customer), payment_method="bank_transfer"
    )
    url = f"{reseller.root}orders/{show('ord', order.id)}"
    assert "cancelled for good" in text_of(reseller.get(f"{url}/cancel"))
    assert reseller.post(f"{url}/cancel").status_code == 302
    assert "Cancelled" in text_of(reseller.get(url))
    assert reseller.get(f"{url}/cancel").status_code == 302


# -- pages that were left open ------------------------------------------------------------------------------


def priced(shop: Shop, code: str, amount: int = 1000) -> None:
    """Another offer, with a price of its own to change."""
    offer = offer_of(shop, code)
    catalog.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=offer.id, price=Money(amount, "EUR"))


def reprice(shop: Shop, code: str, amount: int) -> None:
    with tx.enter(SYSTEM):
        offer = get_offer(offer_ref=code)
    catalog.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=offer.id, price=Money(amount, "EUR"))


def test_a_changed_price_is_shown_before_it_is_charged(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    priced(shop, "changing")
    url = f"{reseller.on}quotes/{show('quo', quoted(shop, customer, offer='changing'))}"
    assert "Order for €16.00" in text_of(reseller.get(url))
    reprice(shop, "changing", 2000)
    open_page = text_of(reseller.get(url))
    assert "This page says €16.00; today it is €32.00." in open_page
    assert "Order for" not in open_page
    sent = reseller.post(url, {"payment_method": "bank_transfer"})
    assert orders_of(shop, customer) == 0
    fresh = text_of(reseller.get(sent["Location"]))
    assert "It was €16.00 and is €32.00 now." in fresh
    assert "Order for €32.00" in fresh
    assert "Order for €32.00" in text_of(reseller.get(reseller.post(url, {"again": "1"})["Location"]))


def test_an_expired_quote_is_replaced_by_a_new_one(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    old = quoted(shop, customer, now=clock.now() - timedelta(days=30))
    url = f"{reseller.on}quotes/{show('quo', old)}"
    assert "The quote has expired" in text_of(reseller.get(url))
    sent = reseller.post(url, {"payment_method": "bank_transfer"})
    assert orders_of(shop, customer) == 0
    fresh = text_of(reseller.get(sent["Location"]))
    assert "This is a new one at the same price." in fresh
    assert "Order for" in fresh


def test_what_was_withdrawn_meanwhile_is_not_sold(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    priced(shop, "leaving")
    url = f"{reseller.on}quotes/{show('quo', quoted(shop, customer, offer='leaving'))}"
    with tx.enter(SYSTEM):
        offer = get_offer(offer_ref="leaving")
    catalog.withdraw_offer(actor=shop.houses.operator, now=clock.now(), offer_id=offer.id)
    assert "leaving is no longer on sale" in text_of(reseller.get(url))
    sent = reseller.post(url, {"payment_method": "bank_transfer"})
    assert sent.status_code == 422
    assert "leaving is no longer on sale" in text_of(sent)
    assert orders_of(shop, customer) == 0
