"""Other ways to work: without scripts, by keyboard alone, with an impatient hand, on a page that got old."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from purveyor.catalog import commands as catalog
from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.subscriptions import queries as subscriptions
from tests.browser.live import Site, arriving, employ, on, plain, press, root_of, said, send
from tests.support.counter import actor_on, bought, fill, orders_of, settle_debts
from tests.support.houses import Houses, given
from tests.support.world import World

YEAR, MONTH = "lockbox-business-12m", "lockbox-business-1m"


@pytest.fixture(scope="module")
def rosa(world: World) -> str:
    """She works for the first reseller, whose balance is filled."""
    fill(world.shop, world.shop.houses.first, 1_000_000)
    return employ(world.shop.houses.first, "rosa@adler.example")


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=Houses.reseller(world.shop.houses.first),
        now=clock.now(),
        given=given("Kunde GmbH", vat_number="DE136695976"),
    )


@pytest.fixture
def home(world: World, customer: Organization) -> str:
    """Where the reseller acts on the customer."""
    return on(world.shop.houses.first, customer.id)


@pytest.fixture
def page(site: Site, rosa: str) -> Iterator[Page]:
    """The reseller's, signed in."""
    with site.visitor() as opened:
        site.enter(opened.context, rosa)
        yield opened


@pytest.fixture
def bare(site: Site, rosa: str) -> Iterator[Page]:
    """The same in a browser that runs no script."""
    with site.visitor(java_script_enabled=False) as opened:
        site.enter(opened.context, rosa)
        yield opened


def quoted(page: Page, home: str, offer: str = YEAR, seats: int = 1) -> None:
    """Open the page of a new quote."""
    page.goto(f"{home}buy")
    page.check(f"main [name=offer][value={offer}]")
    page.fill("main [name=quantity]", str(seats))
    send(page)
    assert "/quotes/" in page.url, said(page)


def pay(page: Page) -> None:
    page.check("main [name=payment_method][value=balance]")
    send(page)


def test_buying_without_scripts(bare: Page, world: World, customer: Organization, home: str) -> None:
    bare.goto(root_of(world.shop.houses.first))
    bare.click("details.acting > summary")
    press(bare, '#switch-rows a[href$="/switch"]')
    bare.fill("main input[name=q]", customer.name)
    with arriving(bare):
        bare.press("main input[name=q]", "Enter")
    press(bare, f'main a[href="{home}"]')
    press(bare, 'main a[href$="/buy"]')
    bare.check(f"main [name=offer][value={YEAR}]")
    bare.fill("main [name=quantity]", "3")
    press(bare, "main button[name=show]")
    expect(bare.locator(f"main [name=offer][value={YEAR}]")).to_be_checked()
    expect(bare.locator("main [name=quantity]")).to_have_value("3")
    expect(bare.locator("#preview")).to_contain_text("€115.20")
    send(bare)
    # Two presses of an impatient hand reach the server here; it orders once.
    bare.check("main [name=payment_method][value=balance]")
    bare.dblclick("main form.form button[type=submit]:not([name])")
    bare.wait_for_url("**/orders/ord_*")
    assert orders_of(world.shop, customer) == 1


def test_members_without_scripts(bare: Page, world: World, customer: Organization, home: str) -> None:
    subscription = bought(world.shop, customer, quantity=2)
    bare.goto(f"{home}members")
    press(bare, 'main a[href$="/members/add"]')
    bare.fill("main [name=emails]", "anna@kunde.example\nbert@kunde.example\nwrong")
    bare.select_option("main [name=subscription]", show("sub", subscription))
    send(bare)
    expect(bare.locator("#rows > tr")).to_have_count(3)
    bare.goto(f"{home}members?q=anna")
    expect(bare.locator("#rows > tr")).to_have_count(1)
    bare.locator("#rows summary").click()
    press(bare, '#rows a[href$="/role"]')
    bare.check("main [name=role][value=manager]")
    send(bare)
    assert "/members/mem_" in bare.url, said(bare)
    bare.locator("main .page-actions summary").click()
    press(bare, 'main .page-actions a[href$="/remove"]')
    send(bare)
    assert "anna@kunde.example" not in bare.locator("#rows").inner_text()
    with tx.enter(actor := actor_on(world.shop, customer)):
        assert subscriptions.get_subscription(actor=actor, subscription_id=subscription).seats_free == 1


def test_by_keyboard_alone(page: Page, world: World) -> None:
    keys = page.keyboard
    page.goto(f"{root_of(world.shop.houses.first)}customers")
    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    keys.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    # The switch: opens with Enter, is searched, walked with the arrows, and closes with Escape.
    page.locator("details.acting > summary").focus()
    keys.press("Enter")
    expect(page.locator("#switch-q")).to_be_focused()
    keys.type("Sibling")
    expect(page.locator("#switch-rows a.switch-row")).to_have_count(1)
    keys.press("ArrowDown")
    expect(page.locator("#switch-rows a.switch-row")).to_be_focused()
    keys.press("Escape")
    expect(page.locator("details.acting > summary")).to_be_focused()
    expect(page.locator("details.acting[open]")).to_have_count(0)
    # A form from its first field, where one stands at once, to its end.
    page.goto(f"{root_of(world.shop.houses.first)}customers/new")
    expect(page.locator("main [name=name]")).to_be_focused()
    keys.type("Tastatur GmbH")
    typed = {"vat_number": "DE136695976", "line1": "Weg 1", "postal_code": "10115", "city": "Berlin"}
    typed["email"] = "office@tastatur.example"
    for _ in range(30):
        keys.press("Tab")
        name = page.evaluate("document.activeElement.name || ''")
        tag = page.evaluate("document.activeElement.tagName")
        if name in typed:
            keys.type(typed.pop(name))
        elif tag == "SELECT" and name == "country":
            keys.type("Germany")
        elif tag == "BUTTON" and not typed:
            break
        # Where the focus is can always be seen.
        assert page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); const c = document.activeElement;"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || c.matches('[type=radio]') }"
        ), name
    with arriving(page):
        keys.press("Enter")
    assert page.url.endswith("/buy"), said(page)
    expect(page.locator(".bar .acting-name")).to_have_text("Tastatur GmbH")


