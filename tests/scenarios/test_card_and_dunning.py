"""While a card is tried again the dunning case of its invoice says so, and on which day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock
from purveyor.interfaces.api import debts
from purveyor.interfaces.doubles.card import CardDouble
from purveyor.kernel.money import Money
from tests.scenarios.stage import Json, Stage, new, open_stage
from tests.scenarios.test_card import keep
from tests.support.cards import GOOD, card_provider, do_due, switch, tell
from tests.support.counter import Browser, text_of
from tests.support.shop import START

AT_ONCE = "at-once-1m"


@pytest.fixture(scope="module")
def double(db: object) -> Iterator[CardDouble]:
    with card_provider() as found:
        yield found


@pytest.fixture(scope="module")
def stage(double: CardDouble) -> Stage:
    """What it sells is due on the day of its invoice; a card is kept."""
    stage = open_stage("2026-03-02T09:00:00+00:00")
    desk: dict[str, Any] = {"actor": stage.shop.houses.operator, "now": clock.now()}
    offer = catalog.create_offer(
        **desk,
        plan_id=stage.shop.plan_id,
        code=AT_ONCE,
        term_months=1,
        terms=Terms(invoice_due_days=0),
        available_from=START,
    )
    price = Money(1000, "EUR")
    catalog.set_price(**desk, price_list_id=stage.shop.eur.id, offer_id=offer.id, price=price)
    keep(stage, GOOD)
    return stage


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Karte GmbH", "DE", vat_number="DE136695976")


def bought(stage: Stage, customer: str) -> str:
    """A subscription whose renewals are paid by card."""
    order = stage.buy(customer, new(1, AT_ONCE), method="card")
    do_due()
    (subscription,) = stage.operator.get(f"/orders/{order['id']}").ok()["subscriptions"]
    stage.reseller.patch(f"/subscriptions/{subscription}", {"renewal_payment_method": "card"}).ok()
    return str(subscription)


def newest(stage: Stage) -> Json:
    """The case that was opened last, as its payer sees it."""
    found: Json = stage.reseller.get("/dunning-cases").ok()["data"][0]
    one: Json = stage.operator.get(f"/dunning-cases/{found['id']}").ok(debts.Case)
    assert one == stage.reseller.get(f"/dunning-cases/{found['id']}").ok()
    return one


def standing(stage: Stage) -> tuple[str, str | None]:
    case = newest(stage)
    return case["status"], case["retry_on"]


def test_tried_until_the_last_day(stage: Stage, customer: str, double: CardDouble) -> None:
    """Declined on the 2nd, 3rd, 5th, 7th and 9th: reminders go out beside it, and the final notice ends it."""
    subscription = bought(stage, customer)
    switch(double, "4242", "insufficient_funds")
    stage.move("2026-04-02T09:00:00Z")
    assert stage.reseller.get("/dunning-cases").ok()["data"] == []
    stage.reseller.patch(f"/subscriptions/{subscription}", {"auto_renew": False}).ok()
    stage.move("2026-04-03T02:00:00Z")
    assert standing(stage) == ("retrying", "2026-04-03")
    stage.move("2026-04-03T09:00:00Z")
    assert standing(stage) == ("retrying", "2026-04-05")
    listed = stage.operator.get("/dunning-cases?status=retrying").ok()["data"]
    assert [one["retry_on"] for one in listed] == ["2026-04-05"]
    said_in_the_console(stage)
    stage.move("2026-04-05T09:00:00Z")
    # The first reminder went out on this day, and does not end the tries.
    assert standing(stage) == ("retrying", "2026-04-07")
    a_pause_keeps_it(stage)
    stage.move("2026-04-07T09:00:00Z")
    assert standing(stage) == ("retrying", "2026-04-09")
    stage.move("2026-04-09T09:00:00Z")
    assert standing(stage) == ("reminded", None)
    stage.move("2026-04-13T09:00:00Z")
    assert standing(stage) == ("final_notice", None)
    tell(double, twice=True)


def said_in_the_console(stage: Stage) -> None:
    houses = stage.shop.houses
    for desk in (
        Browser(houses.seller.organization, "admin", houses.first_customer),
        Browser(stage.house, "admin", houses.first_customer),
    ):
        page = text_of(desk.get(f"{desk.root}debts"))
        assert "The card is tried again on 5 Apr 2026." in page
        assert "Card is tried again" in page
        page = text_of(desk.get(f"{desk.root}debts?status=retrying"))
        assert "The card is tried again on 5 Apr 2026." in page
        page = text_of(desk.get(f"{desk.root}debts/{newest(stage)['id']}"))
        assert "The card is tried again on 5 April 2026." in page


def a_pause_keeps_it(stage: Stage) -> None:
    case = newest(stage)
    stage.operator.post(f"/dunning-cases/{case['id']}/promise", {"until": "2026-04-06"}).ok()
    assert standing(stage) == ("promised", "2026-04-07")
    stage.operator.post(f"/dunning-cases/{case['id']}/release").ok()
    assert standing(stage) == ("retrying", "2026-04-07")


def test_money_or_a_hard_decline_ends_it(stage: Stage, customer: str, double: CardDouble) -> None:
    switch(double, "4242", "ok")
    stage.move("2026-04-20T09:00:00Z")
    invoice = stage.operator.get(f"/invoices/{newest(stage)['invoice']}").ok()
    stage.transfer(invoice, invoice["open"]["amount"], "2026-04-20")
    subscription = bought(stage, customer)
    switch(double, "4242", "insufficient_funds", times=1)
    stage.move("2026-05-20T09:00:00Z")
    stage.move("2026-05-21T02:00:00Z")
    assert standing(stage) == ("retrying", "2026-05-21")
    stage.move("2026-05-21T09:00:00Z")
    assert standing(stage) == ("resolved", None)
    switch(double, "4242", "insufficient_funds", times=1)
    stage.move("2026-06-20T09:00:00Z")
    stage.move("2026-06-21T02:00:00Z")
    assert standing(stage) == ("retrying", "2026-06-21")
    switch(double, "4242", "stolen_card")
    stage.move("2026-06-21T09:00:00Z")
    assert standing(stage) == ("none", None)
    stage.reseller.patch(f"/subscriptions/{subscription}", {"auto_renew": False}).ok()
    tell(double, twice=True)
