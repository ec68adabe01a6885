"""The renewal centre: who sees what, filters, the calendar, several changes at once, the file, figures that fit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purveyor.infra import clock, tx
from purveyor.interfaces.console.export import safe_cell
from purveyor.interfaces.console.templatetags.timeline import scale
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales
from purveyor.seats import commands as seats
from purveyor.subscriptions import commands as subscription_commands
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription
from tests.support.counter import Browser, actor_on, bought, fill, quoted, text_of
from tests.support.houses import Houses, given
from tests.support.shop import Shop

YEAR = "renewals?days=365"


def found(shop: Shop, customer: Organization, subscription_id: UUID) -> Subscription:
    with tx.enter(actor := actor_on(shop, customer)):
        return subscriptions.get_subscription(actor=actor, subscription_id=subscription_id)


def key_of(shop: Shop, customer: Organization, subscription_id: UUID) -> str:
    renewal_id = found(shop, customer, subscription_id).renewal_id
    assert renewal_id is not None
    return show("ren", renewal_id)


@contextmanager
def statements() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as caught:
        yield caught


ROLES = [
    ("operator", "admin"), ("reseller", "admin"), ("reseller", "technician"), ("customer", "admin"),
    ("customer", "manager"), ("customer", "member"),
]  # fmt: skip
PAGES = ["renewals", "renewals/calendar", "renewals/forecast", "renewals/export.csv", "renewals/pending"]
MONEY = {"renewals/forecast", "renewals/pending"}


@pytest.mark.parametrize(("scope", "role"), ROLES)
def test_each_page_answers_each_role(shop: Shop, customer: Organization, scope: str, role: str) -> None:
    bought(shop, customer)
    organization = {"operator": shop.houses.seller.organization, "reseller": shop.houses.first}.get(
        scope, customer
    )
    browser = Browser(organization, role, customer)
    for page in PAGES:
        hidden = role == "member" or (role == "manager" and page in MONEY)
        assert browser.get(browser.on + page).status_code == (403 if hidden else 200), page
        own = 404 if scope == "customer" else 200
        assert browser.get(browser.root + page).status_code == own, page


def test_the_list_says_what_happens_and_what_it_costs(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    bought(shop, customer)
    text = text_of(reseller.get(reseller.on + YEAR))
    assert "Renews for a year" in text
    assert "22 Nov 2027" in text
    # Three seats at 48.00 less 20 %.
    assert text.count("€115.20") == 2
    assert "Nothing renews or ends in these days" in text_of(reseller.get(reseller.on + "renewals"))


def test_a_customer_sees_no_price_that_its_reseller_pays(shop: Shop, customer: Organization) -> None:
    bought(shop, customer)
    browser = Browser(customer, "admin", customer)
    text = text_of(browser.get(browser.on + YEAR))
    assert "Lockbox Files Business" in text
    assert "€" not in text


def test_filters(shop: Shop, customer: Organization, reseller: Browser) -> None:
    sub = bought(shop, customer)
    actor = actor_on(shop, customer)
    url = reseller.on + YEAR
    assert 'name="pick"' in text_of(reseller.get(f"{url}&kind=commits"))
    assert "No renewal found" in text_of(reseller.get(f"{url}&kind=ends"))
    assert "No renewal found" in text_of(reseller.get(f"{url}&q=nobody"))
    assert 'name="pick"' in text_of(reseller.get(f"{url}&q=lockbox"))
    assert "No renewal found" in text_of(reseller.get(f"{url}&status=paid"))
    # What nobody knows counts as not given.
    assert 'name="pick"' in text_of(reseller.get(f"{url}&kind=x&status=y&on=z&days=365"))
    subscription_commands.set_renewal(actor=actor, now=clock.now(), subscription_id=sub, auto_renew=False)
    assert 'name="pick"' in text_of(reseller.get(f"{url}&kind=ends"))
    assert 'name="pick"' in text_of(reseller.get(f"{reseller.on}renewals?on=2027-11-22"))
    assert "No renewal found" in text_of(reseller.get(f"{reseller.on}renewals?on=2027-11-21"))


def test_the_calendar_counts_and_leads_to_the_day(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    bought(shop, customer)
    bought(shop, customer)
    text = text_of(reseller.get(f"{reseller.on}renewals/calendar?month=2027-11"))
    assert "November 2027" in text
    assert f'href="{reseller.on}renewals?on=2027-11-22"' in text
    assert "<b>2</b> <span>Renews for a year</span>" in text
    assert "No term ends in this month" in text_of(
        reseller.get(f"{reseller.on}renewals/calendar?month=2027-10")
    )
    for odd in ("x", "0001-01", "9999-12", "2027-13"):
        assert reseller.get(f"{reseller.on}renewals/calendar?month={odd}").status_code == 200


def test_the_forecast_adds_up(shop: Shop, customer: Organization, reseller: Browser) -> None:
    url = f"{reseller.on}renewals/forecast"
    assert "Nothing to foresee yet" in text_of(reseller.get(url))
    quote_id = quoted(shop, customer, offer="lockbox-business-1m", quantity=2)
    fill(shop, shop.houses.first)
    sales.accept_quote(
        actor=actor_on(shop, customer), now=clock.now(), quote_id=quote_id, payment_method="balance"
    )
    text = text_of(reseller.get(url))
    # Two seats of 5.00 less 20 %, in each month from the next one on.
    assert text.count('<data class="money " value="8.00 EUR">') == 11
    assert "€88.00" in text
    assert "<title>Dec: €8.00</title>" in text
    own = Browser(customer, "admin", customer)
    assert "€" not in text_of(own.get(f"{own.on}renewals/forecast"))


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 100), (400, 100), (401, 200), (2_000, 500), (2_001, 1_000), (123_456, 50_000)]
)
def test_the_scale_is_round(highest: int, step: int) -> None:
    assert scale(highest) == step


# -- several at once ----------------------------------------------------------------------------------------


def preview(browser: Browser, action: str, picks: list[str], **more: str) -> Any:
    return browser.post(
        f"{browser.on}renewals/change", {"action": action, "pick": picks, "days": "365", **more}
    )


def confirm(browser: Browser, action: str, answer: Any, *, once: str = "") -> Any:
    picks = re.findall(r'name="pick" value="([^"]+)"', text_of(answer))
    data = {"action": action, "pick": picks, "confirmed": "1"}
    return browser.post(f"{browser.on}renewals/change", data, once=once)


def test_several_are_changed_after_a_preview(shop: Shop, customer: Organization, reseller: Browser) -> None:
    subs = [bought(shop, customer), bought(shop, customer, quantity=2)]
    picks = [key_of(shop, customer, one) for one in subs]
    seen = preview(reseller, "stop", picks)
    text = text_of(seen)
    assert seen.status_code == 200
    assert "2 renewals change" in text
    # Five seats of 38.40 now, nothing then.
    assert "€192.00" in text
    assert "€0.00" in text
    assert all(found(shop, customer, one).auto_renew for one in subs)
    done = confirm(reseller, "stop", seen, once="the same key")
    assert "2 renewals are changed." in text_of(done)
    assert not any(found(shop, customer, one).auto_renew for one in subs)
    # A second press says the same and does nothing.
    subscription_commands.set_renewal(
        actor=actor_on(shop, customer), now=clock.now(), subscription_id=subs[0], auto_renew=True
    )
    assert "2 renewals are changed." in text_of(confirm(reseller, "stop", seen, once="the same key"))
    assert found(shop, customer, subs[0]).auto_renew


def test_what_cannot_be_changed_says_why(shop: Shop, customer: Organization, reseller: Browser) -> None:
    sub = bought(shop, customer)
    picks = [key_of(shop, customer, sub)]
    assert "Nobody has a seat of it" in text_of(preview(reseller, "used", picks))
    assert "Nothing changes" in text_of(preview(reseller, "renew", picks))
    assert "Nothing can be changed here." in text_of(preview(reseller, "renew", picks))
    own = Browser(customer, "admin", customer)
    assert "Somebody else pays for it" in text_of(preview(own, "stop", picks))


def test_a_refusal_stops_nobody_else(shop: Shop, customer: Organization, reseller: Browser) -> None:
    subs = [bought(shop, customer), bought(shop, customer)]
    actor = actor_on(shop, customer)
    for number, one in enumerate(subs):
        seats.assign_seat(actor=actor, now=clock.now(), subscription_id=one, email=f"a{number}@kunde.example")
    seen = preview(reseller, "used", [key_of(shop, customer, one) for one in subs])
    # 6 seats of 38.40 now, 2 then.
    assert "€230.40" in text_of(seen)
    assert "€76.80" in text_of(seen)
    seats.assign_seat(actor=actor, now=clock.now(), subscription_id=subs[0], email="late@kunde.example")
    text = text_of(confirm(reseller, "used", seen))
    assert "1 renewal is changed." in text
    assert "1 was refused" in text
    assert found(shop, customer, subs[0]).renewal_quantity is None
    assert found(shop, customer, subs[1]).renewal_quantity == 1


def test_all_of_the_filter(shop: Shop, customer: Organization, reseller: Browser) -> None:
    for _ in range(3):
        bought(shop, customer)
    seen = preview(reseller, "balance", [], which="all")
    assert "3 renewals change" in text_of(seen)
    assert "3 renewals are changed." in text_of(confirm(reseller, "balance", seen))
    assert "Choose at least one renewal" in text_of(
        reseller.client.post(f"{reseller.on}renewals/change", {"action": "stop"}, follow=True)
    )


def test_the_renewals_of_others_are_not_there(shop: Shop, customer: Organization, reseller: Browser) -> None:
    sub = bought(shop, customer)
    other = Browser(shop.houses.second, "admin", shop.houses.second_customer)
    answer = other.client.post(
        f"{other.on}renewals/change", {"action": "stop", "pick": [key_of(shop, customer, sub)]}, follow=True
    )
    assert "Choose at least one renewal" in text_of(answer)
    forged = {"action": "stop", "confirmed": "1", "pick": [f"{show('sub', sub)}.0", "x", "sub_1.x"]}
    assert "Nothing was changed." in text_of(other.post(f"{other.on}renewals/change", forged))
    # Neither where one acts on another customer.
    sibling = parties.create_customer(
        actor=Houses.reseller(shop.houses.first), now=clock.now(), given=given("Sibling GmbH")
    )
    beside = Browser(shop.houses.first, "admin", sibling)
    assert "Nothing was changed." in text_of(beside.post(f"{beside.on}renewals/change", forged))
    assert found(shop, customer, sub).auto_renew


# -- the file, and how much work a page is -------------------------------------------------------------------


def test_the_file_has_every_row_and_no_formula(shop: Shop, reseller: Browser) -> None:
    evil = parties.create_customer(
        actor=Houses.reseller(shop.houses.first), now=clock.now(), given=given("=HYPERLINK(1)")
    )
    for _ in range(3):
        bought(shop, evil)
    answer = reseller.get(f"{reseller.root}renewals/export.csv?days=365&q=hyperlink")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="renewals-')
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3
    assert {row["Customer"] for row in rows} == {"'=HYPERLINK(1)"}
    assert {row["At the price now"] for row in rows} == {"115.20"}
    assert {row["Day"] for row in rows} == {"2027-11-22"}


@pytest.mark.parametrize("text", ["=1", "+1", "-1+1", "-1\n", "@x", "\tx", "\rx"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("1-1") == "1-1"
    assert safe_cell("-12.50") == "-12.50", "a number is kept one"


def test_a_page_is_the_same_work_for_few_and_for_many(
    shop: Shop, customer: Organization, reseller: Browser
) -> None:
    counts = []
    reseller.get(reseller.root + YEAR)
    for _ in range(2):
        bought(shop, customer)
        with statements() as caught:
            assert reseller.get(reseller.root + YEAR).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[1] <= 20, [one["sql"][:120] for one in caught.captured_queries]


# -- the operator's runs -------------------------------------------------------------------------------------


def test_what_a_run_would_bill(shop: Shop, customer: Organization) -> None:
    quote_id = quoted(shop, customer, offer="lockbox-business-1m", quantity=2)
    fill(shop, shop.houses.first)
    sales.accept_quote(
        actor=actor_on(shop, customer), now=clock.now(), quote_id=quote_id, payment_method="balance"
    )
    boss = Browser(shop.houses.seller.organization, "admin")
    url = f"{boss.root}renewals/runs"
    assert boss.get(url).status_code == 200
    text = text_of(boss.get(f"{url}/dry?until=2027-01-15"))
    assert "Billed" in text
    assert "Nothing is due until then" not in text
    assert "Nothing is due until then" in text_of(boss.get(f"{url}/dry?until={clock.now():%Y-%m-%d}"))
    assert boss.get(f"{url}/dry?until=2020-01-01").status_code == 422
    assert boss.get(f"{url}/dry?until=2099-01-01").status_code == 422
    assert boss.get(f"{url}/dry?until=x").status_code == 422
    assert Browser(shop.houses.first, "admin").get(f"/{url.split('/')[1]}/renewals/runs").status_code == 404
