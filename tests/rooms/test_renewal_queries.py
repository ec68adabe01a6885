"""Renewals to come and those whose day has come, in one list; what it foretells is what is charged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purveyor.billing import queries as billing
from purveyor.catalog import commands as catalog
from purveyor.infra import clock
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.paging import Page
from purveyor.renewals import queries
from purveyor.renewals.jobs import roll_due
from purveyor.renewals.types import RenewalView
from purveyor.subscriptions import commands as subs
from tests.rooms.books import SYSTEM, eur, operator, within
from tests.rooms.shop import START, Shop, deliver, open_shop, transfer

ON = date(2026, 1, 20)


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


def listed(actor: Actor, **how: Any) -> Page[RenewalView]:
    return within(actor, lambda: queries.list_renewals(actor=actor, **{"on": ON, **how}))


def of(shop: Shop, subscription_id: UUID, actor: Actor | None = None) -> RenewalView:
    rows = listed(actor or shop.reseller, limit=200).rows
    return next(row for row in rows if row.subscription_id == subscription_id)


def test_what_is_foretold_is_charged(shop: Shop) -> None:
    running = shop.subscription(5)
    before = of(shop, running)
    assert (before.status, before.kind, before.due_on) == ("upcoming", "commits", date(2027, 1, 15))
    assert (before.net, before.net_running) == (eur(19200), eur(19200))
    assert before.consequence.code == "consequence.renews"
    roll_due(running, clock.start_of(before.due_on))
    row = next(one for one in listed(shop.reseller, limit=200).rows if one.id == before.id)
    assert (row.status, row.net, row.vat, row.gross) == ("pending", before.net, before.vat, before.gross)
    invoice = row.invoice_id
    assert invoice is not None
    issued = within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=invoice))
    assert (issued.net, issued.gross) == (before.net, before.gross)
    following = [one for one in listed(shop.reseller, limit=200).rows if one.subscription_id == running]
    assert [(one.status, one.due_on) for one in following] == [
        ("pending", date(2027, 1, 15)),
        ("upcoming", date(2028, 1, 15)),
    ]


def test_amounts_are_the_payers(shop: Shop) -> None:
    running = shop.subscription(3)
    assert of(shop, running, shop.customer).net is None
    assert of(shop, running, shop.customer).consequence.code == "consequence.other_pays"
    assert of(shop, running, operator()).net == eur(11520)
    own = shop.buy(shop.new(2), by=shop.customer, pay="bank_transfer")
    transfer(own, START)
    deliver()
    assert of(shop, own.subscriptions[0]).net is None
    assert of(shop, own.subscriptions[0], shop.customer).net == eur(9600)
    stranger = replace(shop.reseller, customer_id=shop.house.second.id)
    assert all(row.customer_id != shop.customer_id for row in listed(stranger).rows)


def test_an_end_says_so(shop: Shop) -> None:
    running = shop.subscription(2)
    subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, auto_renew=False)
    found = of(shop, running)
    assert (found.kind, found.net, found.consequence.code) == ("ends", None, "consequence.ends")
    ids = {row.subscription_id for row in listed(shop.reseller, kind="ends", limit=200).rows}
    assert running in ids
    assert running not in {row.subscription_id for row in listed(shop.reseller, kind="commits").rows}
    assert found == within(
        shop.reseller, lambda: queries.get_renewal(actor=shop.reseller, renewal_id=found.id, on=ON)
    )


def test_pages_hold_all_once_in_order(shop: Shop) -> None:
    for count in range(1, 4):
        shop.subscription(count, at=START + timedelta(days=count))
    rolled = shop.subscription(1)
    roll_due(rolled, clock.start_of(of(shop, rolled).due_on))
    whole = listed(shop.reseller, limit=200).rows
    assert [(row.due_on, row.subscription_id) for row in whole] == sorted(
        (row.due_on, row.subscription_id) for row in whole
    )
    seen: list[RenewalView] = []
    cursor: str | None = None
    while True:
        page = listed(shop.reseller, limit=2, cursor=cursor)
        seen.extend(page.rows)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == list(whole)


def test_a_page_is_a_fixed_number_of_statements(shop: Shop) -> None:
    def count(limit: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            listed(shop.reseller, limit=limit)
        return len(caught)

    assert count(1) == count(200) <= 12


def test_words_that_are_not_known_are_refused(shop: Shop) -> None:
    for how in ({"status": "soon"}, {"kind": "soon"}, {"cursor": "soon"}):
        with pytest.raises(Invalid):
            listed(shop.reseller, **how)
    with pytest.raises(NotFound):
        within(SYSTEM, lambda: queries.get_renewal(actor=SYSTEM, renewal_id=UUID(int=3), on=ON))


def test_the_forecast_adds_up_to_the_list(shop: Shop) -> None:
    shop.buy(shop.new(7, shop.month))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    prices = catalog.create_price_list(
        actor=operator(), now=now, code="EUR-2026-7", currency="EUR", valid_from=date(2026, 7, 1)
    )
    for offer, price in ((shop.year, 5333), (shop.month, 555), (shop.trial, 555)):
        catalog.set_price(
            actor=operator(), now=now, price_list_id=prices.id, offer_id=offer.id, price=eur(price)
        )
    months = within(shop.reseller, lambda: queries.forecast(actor=shop.reseller, on=ON, months=13))
    assert months[0].month == date(2026, 1, 1)
    monthly = [one.net for one in months if one.month < date(2027, 1, 1)]
    # 7 seats a month at 4.00 until notice of the rise was given in time, then at 4.44 each.
    assert monthly[1:8] == [(eur(2800),)] * 6 + [(eur(3108),)]
    yearly = months[12]
    due = [
        row
        for row in listed(shop.reseller, status="upcoming", limit=200).rows
        if row.due_on.replace(day=1) == yearly.month
    ]
    month_too = eur(3108)
    assert yearly.net == (Money.total((row.net for row in due if row.net), "EUR") + month_too,)
    assert yearly.ends == sum(row.kind == "ends" for row in due)
