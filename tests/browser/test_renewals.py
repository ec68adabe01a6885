"""The renewal centre in a real browser: filter, change several after a preview, pay several that wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock, tx
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.renewals import queries as renewals
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from tests.browser.live import NARROW, Site, employ, on, overflow, press, root_of, said, send, shot
from tests.support.counter import actor_on, fill, settle_debts
from tests.support.houses import Houses, given
from tests.support.jobs import run_pending_jobs
from tests.support.shop import offer_of
from tests.support.world import World

MONTH, YEAR, AHEAD = "lockbox-business-1m", "lockbox-business-12m", "paid-ahead-1m"


@pytest.fixture(scope="module")
def rosa(world: World) -> str:
    """She works for the first reseller, whose balance is filled; one offer's renewals are paid first."""
    shop = world.shop
    fill(shop, shop.houses.first, 1_000_000)
    terms = Terms(prepay=True, cut_off_day=26, cut_off_zone="Europe/Stockholm")
    ahead = offer_of(shop, AHEAD, terms=terms)
    catalog.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=ahead.id, price=Money(700, "EUR"))
    return employ(shop.houses.first, "rosa@adler.example")


def new_customer(world: World, name: str) -> Organization:
    return parties.create_customer(
        actor=Houses.reseller(world.shop.houses.first),
        now=clock.now(),
        given=given(name, vat_number="DE136695976"),
    )


def buy(world: World, customer: Organization, offer: str, quantity: int) -> UUID:
    actor = actor_on(world.shop, customer)
    wish = LineWish("new", quantity, offer=offer)
    quote = sales.make_quote(actor=actor, now=clock.now(), customer_id=customer.id, lines=[wish])
    order = sales.accept_quote(actor=actor, now=clock.now(), quote_id=quote.id, payment_method="balance")
    return order.subscriptions[0]


def statuses(world: World, customer: Organization) -> list[str]:
    actor = actor_on(world.shop, customer)
    with tx.enter(actor) as now:
        found = renewals.list_renewals(
            actor=actor, on=clock.business_date(now), until=clock.business_date(now)
        )
        return [one.status for one in found.rows]


@pytest.fixture(params=["en", "de", "es", "it", "fr"])
def page(request: pytest.FixtureRequest, site: Site, rosa: str) -> Iterator[Page]:
    """The reseller's, signed in, in every language."""
    with site.visitor(request.param) as opened:
        site.enter(opened.context, rosa)
        yield opened


@pytest.fixture
def bare(site: Site, rosa: str) -> Iterator[Page]:
    """The same in a browser that runs no script."""
    with site.visitor(java_script_enabled=False) as opened:
        site.enter(opened.context, rosa)
        yield opened


def change(page: Page, action: str) -> None:
    """Choose the first two rows, see the preview, confirm."""
    page.check("#rows [name=pick] >> nth=0")
    page.check("#rows [name=pick] >> nth=1")
    page.select_option("main [name=action]", action)
    press(page, ".bulk button")
    expect(page.locator("#rows > tr")).to_have_count(2)
    send(page)
    expect(page.locator("#rows > tr")).to_have_count(2)


def test_several_are_chosen_and_changed(page: Page, world: World) -> None:
    customer = new_customer(world, "Chosen GmbH")
    for quantity in (1, 2, 3):
        buy(world, customer, MONTH, quantity)
    page.goto(f"{root_of(world.shop.houses.first)}renewals")
    page.fill("main [name=q]", "chosen")
    expect(page.locator("#rows > tr", has_text="Chosen GmbH").first).to_be_visible()
    expect(page.locator("#rows > tr", has_not_text="Chosen GmbH")).to_have_count(0)
    page.goto(f"{on(world.shop.houses.first, customer.id)}renewals")
    shot(page, "renewals-list")
    change(page, "stop")
    shot(page, "renewals-changed")
    page.goto(f"{on(world.shop.houses.first, customer.id)}renewals")
    page.select_option("main [name=kind]", "ends")
    expect(page.locator("#rows > tr")).to_have_count(2)
    page.select_option("main [name=kind]", "commits")
    expect(page.locator("#rows")).to_have_count(0)
    expect(page.locator("#found .empty")).to_be_visible()


def test_the_month_and_the_year_ahead(page: Page, world: World) -> None:
    customer = new_customer(world, "Ahead GmbH")
    buy(world, customer, MONTH, 2)
    home = on(world.shop.houses.first, customer.id)
    page.goto(f"{home}renewals/calendar")
    press(page, '.month-head a[href*="month="] >> nth=1')
    press(page, ".month td.is-busy a")
    expect(page.locator("#rows > tr")).to_have_count(1)
    page.goto(f"{home}renewals/forecast")
    expect(page.locator("svg .chart-bar")).to_have_count(12)
    shot(page, "renewals-forecast")
    page.set_viewport_size(NARROW)
    for path in ("renewals", "renewals/calendar", "renewals/forecast", "renewals/pending"):
        page.goto(home + path)
        assert overflow(page) <= 0, path


# The clock moves from here on; in the end invoices of the tests above are so overdue that nothing more is sold.


def due(world: World, name: str) -> Organization:
    """A customer with two renewals that wait for their money."""
    settle_debts(world.shop)
    customer = new_customer(world, name)
    for quantity in (1, 2):
        buy(world, customer, AHEAD, quantity)
    clock.move(clock.now() + timedelta(days=32))
    run_pending_jobs()
    assert statuses(world, customer) == ["pending", "pending"]
    return customer


def test_without_scripts(bare: Page, world: World) -> None:
    customer = due(world, "Bare GmbH")
    for quantity in (3, 4):
        buy(world, customer, MONTH, quantity)
    home = on(world.shop.houses.first, customer.id)
    bare.goto(f"{home}renewals")
    bare.select_option("main [name=kind]", "renews")
    press(bare, "main form.toolbar button")
    assert "kind=renews" in bare.url
    change(bare, "balance")
    bare.goto(f"{home}renewals/pending")
    bare.check("#rows [name=pick] >> nth=0")
    press(bare, ".bulk button")
    bare.check("main [name=payment_method][value=bank_transfer]")
    # Two presses of an impatient hand: one order.
    bare.dblclick("main form.form button[type=submit]:not([name])")
    bare.wait_for_url("**/orders/ord_*")
    assert statuses(world, customer).count("pending") == 2
    bare.goto(f"{home}renewals/pending")
    expect(bare.locator('#rows a[href*="/orders/ord_"]')).to_have_count(1)
    expect(bare.locator("#rows [name=pick]")).to_have_count(1)


def test_several_that_wait_are_paid_at_once(page: Page, world: World) -> None:
    customer = due(world, "Waits GmbH")
    home = on(world.shop.houses.first, customer.id)
    page.goto(home)
    press(page, 'main .alert a[href$="/renewals/pending"]')
    expect(page.locator(".countdown")).to_have_count(2)
    shot(page, "renewals-pending")
    page.check("#rows [name=pick] >> nth=0")
    page.check("#rows [name=pick] >> nth=1")
    press(page, ".bulk button")
    # Three seats of 5.60 a month; within Germany, from Sweden, no VAT is charged.
    assert "16" in said(page)
    shot(page, "renewals-pay")
    page.check("main [name=payment_method][value=balance]")
    send(page)
    page.wait_for_url("**/orders/ord_*")
    shot(page, "renewals-paid")
    assert statuses(world, customer) == ["paid", "paid"]
    page.goto(home)
    expect(page.locator('main .alert a[href$="/renewals/pending"]')).to_have_count(0)
