"""Paying in, the watched balance and the credit limit as pages."""

from __future__ import annotations

import csv
import io
import re

import pytest

from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.payments import funds
from purveyor.payments.commands.funds import watch_balance
from purveyor.sales import commands as sales
from tests.support.counter import SYSTEM, Browser, actor_on, fill, quoted, text_of
from tests.support.houses import given
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop


@pytest.fixture
def reseller(shop: Shop) -> Browser:
    return Browser(shop.houses.first, "admin")


def test_a_deposit_is_asked_for_and_taken_back(reseller: Browser) -> None:
    page = reseller.get(f"{reseller.root}balance/pay-in")
    assert page.status_code == 200
    bad = reseller.post(
        f"{reseller.root}balance/pay-in", {"amount": "0", "currency": "EUR", "method": "bank_transfer"}
    )
    assert bad.status_code == 422
    done = reseller.post(
        f"{reseller.root}balance/pay-in", {"amount": "250", "currency": "EUR", "method": "bank_transfer"}
    )
    assert done.status_code == 302
    page = reseller.get(done.url)
    assert "Pay in €250.00" in text_of(page)
    assert re.search(r"RF\d\d ", text_of(page))
    assert "<svg" in text_of(page)
    assert "Still to come" in text_of(reseller.get(f"{reseller.root}balance"))
    assert reseller.post(done.url).status_code == 302
    assert "Nothing is awaited any more" in text_of(reseller.get(done.url))


def test_a_low_balance_is_seen(reseller: Browser, shop: Shop) -> None:
    path = f"{reseller.root}balance/settings"
    assert reseller.get(path).status_code == 200
    typed = {"threshold": "100", "automatic": "on", "target": "50", "method": "bank_transfer"}
    assert reseller.post(path, typed).status_code == 422
    assert reseller.post(path, {"threshold": "100", "method": "bank_transfer"}).status_code == 302
    with tx.enter(SYSTEM) as now:
        watch_balance(actor=SYSTEM, now=now, payer_id=shop.houses.first.id, currency="EUR")
    assert "The balance is low" in text_of(reseller.get(reseller.root))
    assert "Below €100.00 you get a mail." in text_of(reseller.get(f"{reseller.root}balance"))
    fill(shop, shop.houses.first, 200_00)
    run_pending_jobs()
    assert "The balance is low" not in text_of(reseller.get(reseller.root))
    with tx.enter(SYSTEM):
        (kept,) = funds.list_fund_settings(actor=SYSTEM, party_id=shop.houses.first.id)
    assert kept.low_since is None


def test_movements_are_filtered_and_downloaded(reseller: Browser, shop: Shop) -> None:
    fill(shop, shop.houses.first, 10_00)
    answer = reseller.get(f"{reseller.root}balance/movements.csv?kind=deposit")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))
    assert rows[0][0] == "Day"
    assert {row[1] for row in rows[1:]} == {"Paid in"}
    assert "No movement like that" in text_of(
        reseller.get(f"{reseller.root}balance?since=2001-01-01&until=2001-01-02")
    )
    operator = Browser(shop.houses.seller.organization, "admin")
    of = show("res", shop.houses.first.id)
    assert operator.get(f"{operator.root}balance/movements.csv?of={of}").status_code == 200
    assert operator.get(f"{operator.root}balance/movements.csv").status_code == 404


def test_the_credit_limit_is_set_and_shown(reseller: Browser, shop: Shop) -> None:
    house = shop.houses.first
    operator = Browser(shop.houses.seller.organization, "admin")
    path = f"{operator.root}resellers/{show('res', house.id)}/credit"
    assert operator.get(path).status_code == 200
    assert operator.post(path, {"amount": "-1"}).status_code == 422
    assert operator.post(path, {"amount": "10"}).status_code == 302
    assert "What you may owe" in text_of(reseller.get(f"{reseller.root}billing"))
    with tx.enter(SYSTEM) as now:
        parties.set_billing_mode(actor=SYSTEM, now=now, reseller_id=house.id, billing_mode="gathered")
    actor = shop.houses.reseller(house)
    customer = parties.create_customer(
        actor=actor, now=clock.now(), given=given("Room GmbH", "DE", bill_to="reseller")
    )
    actor = actor_on(shop, customer)
    order = sales.accept_quote(
        actor=actor, now=clock.now(), quote_id=quoted(shop, customer), payment_method="bank_transfer"
    )
    assert (order.status, order.hold_reason) == ("on_hold", "credit_limit")
    page = text_of(reseller.get(f"{reseller.root}orders/{show('ord', order.id)}"))
    assert "the credit limit is €10.00" in page
    assert operator.post(path, {"amount": ""}).status_code == 302
    run_pending_jobs()
    page = text_of(reseller.get(f"{reseller.root}orders/{show('ord', order.id)}"))
    assert "The order is complete" in page
