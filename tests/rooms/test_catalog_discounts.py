"""Catalog: how discounts give way to each other, who sees them, and who may write at all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from purveyor.catalog import commands, queries
from purveyor.catalog.rules.discounts import Span, place
from purveyor.catalog.types import Offer
from purveyor.infra import tx
from purveyor.kernel.errors import Forbidden, Invalid
from purveyor.kernel.money import Money
from tests.support.feed import feed
from tests.support.houses import NOW
from tests.support.shop import START, TODAY, Shop, build_shop, offer_of


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return build_shop()


# --- discounts -----------------------------------------------------------------------------------------


def test_the_offers_own_discount_wins_over_the_general_one(shop: Shop) -> None:
    house = shop.houses.first
    actor = shop.houses.reseller(house)
    commands.set_discount(**shop.desk, reseller_id=house.id, percent=Decimal("20"), valid_from=START)
    commands.set_discount(
        **shop.desk, reseller_id=house.id, offer_id=shop.month.id, percent=Decimal("12.5"),
        valid_from=date(2026, 2, 1), valid_to=date(2026, 3, 1),
    )  # fmt: skip

    def on(offer: Offer, day: date) -> Decimal:
        with tx.enter(actor):
            return queries.discount_for(reseller_id=house.id, offer_id=offer.id, on=day)

    assert on(shop.month, date(2026, 1, 31)) == Decimal("20")
    assert on(shop.month, date(2026, 2, 1)) == Decimal("12.5")
    assert on(shop.month, date(2026, 2, 28)) == Decimal("12.5")
    assert on(shop.month, date(2026, 3, 1)) == Decimal("20")
    assert on(shop.year, date(2026, 2, 15)) == Decimal("20")
    assert on(shop.year, START - timedelta(days=1)) == 0


def test_a_new_discount_ends_the_one_before_and_keeps_the_one_to_come(shop: Shop) -> None:
    house, offer = shop.houses.second, offer_of(shop, "discounted")

    def give(percent: str, start: date) -> None:
        commands.set_discount(
            **shop.desk, reseller_id=house.id, offer_id=offer.id, percent=Decimal(percent), valid_from=start
        )

    give("10", date(2026, 1, 1))
    give("30", date(2027, 1, 1))
    give("20", date(2026, 6, 1))
    give("20", date(2026, 6, 1))
    give("25", date(2026, 6, 1))
    actor = shop.houses.reseller(house)
    with tx.enter(actor):
        rows = [
            r for r in queries.list_discounts(actor=actor, reseller_id=house.id) if r.offer_id == offer.id
        ]
    assert [(r.percent, r.valid_from, r.valid_to) for r in rows] == [
        (Decimal("30"), date(2027, 1, 1), None),
        (Decimal("25"), date(2026, 6, 1), date(2027, 1, 1)),
        (Decimal("10"), date(2026, 1, 1), date(2026, 6, 1)),
    ]
    told = [e.payload["percent"] for e in feed(actor) if e.kind == "discount.set" and e.payload["offer"]]
    assert told == ["10.00", "30.00", "20.00", "25.00"], "the repeated one is not told twice"


def test_making_room_for_a_discount() -> None:
    a, b, c = uuid4(), uuid4(), uuid4()
    day = date(2026, 1, 1)
    spans = [
        Span(a, day, day + timedelta(10)), Span(b, day + timedelta(10), None), Span(c, day + timedelta(99), None),
    ]  # fmt: skip
    start = day + timedelta(20)
    placed = place(spans, start=start, end=None)
    assert (placed.replaces, placed.ends, placed.end) == (None, (b,), day + timedelta(99))
    assert place(spans, start=start, end=day + timedelta(30)).end == day + timedelta(30)
    assert place(spans, start=day, end=None).replaces == a


@pytest.mark.parametrize(
    ("percent", "reason"),
    [("-0.01", "out_of_range"), ("100.01", "out_of_range"), ("NaN", "out_of_range"), ("33.333", "decimals")],
)
def test_a_discount_is_0_to_100_with_two_decimals(shop: Shop, percent: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        commands.set_discount(**shop.desk, reseller_id=shop.houses.first.id, percent=Decimal(percent))
    assert (refused.value.field, refused.value.facts["reason"]) == ("percent", reason)


# --- isolation and rights --------------------------------------------------------------------------------


def test_a_discount_is_hidden_from_everybody_but_its_reseller(shop: Shop) -> None:
    houses = shop.houses
    commands.set_discount(**shop.desk, reseller_id=houses.first.id, percent=Decimal("20"), valid_from=START)
    for actor in (
        houses.reseller(houses.second),
        houses.customer(houses.first_customer),
        houses.customer(houses.second_customer),
    ):
        with tx.enter(actor), connection.cursor() as cursor:
            # Unfiltered on purpose: row-level security alone must hold.
            cursor.execute("SELECT count(*) FROM catalog_discount WHERE reseller_id = %s", (houses.first.id,))
            assert cursor.fetchone() == (0,)
            assert queries.list_discounts(actor=actor, reseller_id=houses.first.id) == []
            found = queries.discount_for(reseller_id=houses.first.id, offer_id=shop.year.id, on=TODAY)
            assert found == 0
        assert not [e for e in feed(actor) if e.kind == "discount.set" and e.reseller_id == houses.first.id]


@pytest.mark.parametrize("scope", ["reseller", "customer"])
def test_only_the_operator_writes_the_catalog(shop: Shop, scope: str) -> None:
    houses = shop.houses
    actor = houses.reseller(houses.first) if scope == "reseller" else houses.customer(houses.first_customer)
    who: dict[str, Any] = {"actor": actor, "now": NOW}
    ids = {"price_list_id": shop.eur.id, "offer_id": shop.year.id}
    for act in (
        lambda: commands.create_vendor(**who, code="v", name="V"),
        lambda: commands.create_product(**who, vendor_id=uuid4(), code="p", name="P"),
        lambda: commands.create_plan(**who, product_id=uuid4(), code="p", name="P"),
        lambda: commands.create_offer(**who, plan_id=shop.plan_id, code="o", term_months=1),
        lambda: commands.withdraw_offer(**who, offer_id=shop.year.id),
        lambda: commands.create_price_list(**who, code="l", currency="EUR", valid_from=TODAY),
        lambda: commands.set_price(**who, **ids, price=Money(1, "EUR")),
        lambda: commands.set_discount(**who, reseller_id=houses.first.id, percent=Decimal(99)),
    ):
        with pytest.raises(Forbidden):
            act()
    with tx.enter(actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_price WHERE offer_id = %s", (shop.year.id,))
        assert cursor.fetchone() != (0,)
        for statement in ("UPDATE catalog_price SET amount = 1", "DELETE FROM catalog_price"):
            cursor.execute(statement)
            assert cursor.rowcount == 0
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            cursor.execute(
                "INSERT INTO catalog_vendor (id, code, name, sort_key) VALUES (%s, 'x', 'x', 'x')", (uuid4(),)
            )
