"""Which role gets which notice, and the page on which a payer answers a new price."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog import queries
from purveyor.catalog.types import Terms
from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization
from purveyor.renewals import price_change
from purveyor.renewals.types import NOTICE_KINDS
from purveyor.sales import commands as sales
from tests.support.counter import SYSTEM, Browser, actor_on, fill, quoted, text_of
from tests.support.shop import Shop, offer_of


def test_a_reseller_ticks_what_its_roles_want(shop: Shop) -> None:
    browser = Browser(shop.houses.second, "admin")
    url = browser.root + "settings/notices"
    page = browser.get(url)
    assert page.status_code == 200
    form = page.context["form"]
    assert set(form.fields) == {f"{role}_{kind}" for role in ("admin", "technician") for kind in NOTICE_KINDS}
    assert form.fields["admin_price"].disabled
    assert 'aria-current="page">Notices' in text_of(page)
    # Only these stay ticked; what cannot be switched off stays without being sent.
    assert browser.post(url, {"admin_ends": "on", "technician_price": "on"}).status_code == 302
    wanted = {name for name, field in browser.get(url).context["form"].fields.items() if field.initial}
    assert wanted == {"admin_ends", "admin_price", "technician_price"}


def test_a_customer_has_its_own_table_and_others_have_none(shop: Shop, customer: Organization) -> None:
    own = Browser(customer, "admin")
    page = own.get(own.root + "settings/notices")
    assert page.context["form"].fields["admin_commits"].initial is True
    assert page.context["form"].fields["manager_commits"].initial is False
    for browser, status in (
        (Browser(shop.houses.seller.organization, "admin"), 404),
        (Browser(shop.houses.first, "technician"), 403),
        (Browser(customer, "manager"), 403),
    ):
        assert browser.get(browser.root + "settings/notices").status_code == status


@pytest.fixture
def risen(shop: Shop, customer: Organization) -> UUID:
    """A month at 10.00 that would renew at 13.00 and asks above ten percent."""
    code = f"ask-{uuid4().hex[:6]}"
    offer = offer_of(shop, code, terms=Terms(price_notice_days=0, price_consent_percent=10))
    desk = {**shop.desk, "offer_id": offer.id}
    with tx.enter(SYSTEM):
        lists = {one.code: one for one in queries.list_price_lists(currency="EUR")}
    catalog.set_price(**desk, price_list_id=shop.eur.id, price=Money(1000, "EUR"))
    later = lists.get("eur-later") or catalog.create_price_list(
        **shop.desk,
        code="eur-later",
        currency="EUR",
        valid_from=clock.business_date(clock.now()) + timedelta(days=5),
        copy_from=shop.eur.id,
    )
    catalog.set_price(**desk, price_list_id=later.id, price=Money(1300, "EUR"))
    fill(shop, shop.houses.first)
    quote_id = quoted(shop, customer, offer=code, quantity=3)
    order = sales.accept_quote(
        actor=actor_on(shop, customer), now=clock.now(), quote_id=quote_id, payment_method="balance"
    )
    return order.subscriptions[0]


def test_a_payer_sees_and_answers_a_new_price(
    shop: Shop, customer: Organization, reseller: Browser, risen: UUID
) -> None:
    page = f"{reseller.on}subscriptions/{show('sub', risen)}"
    assert "accept or refuse it" in text_of(reseller.get(page))
    asked = text_of(reseller.get(page + "/price"))
    for part in ("€10.00", "€13.00", "30% more", "€24.00", "€31.20", "€7.20 more", "There is no answer yet"):
        assert part in asked, part
    answered = reseller.post(page + "/price", {"answer": "accept"})
    assert answered.status_code == 302
    assert "You have accepted it" in text_of(reseller.get(answered["Location"]))
    assert _answer(risen) == "accepted"
    assert reseller.post(page + "/price", {"answer": "refuse"}).status_code == 302
    assert _answer(risen) == "refused"
    assert "You have refused it" in text_of(reseller.get(page + "/price"))
    # Who does not pay is not asked.
    own = Browser(customer, "admin", customer)
    assert own.get(f"{own.on}subscriptions/{show('sub', risen)}/price").status_code == 403


def test_where_no_price_rises_there_is_nothing_to_answer(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    fill(shop, shop.houses.first)
    order = sales.accept_quote(
        actor=actor_on(shop, customer),
        now=clock.now(),
        quote_id=quoted(shop, customer),
        payment_method="balance",
    )
    url = f"{reseller.on}subscriptions/{show('sub', order.subscriptions[0])}/price"
    assert "The price stays" in text_of(reseller.get(url))
    assert reseller.post(url, {"answer": "accept"}).status_code == 409


def _answer(subscription_id: UUID) -> str:
    with tx.enter(SYSTEM) as now:
        found = price_change.find_price_question(
            actor=SYSTEM, subscription_id=subscription_id, on=clock.business_date(now)
        )
    assert found is not None
    return found.answer
