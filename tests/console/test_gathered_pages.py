"""Gathered billing as pages: the choice, what is on account, seats taken back, the split of the invoice."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection

from purveyor.infra import clock, tx
from purveyor.kernel.ids import read, show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from purveyor.subscriptions import queries as subscriptions
from tests.support.counter import SYSTEM, Browser, actor_on, text_of
from tests.support.houses import Houses, given
from tests.support.shop import Shop


@pytest.fixture
def customer(shop: Shop) -> Organization:
    """A customer for which its reseller stands on the invoice."""
    return parties.create_customer(
        actor=Houses.reseller(shop.houses.first),
        now=clock.now(),
        given=given("Gather GmbH", "DE", bill_to="reseller"),
    )


@pytest.fixture
def gathering(shop: Shop) -> None:
    parties.set_billing_mode(
        actor=shop.houses.operator,
        now=clock.now(),
        reseller_id=shop.houses.first.id,
        billing_mode="gathered",
    )


def on_account(shop: Shop, customer: Organization, line: LineWish) -> str:
    """Bought by bank transfer; the subscription's public id."""
    actor = actor_on(shop, customer)
    quote = sales.make_quote(actor=actor, now=clock.now(), customer_id=customer.id, lines=[line])
    order = sales.accept_quote(
        actor=actor, now=clock.now(), quote_id=quote.id, payment_method="bank_transfer"
    )
    assert order.on_account
    return show("sub", order.subscriptions[0])


def test_the_reseller_chooses_and_the_operator_limits(shop: Shop, customer: Organization) -> None:
    mine, desk = Browser(shop.houses.first, "admin"), Browser(shop.houses.seller.organization, "admin")
    url = f"{mine.root}settings/billing"
    page = text_of(mine.get(url))
    assert "one invoice a month" in page
    assert "stand" in page, "customers that stand on their invoices themselves are counted"
    assert mine.post(url, {"billing_mode": "gathered"}).status_code == 302
    limits = f"{desk.root}resellers/{show('res', shop.houses.first.id)}/gathering"
    assert "This reseller gathers" in text_of(desk.get(limits))
    assert desk.post(limits, {"allowed": "on", "due_days": "20", "cap": "500.00"}).status_code == 302
    assert "500.00" in text_of(mine.get(url))
    assert "due in 20 days" in text_of(mine.get(url))
    assert desk.post(limits, {"due_days": "20", "cap": ""}).status_code == 302
    assert "billed at once" in text_of(mine.get(url))
    assert desk.post(limits, {"allowed": "on", "due_days": "14", "cap": ""}).status_code == 302
    assert mine.get(limits.replace(desk.root, mine.root)).status_code == 404


@pytest.mark.parametrize(
    ("scope", "role", "expected"),
    [
        ("reseller", "technician", {"on-account": 200, "settings/billing": 403}),
        ("customer", "admin", {"on-account": 404, "settings/billing": 404}),
        ("operator", "admin", {"on-account": 404, "settings/billing": 404}),
    ],
)
def test_who_sees_it(
    shop: Shop, customer: Organization, scope: str, role: str, expected: dict[str, int]
) -> None:
    whose = {"reseller": shop.houses.first, "operator": shop.houses.seller.organization}.get(scope, customer)
    browser = Browser(whose, role)
    for path, status in expected.items():
        assert browser.get(browser.root + path).status_code == status, path
    if scope == "operator":
        of = show("res", shop.houses.first.id)
        assert browser.get(f"{browser.root}on-account?of={of}").status_code == 200


def test_from_the_order_to_the_split(shop: Shop, customer: Organization, gathering: None) -> None:
    browser = Browser(shop.houses.first, "admin", customer)
    sub = on_account(shop, customer, LineWish("new", 2, offer="lockbox-business-12m"))
    found = read("sub", sub)
    on_account(shop, customer, LineWish("add_seats", 3, subscription_id=found))

    account = text_of(browser.get(f"{browser.root}on-account"))
    assert customer.name in account
    assert "2 seats" in account
    orders = text_of(browser.get(f"{browser.on}orders"))
    assert "Completed" in orders

    assert "Take seats back" in text_of(browser.get(f"{browser.on}subscriptions/{sub}"))
    page = text_of(browser.get(f"{browser.on}subscriptions/{sub}/take-back"))
    assert "3 seats can be taken back" in page
    refused = browser.post(f"{browser.on}subscriptions/{sub}/take-back", {"quantity": "4"})
    assert refused.status_code == 422
    assert "Only 3 seats can be taken back" in text_of(refused)
    once = "the same press"
    for _ in range(2):
        done = browser.post(f"{browser.on}subscriptions/{sub}/take-back", {"quantity": "1"}, once=once)
        assert done.status_code == 302
    with tx.enter(SYSTEM):
        left = subscriptions.get_subscription(actor=SYSTEM, subscription_id=found)
    assert left.quantity == 4, "two presses of one button take back once"

    clock.move(clock.now() + timedelta(days=32))
    listing = text_of(browser.get(f"{browser.root}billing"))
    assert shop.houses.first.name in listing
    invoice = newest_gathered(shop)
    paper = text_of(browser.get(f"{browser.root}billing/{invoice}"))
    assert f"Sum of {customer.name}" in paper
    assert "3 seats were added and 1 taken back before they were billed" in paper
    lines = browser.get(f"{browser.root}billing/{invoice}/lines.csv")
    rows = list(csv.reader(io.StringIO(b"".join(lines.streaming_content).decode().lstrip("\ufeff"))))
    assert [row[5] for row in rows[1:] if row[0] == customer.name] == ["2", "2"]
    assert {row[2] for row in rows[1:] if row[0] == customer.name} == {sub}
    assert browser.get(f"{browser.on}billing/{invoice}").status_code == 404, "it tells of other customers"
    theirs = Browser(customer, "admin", customer)
    assert theirs.get(f"{theirs.root}billing/{invoice}").status_code == 404
    assert "All seats are billed" in text_of(browser.get(f"{browser.on}subscriptions/{sub}/take-back"))


def newest_gathered(shop: Shop) -> str:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM billing_document WHERE customer_id = %s ORDER BY issued_at DESC LIMIT 1",
            [shop.houses.first.id],
        )
        return show("inv", cursor.fetchone()[0])
