"""Customers, subscriptions, orders and the record, as pages: who sees what, what is refused where, once is once."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties import queries as party_queries
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales
from purveyor.seats import commands as seats
from purveyor.subscriptions import queries as subscriptions
from tests.support.counter import SYSTEM, Browser, actor_on, bought, quoted, text_of
from tests.support.houses import Houses, given
from tests.support.shop import Shop

ROLES = [
    ("operator", "admin"), ("reseller", "admin"), ("reseller", "technician"), ("customer", "admin"),
    ("customer", "manager"), ("customer", "member"),
]  # fmt: skip
OWN = ["", "switch", "customers", "customers/new", "subscriptions", "orders", "activity"]
SELLERS_ONLY = {"switch", "customers", "subscriptions"}
ACTING = ["", "business", "buy", "trial", "subscriptions", "orders", "activity"]


# -- who sees what ------------------------------------------------------------------------------------------


def organization_of(shop: Shop, scope: str, customer: Organization) -> Organization:
    return {"operator": shop.houses.seller.organization, "reseller": shop.houses.first}.get(scope, customer)


@pytest.mark.parametrize(("scope", "role"), ROLES)
def test_each_page_answers_each_role(shop: Shop, customer: Organization, scope: str, role: str) -> None:
    sub = show("sub", bought(shop, customer))
    browser = Browser(organization_of(shop, scope, customer), role, customer)
    member, manager = role == "member", role == "manager"
    for path in OWN:
        expected = 200
        if scope == "customer" and path in SELLERS_ONLY:
            expected = 404
        elif (
            (member and path)
            or (scope == "customer" and path == "customers/new")
            or (path == "orders" and manager)
        ):
            expected = 403
        assert browser.get(browser.root + path).status_code == expected, path
    for path in [
        *ACTING,
        f"subscriptions/{sub}",
        f"subscriptions/{sub}/top-up",
        f"subscriptions/{sub}/renewal",
    ]:
        expected = 403 if member else 200
        if manager and path.split("/")[-1] in {"business", "buy", "trial", "orders", "top-up", "renewal"}:
            expected = 403
        if scope == "customer" and path.endswith("renewal"):
            expected = 403  # its reseller pays, and decides
        assert browser.get(browser.on + path).status_code == expected, path


def test_the_house_next_door_is_not_there(shop: Shop, customer: Organization) -> None:
    sub, quote = show("sub", bought(shop, customer)), show("quo", quoted(shop, customer))
    stranger = Browser(shop.houses.second, "admin", customer)
    own = Browser(shop.houses.second, "admin", shop.houses.second_customer)
    for path in [*ACTING, f"quotes/{quote}", f"subscriptions/{sub}", f"subscriptions/{sub}/top-up"]:
        assert stranger.get(stranger.on + path).status_code == 404
    for path in [f"quotes/{quote}", f"subscriptions/{sub}", f"subscriptions/{sub}/renewal"]:
        assert own.get(own.on + path).status_code == 404


def test_a_page_for_one_customer_does_not_show_anothers(shop: Shop, customer: Organization) -> None:
    sub = show("sub", bought(shop, customer))
    other = Browser(shop.houses.first, "admin", shop.houses.first_customer)
    for path in (f"subscriptions/{sub}", f"subscriptions/{sub}/top-up", f"subscriptions/{sub}/renewal"):
        assert other.get(other.on + path).status_code == 404


def test_a_customer_never_sees_its_resellers_discount(shop: Shop, customer: Organization) -> None:
    sub = show("sub", bought(shop, customer))
    own = Browser(customer, "admin", customer)
    for path in ("buy", f"subscriptions/{sub}/top-up?quantity=2", f"subscriptions/{sub}", ""):
        shown = text_of(own.get(own.on + path))
        assert "discount" not in shown
        assert "38.40" not in shown
    assert "€48.00" in text_of(own.get(own.on + "buy"))


def test_a_member_sees_what_it_has_and_until_when(shop: Shop, customer: Organization) -> None:
    own = Browser(customer, "member", customer)
    shown = text_of(own.get(own.root))
    assert "My licenses" in shown
    assert "You have no license at the moment" in shown


# -- customers ----------------------------------------------------------------------------------------------

TYPED = {
    "name": "Neue Kundin & Söhne", "country": "DE", "email": "neu@example.com", "language": "de",
    "line1": "Weg 1", "postal_code": "10115", "city": "Berlin", "vat_number": "DE136695977",
    "bill_to": "customer", "currency": "EUR",
}  # fmt: skip


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(reseller: Browser) -> None:
    answer = reseller.post(reseller.root + "customers/new", TYPED)
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "its check digit does not fit" in shown
    assert 'id="id_vat_number_error"' in shown
    assert 'value="Neue Kundin &amp; Söhne"' in shown
    assert 'value="DE136695977"' in shown


def test_a_customer_sent_twice_is_made_once_and_what_to_buy_comes_next(shop: Shop, reseller: Browser) -> None:
    data, once = {**TYPED, "vat_number": "", "name": f"Einmal {uuid4().hex}"}, str(uuid4())
    first = reseller.post(reseller.root + "customers/new", data, once=once)
    again = reseller.post(reseller.root + "customers/new", data, once=once)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert first["Location"].endswith("/buy")
    actor = Houses.reseller(shop.houses.first)
    with tx.enter(actor):
        assert party_queries.count_customers(actor=actor, q=data["name"]) == 1


def test_business_information_is_corrected(shop: Shop, customer: Organization, reseller: Browser) -> None:
    answer = reseller.post(reseller.on + "business", {**TYPED, "name": "Neuer Name", "vat_number": ""})
    assert answer.status_code == 302
    assert "Neuer Name" in text_of(reseller.get(reseller.on + "business"))
    own = Browser(customer, "admin", customer)
    assert 'name="bill_to"' not in text_of(own.get(own.on + "business"))


def test_the_list_pages_forth_and_back_and_finds(shop: Shop) -> None:
    house = parties.create_reseller(
        actor=SYSTEM, now=clock.now(), given=given("Viele"), code=f"R{uuid4().hex[:6].upper()}"
    )
    for number in range(55):
        parties.create_customer(
            actor=Houses.reseller(house), now=clock.now(), given=given(f"Firma {number:02} Zürich")
        )
    browser = Browser(house, "admin")
    first = text_of(browser.get(browser.root + "customers"))
    assert "Firma 49" in first
    assert "Firma 50" not in first
    after = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert after is not None
    second = text_of(browser.get(after[1].replace("&amp;", "&")))
    assert "Firma 54" in second
    assert "Previous" in second
    assert text_of(browser.get(browser.root + "customers?q=zurich 07")).count("Firma 07") == 1
    assert "No customer found" in text_of(browser.get(browser.root + "customers?q=nirgends"))
    assert browser.get(browser.root + "customers?after=nonsense").status_code == 422


def test_whom_one_acted_on_last_comes_first(reseller: Browser) -> None:
    reseller.get(reseller.on)
    assert "Recent" in text_of(reseller.get(reseller.root + "switch"))
    rows = text_of(reseller.get(reseller.root + "switch", headers={"hx-request": "true"}))
    assert "<html" not in rows
    assert rows.index(reseller.on) == rows.index("/res_")
    found = text_of(reseller.get(reseller.root + "switch?q=adler", headers={"hx-request": "true"}))
    assert "Adler IT customer" in found
    assert "Kunde" not in found


# -- subscriptions ------------------------------------------------------------------------------------------


def test_free_seats_are_offered_first(shop: Shop, customer: Organization, reseller: Browser) -> None:
    sub = show("sub", bought(shop, customer, 3))
    for path in (f"subscriptions/{sub}/top-up", "buy?offer=lockbox-business-12m"):
        shown = text_of(reseller.get(reseller.on + path))
        assert "3 seats are free" in shown
        assert f"subscriptions/{sub}/assign" in shown
    made = reseller.post(f"{reseller.on}subscriptions/{sub}/top-up", {"quantity": "2"})
    assert "3 seats of it are free" in text_of(reseller.get(made["Location"]))


def test_the_renewal_is_set_by_who_pays(shop: Shop, customer: Organization, reseller: Browser) -> None:
    subscription_id = bought(shop, customer, 3)
    actor = actor_on(shop, customer)
    for name in ("a", "b"):
        seats.assign_seat(
            actor=actor,
            now=clock.now(),
            subscription_id=subscription_id,
            email=f"{name}{uuid4().hex}@x.example",
        )
    url = f"{reseller.on}subscriptions/{show('sub', subscription_id)}/renewal"
    refused = reseller.post(url, {"renewal_quantity": "1", "renewal_payment_method": "balance"})
    assert refused.status_code == 422
    assert "2 seats are assigned" in text_of(refused)
    assert 'id="id_renewal_quantity_error"' in text_of(refused)
    assert reseller.post(url, {"renewal_payment_method": "balance"}).status_code == 302
    with tx.enter(actor):
        found = subscriptions.get_subscription(actor=actor, subscription_id=subscription_id)
    assert (found.auto_renew, found.renewal_quantity, found.renewal_payment_method) == (
        False,
        None,
        "balance",
    )
    assert "It will not renew" in text_of(reseller.get(url.removesuffix("/renewal")))


def test_a_trial_begins_once(shop: Shop, customer: Organization, reseller: Browser) -> None:
    begun = reseller.post(reseller.on + "trial", {"offer": "lockbox-business-1m", "quantity": "2"})
    assert begun.status_code == 302
    assert "Trial" in text_of(reseller.get(begun["Location"]))
    again = reseller.post(reseller.on + "trial", {"offer": "lockbox-business-12m", "quantity": "2"})
    assert again.status_code == 422
    assert 'value="lockbox-business-12m" checked' in text_of(again)


def test_the_list_is_filtered_and_sorted(shop: Shop, customer: Organization, reseller: Browser) -> None:
    bought(shop, customer)
    for query in ("q=business", "status=active", "sort=ends", "q=business&status=active&sort=newest"):
        assert "Lockbox Files Business" in text_of(reseller.get(f"{reseller.on}subscriptions?{query}"))
    assert "No subscription found" in text_of(reseller.get(reseller.on + "subscriptions?status=ended"))
    assert reseller.get(reseller.on + "subscriptions?sort=nonsense").status_code == 422


# -- what happened ------------------------------------------------------------------------------------------


def test_activity_by_kind_person_and_day(shop: Shop, customer: Organization, reseller: Browser) -> None:
    reseller.post(reseller.on + "business", {**TYPED, "vat_number": "", "name": "Anders"})
    url = reseller.on + "activity"
    today = clock.business_date(clock.now())
    changed = "Pia changed the business information"
    assert changed in text_of(reseller.get(url))
    assert changed in text_of(reseller.get(f"{url}?kind=customer&who=pi&since={today}&until={today}"))
    for query in (
        "kind=order", "who=nobody", f"until={today - timedelta(days=1)}", f"since={today + timedelta(days=1)}",
    ):  # fmt: skip
        assert "Nothing fits this filter" in text_of(reseller.get(f"{url}?{query}")), query
    wrong = reseller.get(f"{url}?since=yesterday")
    assert wrong.status_code == 422
    assert 'value="yesterday"' in text_of(wrong)


def test_today_counts_what_waits(shop: Shop, customer: Organization, reseller: Browser) -> None:
    sales.accept_quote(
        actor=actor_on(shop, customer), now=clock.now(), quote_id=quoted(shop, customer),
        payment_method="bank_transfer",
    )  # fmt: skip
    shown = text_of(reseller.get(reseller.root))
    assert "Waiting for money" in shown
    assert customer.name in shown
    empty = Browser(
        parties.create_reseller(
            actor=SYSTEM, now=clock.now(), given=given("Neu"), code=f"R{uuid4().hex[:6].upper()}"
        ),
        "admin",
    )
    assert "Begin with a customer" in text_of(empty.get(empty.root))
