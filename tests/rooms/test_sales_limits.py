"""What an offer allows holds when it is charged, not only when it is quoted."""

from __future__ import annotations

from datetime import date

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.kernel.errors import Invalid
from purveyor.sales import commands as sales
from tests.rooms.books import eur, operator
from tests.rooms.shop import START, Shop, more, open_shop


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


def test_two_top_ups_together_do_not_exceed_the_offer(shop: Shop) -> None:
    few = catalog.create_offer(
        actor=operator(),
        now=START,
        plan_id=shop.year.plan_id,
        code="few-seats-12",
        term_months=12,
        terms=Terms(quantity_max=10),
        available_from=date(2026, 1, 1),
    )
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=few.id, price=eur(100)
    )
    running = shop.buy(shop.new(6, few)).subscriptions[0]
    first, second = shop.quote(more(running, 4)), shop.quote(more(running, 4))
    sales.accept_quote(actor=shop.reseller, now=START, quote_id=first.id, payment_method="balance")
    with pytest.raises(Invalid) as refused:
        sales.accept_quote(actor=shop.reseller, now=START, quote_id=second.id, payment_method="balance")
    assert (refused.value.field, refused.value.facts["max"]) == ("lines.0.quantity", 0)
