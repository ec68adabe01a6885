"""One subscription's renewal in a real browser: another term, fewer seats than members, a change called off."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from purveyor.seats import commands as seats
from tests.browser.live import NARROW, Site, employ, on, overflow, press, said, send, shot
from tests.support.counter import actor_on, fill
from tests.support.houses import Houses, given
from tests.support.shop import offer_of
from tests.support.world import World

YEAR, LOCKED = "lockbox-business-12m", "locked-1m"


@pytest.fixture(scope="module")
def customer(world: World) -> Organization:
    shop = world.shop
    fill(shop, shop.houses.first, 1_000_000)
    locked = offer_of(shop, LOCKED, terms=Terms(renewal_lock_days=90))
    catalog.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=locked.id, price=Money(700, "EUR"))
    return parties.create_customer(
        actor=Houses.reseller(shop.houses.first),
        now=clock.now(),
        given=given("Wechsel GmbH", vat_number="DE136695976"),
    )


def buy(world: World, customer: Organization, offer: str, quantity: int, people: int) -> UUID:
    actor = actor_on(world.shop, customer)
    wish = LineWish("new", quantity, offer=offer)
    quote = sales.make_quote(actor=actor, now=clock.now(), customer_id=customer.id, lines=[wish])
    order = sales.accept_quote(actor=actor, now=clock.now(), quote_id=quote.id, payment_method="balance")
    bought = order.subscriptions[0]
    for number in range(people):
        seats.assign_seat(
            actor=actor, now=clock.now(), subscription_id=bought, email=f"p{number}@wechsel.example"
        )
    return bought


@pytest.fixture
def page(site: Site, world: World) -> Iterator[Page]:
    """Rosa of the reseller, without scripts: everything works for her too."""
    email = employ(world.shop.houses.first, "rosa@adler.example")
    context = site.context(java_script_enabled=False)
    site.enter(context, email)
    yield context.new_page()
    context.close()


@pytest.fixture
def boss(site: Site, world: World) -> Iterator[Page]:
    """Olof of the operator."""
    email = employ(world.shop.houses.seller.organization, "olof@nord.example")
    context = site.context()
    site.enter(context, email)
    yield context.new_page()
    context.close()


def address(world: World, customer: Organization, bought: UUID) -> str:
    return f"{on(world.shop.houses.first, customer.id)}subscriptions/{show('sub', bought)}"


def test_another_term_and_fewer_seats_than_members(world: World, customer: Organization, page: Page) -> None:
    home = address(world, customer, buy(world, customer, YEAR, 5, 4))
    page.goto(f"{home}/renewal")
    assert "(lockbox-business-1m): €4.00" in said(page)
    page.get_by_label("lockbox-business-1m").check()
    page.fill("main [name=renewal_quantity]", "2")
    shot(page, "renewal-settings")
    send(page)
    assert "4 seats are assigned" in said(page)
    shot(page, "renewal-settings-few")
    press(page, "main button[name=leave]")
    page.wait_for_url("**/leavers?seats=2")
    assert "choose at least 2 members" in said(page)
    page.check("#rows [name=leaves] >> nth=0")
    shot(page, "renewal-leavers")
    send(page, "main form")
    assert "3 seats are assigned" in said(page)
    page.check("#rows [name=leaves] >> nth=1")
    send(page, "main form")
    page.wait_for_url(f"**{home}")
    text = said(page)
    for sentence in (
        "2 seats instead of 5.",
        "Business for 1 month instead of Business for 12 months.",
        "2 members leave, and have their seats until then.",
    ):
        assert sentence in text
    shot(page, "renewal-scheduled")
    page.set_viewport_size(NARROW)
    for path in ("", "/renewal", "/leavers", "/cancel-change"):
        page.goto(home + path)
        assert overflow(page) <= 0, path
        shot(page, f"renewal-narrow{path.replace('/', '-')}")
    send(page)
    page.wait_for_url(f"**{home}")
    assert "Scheduled" not in said(page)
    assert "with 5 seats" in said(page)


def test_a_settled_renewal_says_so(world: World, customer: Organization, page: Page) -> None:
    home = address(world, customer, buy(world, customer, LOCKED, 1, 0))
    page.goto(home)
    assert "it can no longer be changed" in said(page)
    expect(page.locator("main a[href$='/renewal']")).to_have_count(0)
    page.goto(f"{home}/renewal")
    assert "nothing about it can be changed" in said(page)
    shot(page, "renewal-settled")


def test_the_operator_suspends_resumes_ends_and_reactivates(
    world: World, customer: Organization, boss: Page
) -> None:
    bought = buy(world, customer, YEAR, 3, 1)
    home = f"{on(world.shop.houses.seller.organization, customer.id)}subscriptions/{show('sub', bought)}"
    for step, then in (
        ("suspend", "It is suspended"),
        ("resume", "The subscription goes on."),
        ("end", "Asked for by telephone"),
        ("reactivate", "The subscription is active again."),
    ):
        boss.goto(home)
        expect(boss.locator(f"main a[href$='/{step}']")).to_have_count(1)
        boss.goto(f"{home}/{step}")
        shot(boss, f"renewal-step-{step}")
        boss.fill("main [name=reason]", "Asked for by telephone")
        send(boss)
        boss.wait_for_url(f"**{home}")
        assert then in said(boss)
        shot(boss, f"renewal-after-{step}")
    boss.goto(f"{home}/reactivate")
    assert "cannot be done" in said(boss) or "cannot be done" in boss.locator("body").inner_text()
