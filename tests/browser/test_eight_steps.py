"""The main job from signing in to the invoice, in its order, once in every language."""

from __future__ import annotations

from contextlib import suppress

import pytest

from purveyor.infra import clock
from purveyor.kernel.money import Money
from purveyor.payments import commands as payments
from tests.browser.live import Site, employ
from tests.browser.story import Cast, Story
from tests.support.world import World

# Three seats for a year at 48 €, less 20 %; VAT by the country and the number of whoever is invoiced.
NET = 11_520
CASTS = [
    Cast("en", "GB", "", 11_520, "Sign in", "Members"),
    Cast("de", "DE", "DE136695976", 11_520, "Anmelden", "Mitglieder"),
    Cast("es", "ES", "ESB58378431", 11_520, "Iniciar sesión", "Miembros"),
    Cast("it", "IT", "", 14_054, "Accedi", "Membri"),
    Cast("fr", "FR", "", 13_824, "Se connecter", "Membres"),
]


@pytest.fixture(scope="module")
def people(world: World) -> tuple[str, str]:
    """The reseller's and the operator's."""
    houses = world.shop.houses
    payments.deposit(
        actor=houses.operator,
        now=clock.now(),
        organization_id=houses.first.id,
        amount=Money(1_000_000, "EUR"),
        reference="ahead",
    )
    for cast in CASTS:
        employ(world.foreign, f"known@{cast.language}.example", role="member", language=cast.language)
    return employ(houses.first, "rosa@adler.example"), employ(houses.seller.organization, "olof@nord.example")


@pytest.mark.parametrize("cast", CASTS, ids=lambda cast: cast.language)
def test_the_eight_steps(site: Site, world: World, people: tuple[str, str], cast: Cast) -> None:
    story = Story(site, world, cast, *people)
    try:
        story.signs_in()
        story.creates_a_customer()
        story.sees_the_price_and_chooses("lockbox-business-12m", 3, NET, "3")
        order = story.pays("balance", cast.gross, "4")
        story.page.locator("main .alert a").first.click()
        story.page.wait_for_url("**/subscriptions/sub_*")
        story.subscription = story.page.url
        assert order
        story.sees_the_price_and_chooses("lockbox-business-1m", 2, 800, "4-transfer")
        order = story.pays("bank_transfer", round_vat(cast, 800), "4")
        story.transfer_arrives(order)
        story.finds_it_active()
        story.acts_on_two_at_once()
        story.adds_members()
        story.they_activate()
        story.tops_up(7_680)
        story.swaps_and_removes()
        story.promotes()
        story.reads_the_invoice()
    finally:
        with suppress(Exception):
            story.close()


def round_vat(cast: Cast, net: int) -> int:
    """With the same VAT rate as the year's seats: whole cents for these amounts."""
    return net * cast.gross // NET + (1 if net * cast.gross % NET * 2 >= NET else 0)
