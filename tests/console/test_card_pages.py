"""Cards at the console: kept, chosen, removed with what follows told; an order paid by card; the operator's view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.infra import tx
from purveyor.interfaces.doubles.card import CardDouble
from purveyor.kernel.ids import show
from purveyor.parties.types import Organization
from purveyor.payments import cards, queries
from purveyor.payments.types_cards import Card
from tests.support.cards import DECLINED, GOOD, SECURE, Holder, card_provider, do_due
from tests.support.counter import SYSTEM, Browser, quoted, text_of
from tests.support.shop import Shop


@pytest.fixture(scope="module")
def double(shop: Shop) -> Iterator[CardDouble]:
    with card_provider() as found:
        yield found


@pytest.fixture(scope="module")
def operator(shop: Shop) -> Browser:
    return Browser(shop.houses.seller.organization, "admin", shop.houses.first_customer)


def kept(shop: Shop) -> list[Card]:
    with tx.enter(SYSTEM):
        return cards.list_cards(actor=SYSTEM, payer_id=shop.houses.first.id)


def keep(reseller: Browser, number: str, *acts: str) -> str:
    answer = reseller.post(f"{reseller.root}settings/cards/new", {})
    assert answer.status_code == 302
    Holder().pay(str(answer["Location"]), number, *acts)
    return str(answer["Location"])


def test_without_a_provider_nothing_is_offered(shop: Shop, reseller: Browser) -> None:
    assert "Cards are not offered here" in text_of(reseller.get(f"{reseller.root}settings/cards"))


def test_cards_are_kept_chosen_and_removed(shop: Shop, reseller: Browser, double: CardDouble) -> None:
    assert "No card yet" in text_of(reseller.get(f"{reseller.root}settings/cards"))
    assert "Nothing is charged now" in text_of(reseller.get(f"{reseller.root}settings/cards/new"))
    url = keep(reseller, GOOD)
    assert "The card is kept" in text_of(Holder().page(url))
    keep(reseller, SECURE, "approve")
    first, second = kept(shop)
    assert (first.last4, first.is_default, second.last4) == ("4242", True, "3220")
    listed = text_of(reseller.get(f"{reseller.root}settings/cards"))
    assert "Visa ending in 4242" in listed
    assert "Pays by itself" in listed
    where = f"{reseller.root}settings/cards/{show('crd', second.id)}"
    assert "pays from now on" in text_of(reseller.get(f"{where}/default"))
    assert reseller.post(f"{where}/default", {}).status_code == 302
    assert kept(shop)[0].last4 == "3220"
    page = text_of(reseller.get(f"{where}/remove"))
    assert "Visa ending in 4242 pays from then on" in page
    assert reseller.post(f"{where}/remove", {}).status_code == 302
    do_due()
    assert [(one.last4, one.is_default) for one in kept(shop)] == [("4242", True)]
    assert double.world.db["payment_methods"]
    other = Browser(shop.houses.second, "admin", shop.houses.second_customer)
    assert other.get(f"{other.root}settings/cards/{show('crd', first.id)}/remove").status_code == 404


def test_an_order_is_paid_with_the_kept_card(
    shop: Shop, customer: Organization, reseller: Browser, operator: Browser, double: CardDouble
) -> None:
    url = f"{reseller.on}quotes/{show('quo', quoted(shop, customer))}"
    assert "Visa ending in 4242 is charged at once" in text_of(reseller.get(url))
    placed = reseller.post(url, {"payment_method": "card"})
    assert placed.status_code == 302, text_of(placed)
    order = str(placed["Location"])
    assert "The card is being charged" in text_of(reseller.get(order))
    do_due()
    page = text_of(reseller.get(order))
    assert "The order is complete" in page
    assert "Charged" in page
    listed = text_of(operator.get(f"{operator.root}money/cards"))
    assert "Visa ending in 4242" in listed
    assert "pi_" in listed
    assert reseller.get(f"{reseller.root}money/cards").status_code in (403, 404)


def test_a_declined_card_says_why(
    shop: Shop, customer: Organization, reseller: Browser, double: CardDouble
) -> None:
    for card in kept(shop):
        reseller.post(f"{reseller.root}settings/cards/{show('crd', card.id)}/remove", {})
    url = f"{reseller.on}quotes/{show('quo', quoted(shop, customer))}"
    order = str(reseller.post(url, {"payment_method": "card"})["Location"])
    page = reseller.get(order)
    assert "Pay by card" in text_of(page)
    with tx.enter(SYSTEM):
        payable = queries.list_open_payables(actor=SYSTEM, limit=1)[0]
    led = reseller.get(f"{reseller.root}pay/{show('pbl', payable.id)}")
    assert led.status_code == 302
    holder = Holder()
    assert "declined" in holder.pay(cards.pay_url(payable.id), DECLINED)
    holder.client.get("/pay/" + cards.pay_url(payable.id).rsplit("/", 1)[-1] + "/back")
    assert "The last try did not work" in text_of(holder.page(cards.pay_url(payable.id)))
    assert "did not say why" in text_of(reseller.get(order))
    assert holder.client.get("/pay/nonsense").status_code == 404
    assert holder.client.get("/pay/nonsense/go").status_code == 404
