"""What waits for money, paid together for several customers; runs and what they set aside. The clock moves here."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connections

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock, parking
from purveyor.interfaces.console.pages.pending import left_text
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.renewals.commands.run_renewals import SOURCE
from purveyor.sales import commands as sales
from tests.support.counter import Browser, actor_on, fill, quoted, text_of
from tests.support.houses import Houses, given
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop, offer_of


@pytest.fixture(scope="module")
def waiting(shop: Shop) -> list[Organization]:
    """Two customers, each with a renewal that waits for the reseller's money."""
    terms = Terms(prepay=True, cut_off_day=26, cut_off_zone="Europe/Stockholm")
    ahead = offer_of(shop, "paid-ahead-1m", terms=terms)
    catalog.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=ahead.id, price=Money(700, "EUR"))
    fill(shop, shop.houses.first)
    customers = []
    for name in ("First GmbH", "Second GmbH"):
        customer = parties.create_customer(
            actor=Houses.reseller(shop.houses.first),
            now=clock.now(),
            given=given(name, vat_number="DE136695976"),
        )
        quote_id = quoted(shop, customer, offer="paid-ahead-1m", quantity=2)
        sales.accept_quote(
            actor=actor_on(shop, customer), now=clock.now(), quote_id=quote_id, payment_method="balance"
        )
        customers.append(customer)
    clock.move(clock.now() + timedelta(days=31))
    run_pending_jobs()
    return customers


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=3, hours=4), "3 days and 4 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=1, minutes=59), "1 hour"),
        (timedelta(minutes=59), "less than an hour"),
        (timedelta(0), "over"),
    ],
)
def test_how_long_there_is(left: timedelta, text: str) -> None:
    assert left_text(left) == text


def test_renewals_of_several_customers_are_paid_by_one_transfer(
    shop: Shop, waiting: list[Organization]
) -> None:
    browser = Browser(shop.houses.first, "admin", waiting[0])
    assert "2 renewals must be paid, the first before 26 January 2027" in text_of(browser.get(browser.root))
    assert "1 renewal must be paid before 26 January 2027" in text_of(browser.get(browser.on))
    # A technician buys too; a customer whose reseller pays sees nothing to pay.
    own = Browser(waiting[0], "admin", waiting[0])
    assert "must be paid" not in text_of(own.get(own.root))
    url = f"{browser.root}renewals/pending"
    text = text_of(browser.get(url))
    assert "26 Jan 2027, 00:00 (Europe/Stockholm)" in text
    picks = re.findall(r'name="pick" value="(ren_[^"]+)"', text)
    assert len(picks) == 2
    # The mornings' mails went to the reseller's own address, as nobody works there: of seats that nobody holds, and of
    # the money.
    house = shop.houses.first
    assert text.count("2 mails were sent about it, the last on") == 2
    assert text.count("Seats that nobody holds, to") == 2
    told = f"Waits for its payment, to {house.name} &lt;{house.email}&gt; (own address, English)"
    assert text.count(told) == 2
    seen = browser.post(f"{browser.root}renewals/pay", {"pick": picks})
    # Twice two seats of 7.00 less 20 %.
    assert "€22.40" in text_of(seen)
    # Nobody else's, also not where one acts on one of the two.
    other = Browser(shop.houses.second, "admin", shop.houses.second_customer)
    answer = other.client.post(f"{other.root}renewals/pay", {"pick": picks}, follow=True)
    assert "Choose at least one renewal to pay" in text_of(answer)
    assert "€22.40" not in text_of(browser.post(f"{browser.on}renewals/pay", {"pick": picks}))
    paid = {"pick": picks, "payment_method": "bank_transfer"}
    first = browser.post(f"{browser.root}renewals/pay", paid, once="one press")
    again = browser.post(f"{browser.root}renewals/pay", paid, once="one press")
    assert first["Location"] == again["Location"]
    assert "Choose at least one" in text_of(
        browser.client.post(f"{browser.root}renewals/pay", paid, follow=True)
    )
    order = text_of(browser.get(first["Location"]))
    assert "Several customers" in order
    assert "Renewal of Lockbox Files Business of First GmbH, 2 seats" in order
    for path in ("orders", "", "renewals/pending"):
        assert browser.get(browser.root + path).status_code == 200
    assert "must be paid" not in text_of(browser.get(browser.root))
    boss = Browser(shop.houses.seller.organization, "admin")
    assert boss.get(f"{boss.root}money?show=open").status_code == 200
    cancelled = browser.post(f"{first['Location']}/cancel")
    assert cancelled.status_code == 302
    assert browser.get(cancelled["Location"]).status_code == 200
    assert "2 renewals must be paid" in text_of(browser.get(browser.root))


def test_a_run_shows_its_figures_and_what_it_set_aside(shop: Shop, waiting: list[Organization]) -> None:
    boss = Browser(shop.houses.seller.organization, "admin")
    url = f"{boss.root}renewals/runs"
    text = text_of(boss.get(url))
    link = re.search(r'href="([^"]+/renewals/runs/run_[^"]+)"', text)
    assert link is not None
    run = text_of(boss.get(link[1]))
    assert "2 of 2 done" in run
    assert "The figures add up" in run
    assert "every 2s" not in run
    with connections["run"].cursor() as cursor:
        cursor.execute(
            # The real clock counts; when it began by the sandbox's clock does not.
            "UPDATE renewals_run SET finished_at = NULL, started_at = %s, due = 4, paced_from = 0,"
            " paced_at = clock_timestamp() - interval '2 minutes', counted_at = clock_timestamp()",
            [clock.now() - timedelta(days=200)],
        )
    run = text_of(boss.get(link[1]))
    assert "2 of 4 done" in run
    assert "About 2 minutes left" in run
    assert "1 a minute" in run
    assert 'hx-trigger="every 2s"' in run
    with connections["run"].cursor() as cursor:
        cursor.execute("UPDATE renewals_run SET counted_at = clock_timestamp() - interval '11 minutes'")
    stopped = text_of(boss.get(link[1]))
    assert "It stopped before its end" in stopped
    assert "left" not in stopped.partition("2 of 4 done")[0][-400:]
    parking.park(source=SOURCE, piece=str(waiting[0].id), due_at=clock.now(), reason=ValueError("no tax"))
    aside = text_of(boss.get(url))
    assert "ValueError: no tax" in aside
    piece = re.search(r'name="piece" value="([^"]+)"', aside)
    assert piece is not None
    assert boss.post(url, {"piece": piece[1]}).status_code == 302
    assert "no tax" not in text_of(boss.get(url))
    reseller = Browser(shop.houses.first, "admin")
    for path in ("renewals/runs", "renewals/runs/dry", f"renewals/runs/{show('run', waiting[0].id)}"):
        assert reseller.get(reseller.root + path).status_code == 404