def test_pressing_twice_pays_once(page: Page, world: World, customer: Organization, home: str) -> None:
    quoted(page, home)
    page.check("main [name=payment_method][value=balance]")
    page.dblclick("main form.form button[type=submit]:not([name])")
    page.wait_for_url("**/orders/ord_*")
    first = page.url
    # Back to the page that was sent, and again: the same order.
    page.go_back()
    if "/quotes/" in page.url:
        page.reload()
    page.wait_for_url(first)
    assert orders_of(world.shop, customer) == 1


def test_a_page_that_got_old_shows_the_new_price_first(
    page: Page, world: World, customer: Organization, home: str
) -> None:
    shop = world.shop
    quoted(page, home, MONTH)
    assert "€4.00" in said(page)
    catalog.set_price(
        actor=shop.houses.operator,
        now=clock.now(),
        price_list_id=shop.eur.id,
        offer_id=shop.month.id,
        price=Money(600, "EUR"),
    )
    pay(page)
    assert "/quotes/" in page.url
    told = plain(page.locator("main .alert").first.inner_text())
    assert "€4.00" in told
    assert "€4.80" in told
    assert orders_of(shop, customer) == 0
    pay(page)
    assert "/orders/ord_" in page.url, said(page)
    assert "€4.80" in said(page)
    assert orders_of(shop, customer) == 1


def test_an_offer_that_was_withdrawn_says_so(
    page: Page, world: World, customer: Organization, home: str
) -> None:
    shop = world.shop
    offer = catalog.create_offer(
        **shop.desk, plan_id=shop.plan_id, code="short", term_months=1, available_from=shop.eur.valid_from
    )
    catalog.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=offer.id, price=Money(500, "EUR"))
    quoted(page, home, "short")
    catalog.withdraw_offer(actor=shop.houses.operator, now=clock.now(), offer_id=offer.id)
    pay(page)
    expect(page.locator("main .alert, main .message, main [role=alert]").first).to_be_visible()
    assert orders_of(shop, customer) == 0


def test_what_was_typed_survives_a_refusal(page: Page, world: World) -> None:
    page.goto(f"{root_of(world.shop.houses.first)}customers/new")
    values = {
        "name": "Falsch GmbH", "email": "office@falsch.example", "line1": "Weg 1", "postal_code": "10115",
        "city": "Berlin", "vat_number": "DE136695975",
    }  # fmt: skip
    for name, value in values.items():
        page.fill(f"main [name={name}]", value)
    page.select_option("main [name=country]", "DE")
    send(page)
    expect(
        page.locator(".field", has=page.locator("[name=vat_number]")).locator(".field-error")
    ).to_be_visible()
    for name, value in values.items():
        expect(page.locator(f"main [name={name}]")).to_have_value(value)
    page.fill("main [name=vat_number]", "DE136695976")
    send(page)
    assert page.url.endswith("/buy"), said(page)


def test_the_language_is_chosen_by_the_switch(page: Page, world: World) -> None:
    page.goto(f"{root_of(world.shop.houses.first)}customers")
    for code in ("it", "fr"):
        page.locator(".bar summary:has(.btn-word)").click()
        press(page, f".bar button[name=language][value={code}]")
        expect(page.locator("html")).to_have_attribute("lang", code)
        assert page.url.endswith("/customers")
    # It stays for what comes next.
    page.goto(root_of(world.shop.houses.first))
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_fifty_days_before_the_end_two_months_are_charged(
    site: Site, page: Page, world: World, customer: Organization, home: str
) -> None:
    """The last of this module: it moves the sandbox's clock, as the operator does."""
    subscription = bought(world.shop, customer, quantity=1)
    with tx.enter(actor := actor_on(world.shop, customer)):
        found = subscriptions.get_subscription(actor=actor, subscription_id=subscription)
    assert found.period_end is not None
    olof = employ(world.shop.houses.seller.organization, "olof@nord.example")
    with site.visitor() as desk:
        desk.set_default_navigation_timeout(60_000)
        site.enter(desk.context, olof)
        desk.goto(f"{root_of(world.shop.houses.seller.organization)}clock")
        desk.fill("main [name=to]:not([type=hidden])", f"{found.period_end - timedelta(days=50)}T10:00")
        desk.set_default_timeout(60_000)
        send(desk, "main form.form:has([name=to])")
        expect(desk.locator("main .field-error")).to_have_count(0)
    # Monthly terms of this module's other stories went on, and nobody paid for them.
    settle_debts(world.shop)
    page.goto(f"{home}subscriptions/{show('sub', subscription)}/top-up")
    page.fill("main [name=quantity]", "2")
    # 2 of 12 months of 48 €, two seats, less 20 %.
    expect(page.locator("#preview")).to_contain_text("€12.80")
    expect(page.locator("#preview")).to_contain_text(re.compile(r"50 days left"))
    send(page)
    pay(page)
    assert "/orders/ord_" in page.url, said(page)
    with tx.enter(actor):
        after = subscriptions.get_subscription(actor=actor, subscription_id=subscription)
    assert (after.quantity, after.period_end) == (3, found.period_end)
