"""Correcting an invoice at the console: choose, look, issue; then follow the money until it has arrived."""

from __future__ import annotations

import re
from typing import Any

import pytest

from purveyor.infra import clock, tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.payments import commands as payments
from purveyor.payments import refunds
from purveyor.sales import commands as sales
from purveyor.sales import queries as orders
from purveyor.sales.types import LineWish
from tests.support.counter import SYSTEM, Browser, actor_on, text_of
from tests.support.houses import Houses, given
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop


@pytest.fixture
def customer(shop: Shop) -> Organization:
    return parties.create_customer(
        actor=Houses.reseller(shop.houses.first), now=clock.now(), given=given("Kund AB", "SE")
    )


@pytest.fixture
def desk(shop: Shop) -> Browser:
    return Browser(shop.houses.seller.organization, "admin")


def bought(shop: Shop, customer: Organization, quantity: int) -> Any:
    """An order paid by transfer: its invoice is paid."""
    actor: Actor = actor_on(shop, customer)
    quote = sales.make_quote(
        actor=actor,
        now=clock.now(),
        customer_id=customer.id,
        lines=[LineWish("new", quantity, offer=shop.year.code)],
    )
    order = sales.accept_quote(
        actor=actor, now=clock.now(), quote_id=quote.id, payment_method="bank_transfer"
    )
    payments.record_transfer(
        actor=shop.houses.operator,
        now=clock.now(),
        order_id=order.id,
        amount=order.gross,
        received_on=clock.business_date(clock.now()),
        reference=f"transfer {order.id}",
    )
    run_pending_jobs()
    with tx.enter(SYSTEM):
        found = orders.get_order(actor=SYSTEM, order_id=order.id)
    assert found.invoice is not None
    return found.invoice


def agreed_of(page: str) -> str:
    found = re.search(r'name="agreed" value="([^"]+)"', page)
    assert found is not None, page
    return found[1].replace("&#x27;", "'")


def test_choose_look_issue(shop: Shop, customer: Organization, desk: Browser) -> None:
    invoice = bought(shop, customer, 10)
    url = f"{desk.root}billing/{show('inv', invoice.id)}"
    assert f"{url}/credit" in text_of(desk.get(url))
    assert "Left to credit" in text_of(desk.get(f"{url}/credit"))
    assert 'value="10"' in text_of(desk.get(f"{url}/credit?all=1"))
    nothing = desk.post(f"{url}/credit", {"reason": "Mistake", "refund_to": "source"})
    assert nothing.status_code == 422
    wanted = {"reason": "Ordered by mistake", "refund_to": "source", "seats_1": "3"}
    looked = desk.post(f"{url}/credit", wanted)
    assert looked.status_code == 200
    page = text_of(looked)
    assert "3 of 10 seats" in page
    assert "Back by bank transfer" in page
    # Another number than the one agreed to is shown again first.
    again = desk.post(f"{url}/credit", wanted | {"seats_1": "4", "agreed": agreed_of(page)})
    assert again.status_code == 200
    done = desk.post(f"{url}/credit", wanted | {"agreed": agreed_of(page)})
    assert done.status_code == 302, text_of(done)
    note = text_of(desk.get(done["Location"]))
    assert "Ordered by mistake" in note
    assert invoice.number in note
    assert "Pending" in note
    original = text_of(desk.get(url))
    assert "Credit notes" in original
    too_many = desk.post(f"{url}/credit", wanted | {"seats_1": "8"})
    assert too_many.status_code == 422


def test_the_money_is_followed(shop: Shop, customer: Organization, desk: Browser) -> None:
    invoice = bought(shop, customer, 2)
    url = f"{desk.root}billing/{show('inv', invoice.id)}/credit"
    for reason in ("first", "second"):
        wanted = {"reason": reason, "refund_to": "source", "seats_1": "1"}
        desk.post(url, wanted | {"agreed": agreed_of(text_of(desk.post(url, wanted)))})
    with tx.enter(SYSTEM):
        second, first = refunds.list_refunds(actor=SYSTEM, only_open=True)[:2]
    listing = f"{desk.root}refunds"
    assert "No account is known yet" in text_of(desk.get(f"{listing}?show=pending"))
    one = f"{listing}/{show('ref', first.id)}"
    bad = desk.post(one, {"act": "account", "name": "Kund AB", "iban": "DE00"})
    assert bad.status_code == 422
    good = {"act": "account", "name": "Kund AB", "iban": "DE89 3704 0044 0532 0130 00"}
    assert desk.post(one, good).status_code == 302
    assert "DE89 3704" in text_of(desk.get(one))
    assert desk.post(one, {"act": "done"}).status_code == 302
    assert "Paid out" not in text_of(desk.get(one))
    other = f"{listing}/{show('ref', second.id)}"
    assert desk.post(other, {"act": "failed", "reason": ""}).status_code == 422
    assert desk.post(other, {"act": "failed", "reason": "account closed"}).status_code == 302
    assert "account closed" in text_of(desk.get(other))
    with tx.enter(SYSTEM):
        ended = {row.id: row.status for row in refunds.list_refunds(actor=SYSTEM)}
    assert (ended[first.id], ended[second.id]) == ("done", "failed")
    assert isinstance(first.amount, Money)


def test_others_have_no_such_page(shop: Shop, customer: Organization) -> None:
    invoice = bought(shop, customer, 1)
    reseller = Browser(shop.houses.first, "admin")
    assert reseller.get(f"{reseller.root}billing/{show('inv', invoice.id)}").status_code == 200
    assert reseller.get(f"{reseller.root}billing/{show('inv', invoice.id)}/credit").status_code == 404
    assert reseller.get(f"{reseller.root}refunds").status_code == 404


def test_the_statement_of_account(shop: Shop, customer: Organization, desk: Browser) -> None:
    """One's own, and for the operator anybody's: page, CSV and PDF."""
    bought(shop, customer, 1)
    reseller = Browser(shop.houses.first, "admin")
    page = text_of(reseller.get(f"{reseller.root}statement"))
    assert "Owed at the end" in page
    assert "Invoice 2" in page
    assert "statement.csv" in page
    csv = reseller.get(f"{reseller.root}statement/statement.csv?since=2026-01-01")
    assert csv["Content-Type"].startswith("text/csv")
    assert reseller.get(f"{reseller.root}statement/statement.pdf").content.startswith(b"%PDF-1.7")
    assert reseller.get(f"{reseller.root}statement?since=2026-12-31&until=2026-01-01").status_code == 422
    of = show("res", shop.houses.first.id)
    assert "Adler" in text_of(desk.get(f"{desk.root}statement?of={of}"))
    assert desk.get(f"{desk.root}statement").status_code == 302
    # Another's name in the address changes nothing.
    other = show("cus", customer.id)
    assert "Owed at the end" in text_of(reseller.get(f"{reseller.root}statement?of={other}"))
