"""Catalog: what is sold on a day, to whom, at which price; and who may change it."""

from __future__ import annotations

import dataclasses
import threading
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, connection
from django.test.utils import CaptureQueriesContext

from purveyor.catalog import commands, queries
from purveyor.catalog.errors import CodeTaken, OfferAlreadyWithdrawn, OfferNotAvailable, PriceListOverlap
from purveyor.catalog.types import Terms
from purveyor.infra import activity, tx
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from tests.support.feed import feed
from tests.support.houses import NOW
from tests.support.shop import START, TODAY, Shop, build_shop, offer_of


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return build_shop()


# --- terms ---------------------------------------------------------------------------------------------


def test_terms_are_stored_whole_and_read_strictly() -> None:
    stored = Terms(trial_days=30, prepay=True).as_json()
    assert stored == {
        "proration": "months_rounded_up",
        "trial_days": 30,
        "prepay": True,
        "quantity_min": 1,
        "quantity_max": 100_000,
        "invoice_due_days": 14,
        "renewal_window_days": 30,
        "renewal_lock_days": 0,
        "notice_days": [30, 7],
        "price_notice_days": 30,
        "price_consent_percent": 0,
        "cut_off_day": 0,
        "cut_off_min_days": 5,
        "cut_off_zone": "",
        "suspend_after_days": 3,
        "end_after_days": 30,
    }
    assert Terms.from_json(stored) == Terms(trial_days=30, prepay=True)
    assert Terms.from_json({}) == Terms()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"trial": 1}, "trial: unknown_field"),
        ({"proration": "daily"}, "proration: unknown"),
        ({"prepay": 1}, "prepay: not_a_boolean"),
        ({"trial_days": True}, "trial_days: not_a_number"),
        ({"trial_days": "14"}, "trial_days: not_a_number"),
        ({"trial_days": -1}, "trial_days: too_small"),
        ({"quantity_min": 5, "quantity_max": 4}, "quantity_max: too_small"),
        ({"quantity_max": 100_001}, "quantity_max: too_large"),
        ({"invoice_due_days": 366}, "invoice_due_days: too_large"),
        ({"renewal_window_days": 1.5}, "renewal_window_days: not_a_number"),
    ],
)
def test_terms_refuse_what_they_do_not_know(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Terms.from_json(data)


# --- who sees which price --------------------------------------------------------------------------------


def test_each_side_sees_its_own_price(shop: Shop) -> None:
    houses, customer = shop.houses, shop.houses.first_customer
    commands.set_discount(**shop.desk, reseller_id=houses.first.id, percent=Decimal("20"), valid_from=START)
    commands.set_discount(**shop.desk, reseller_id=houses.second.id, percent=Decimal("15"), valid_from=START)
    buyers = [
        (houses.reseller(houses.first, on=customer.id), customer, 3840, "20"),
        (houses.reseller(houses.first), None, 3840, "20"),
        (dataclasses.replace(houses.operator, customer_id=customer.id), customer, 3840, "20"),
        (houses.operator, None, 4800, "0"),
        (houses.customer(customer), customer, 4800, "0"),
        (houses.reseller(houses.second), houses.second_customer, 4080, "15"),
    ]
    for actor, for_whom, price, percent in buyers:
        with tx.enter(actor):
            year = next(
                offer
                for offer in queries.list_offers(actor=actor, on=TODAY, customer=for_whom, currency="EUR")
                if offer.id == shop.year.id
            )
        assert year.list_price == Money(4800, "EUR")
        assert (year.your_price, year.discount_percent) == (Money(price, "EUR"), Decimal(percent))
        assert (year.vendor, year.product, year.plan, year.plan_rank) == (
            "Lockbox", "Lockbox Files", "Business", 1,
        )  # fmt: skip
        assert (year.term_months, year.billing_months, year.terms.trial_days) == (12, 12, 14)


def test_the_list_costs_the_same_statements_whatever_its_length(shop: Shop) -> None:
    actor = shop.houses.reseller(shop.houses.first)
    counts = []
    for number in range(3):
        with tx.enter(actor), CaptureQueriesContext(connection) as captured:
            found = queries.list_offers(actor=actor, on=TODAY, customer=None, currency="EUR")
        counts.append((len(found), len(captured)))
        more = offer_of(shop, f"statement-{number}")
        commands.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=more.id, price=Money(100, "EUR"))
    assert [length for length, _ in counts] == [counts[0][0] + n for n in range(3)]
    assert {statements for _, statements in counts} == {3}


def test_an_offer_without_a_price_in_the_currency_is_not_listed(shop: Shop) -> None:
    actor = shop.houses.reseller(shop.houses.first)
    with tx.enter(actor):
        assert queries.list_offers(actor=actor, on=TODAY, customer=None, currency="USD") == []
        with pytest.raises(OfferNotAvailable) as refused:
            queries.price_for(offer_id=shop.year.id, currency="USD", on=TODAY)
    assert refused.value.facts == {
        "field": "offer", "offer": shop.year.code, "reason": "no_price", "currency": "USD",
    }  # fmt: skip


# --- dates ---------------------------------------------------------------------------------------------


def test_an_offer_is_sold_from_its_first_day_to_the_day_before_its_end(shop: Shop) -> None:
    first, end = date(2026, 3, 1), date(2026, 6, 1)
    offer = offer_of(shop, "spring", available_from=first, available_to=end)
    commands.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=offer.id, price=Money(0, "EUR"))
    with tx.enter(shop.houses.operator):
        for day, reason in (
            (first - timedelta(days=1), "not_yet"),
            (first, None),
            (end - timedelta(days=1), None),
            (end, "no_longer"),
        ):
            listed = queries.list_offers(actor=shop.houses.operator, on=day, customer=None, currency="EUR")
            assert (offer.id in {found.id for found in listed}) == (reason is None)
            if reason is None:
                found = queries.price_for(offer_id=offer.id, currency="EUR", on=day)
                assert (found.amount, found.price_list) == (Money(0, "EUR"), "eur-2025")
                queries.check_available(offer=offer, on=day)
            else:
                for ask in (
                    lambda on=day: queries.price_for(offer_id=offer.id, currency="EUR", on=on),
                    lambda on=day: queries.check_available(offer=offer, on=on),
                ):
                    with pytest.raises(OfferNotAvailable) as refused:
                        ask()
                    assert refused.value.facts["reason"] == reason


def test_a_withdrawn_offer_is_gone_at_once_and_for_good(shop: Shop) -> None:
    offer = offer_of(shop, "goes-away")
    commands.set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=offer.id, price=Money(100, "EUR"))
    gone = commands.withdraw_offer(**shop.desk, offer_id=offer.id)
    assert gone.withdrawn_at == NOW
    with tx.enter(shop.houses.operator):
        with pytest.raises(OfferNotAvailable) as refused:
            queries.price_for(offer_id=offer.id, currency="EUR", on=TODAY)
        assert refused.value.facts["reason"] == "withdrawn"
        assert queries.price_for(offer_id=offer.id, currency="EUR", on=TODAY - timedelta(days=1))
        assert "goes-away" in {found.code for found in queries.list_all_offers()}
    with pytest.raises(OfferAlreadyWithdrawn):
        commands.withdraw_offer(**shop.desk, offer_id=offer.id)
    assert [e.payload["code"] for e in feed(shop.houses.operator) if e.kind == "offer.withdrawn"] == [
        "goes-away"
    ]


def test_a_new_price_list_takes_over_on_its_day(shop: Shop) -> None:
    old = commands.create_price_list(**shop.desk, code="sek-1", currency="SEK", valid_from=START)
    commands.set_price(**shop.desk, price_list_id=old.id, offer_id=shop.year.id, price=Money(50000, "SEK"))
    change = date(2026, 12, 1)
    new = commands.create_price_list(
        **shop.desk, code="sek-2", currency="SEK", valid_from=change, copy_from=old.id
    )
    commands.set_price(**shop.desk, price_list_id=new.id, offer_id=shop.year.id, price=Money(52000, "SEK"))
    with tx.enter(shop.houses.operator):
        assert queries.get_price_list(price_list_id=old.id).valid_to == change
        prices = [
            queries.price_for(offer_id=shop.year.id, currency="SEK", on=day)
            for day in (change - timedelta(days=1), change)
        ]
        assert [p.offer_code for p in queries.list_prices(price_list_id=new.id)] == [shop.year.code]
    assert [(p.amount.amount, p.price_list) for p in prices] == [(50000, "sek-1"), (52000, "sek-2")]


def test_no_two_price_lists_of_a_currency_hold_on_one_day(shop: Shop) -> None:
    commands.create_price_list(
        **shop.desk, code="gbp-1", currency="GBP", valid_from=START, valid_to=date(2026, 1, 1)
    )
    commands.create_price_list(**shop.desk, code="gbp-2", currency="GBP", valid_from=date(2026, 1, 1))
    for start, end, other in (
        (date(2025, 6, 1), None, "gbp-1"),
        (START, date(2025, 2, 1), "gbp-1"),
        (date(2026, 1, 1), None, "gbp-2"),
        (date(2024, 1, 1), None, "gbp-1"),
    ):
        with pytest.raises(PriceListOverlap) as refused:
            commands.create_price_list(
                **shop.desk, code="gbp-3", currency="GBP", valid_from=start, valid_to=end
            )
        assert refused.value.facts["other"] == other
    with tx.enter(shop.houses.operator):
        assert [(p.code, p.valid_to) for p in queries.list_price_lists(currency="GBP")] == [
            ("gbp-2", None),
            ("gbp-1", date(2026, 1, 1)),
        ]
    with (
        pytest.raises(Error, match="two price lists"),
        tx.enter(shop.houses.operator),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO catalog_pricelist (id, code, currency, valid_from) VALUES (%s, 'x', 'GBP', %s)",
            (uuid4(), date(2027, 1, 1)),
        )


def test_two_who_open_price_lists_at_once_do_not_overlap(shop: Shop) -> None:
    outcomes: list[str] = []
    barrier = threading.Barrier(4)

    def open_list(number: int) -> None:
        barrier.wait()
        try:
            commands.create_price_list(
                **shop.desk, code=f"nok-{number}", currency="NOK", valid_from=START + timedelta(days=number)
            )
            outcomes.append("opened")
        except PriceListOverlap:
            outcomes.append("overlap")
        finally:
            connection.close()

    threads = [threading.Thread(target=open_list, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    with tx.enter(shop.houses.operator):
        lists = sorted(queries.list_price_lists(currency="NOK"), key=lambda found: found.valid_from)
    assert len(lists) == outcomes.count("opened") >= 1
    for earlier, later in pairwise(lists):
        assert earlier.valid_to is not None
        assert earlier.valid_to <= later.valid_from


# --- the desk ------------------------------------------------------------------------------------------


def test_an_offer_is_found_by_id_and_by_code(shop: Shop) -> None:
    with tx.enter(shop.houses.operator):
        for ref in (shop.year.id, shop.year.public_id, shop.year.code):
            assert queries.get_offer(offer_ref=ref) == shop.year
        assert queries.get_offers(ids={shop.year.id, uuid4()}) == {shop.year.id: shop.year}
        for ref in (uuid4(), "off_0", "nothing", "lock\x00box", ""):
            with pytest.raises(NotFound):
                queries.get_offer(offer_ref=ref)


def test_a_code_is_taken_once(shop: Shop) -> None:
    for code in ("lockbox-business-1m", " LOCKBOX-Business-1M "):
        with pytest.raises(CodeTaken) as refused:
            offer_of(shop, code)
        assert refused.value.facts == {"field": "code", "value": "lockbox-business-1m"}
    with pytest.raises(CodeTaken):
        commands.create_vendor(**shop.desk, code="lockbox", name="Another")
    with pytest.raises(CodeTaken):
        commands.create_price_list(**shop.desk, code="eur-2025", currency="CHF", valid_from=START)


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"code": "two words"}, "code", "code_form"),
        ({"code": "off_1"}, "code", "code_form"),
        ({"term_months": 0}, "term_months", "too_small"),
        ({"term_months": 61}, "term_months", "too_large"),
        ({"term_months": 12, "billing_months": 5}, "billing_months", "does_not_divide"),
        ({"term_months": 12, "billing_months": 1}, "billing_months", "not_in_force"),
        ({"available_to": START}, "available_to", "not_after_start"),
    ],
)
def test_a_wrong_field_of_an_offer_is_named(
    shop: Shop, more: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offer_of(shop, **{"code": "wrong", **more})
    assert (refused.value.field, refused.value.facts["reason"]) == (field, reason)


def test_a_rank_is_taken_once_in_a_product(shop: Shop) -> None:
    with tx.enter(shop.houses.operator):
        product = queries.list_products()[0]
        assert [plan.rank for plan in queries.list_plans(product_id=product.id)] == [1]
        assert [vendor.code for vendor in queries.list_vendors()] == ["lockbox"]
    for rank, reason in ((1, "taken"), (0, "too_small"), (1001, "too_large")):
        with pytest.raises(Invalid) as refused:
            commands.create_plan(**shop.desk, product_id=product.id, code="pro", name="Pro", rank=rank)
        assert refused.value.facts["reason"] == reason


def test_a_price_fits_its_list_and_a_change_is_on_record(shop: Shop) -> None:
    offer = offer_of(shop, "priced")
    ids = {"price_list_id": shop.eur.id, "offer_id": offer.id}
    for price, reason in (
        (Money(1, "SEK"), "currency"), (Money(-1, "EUR"), "negative"), (Money(10**12 + 1, "EUR"), "too_large"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            commands.set_price(**shop.desk, **ids, price=price)
        assert refused.value.facts["reason"] == reason
    for amount in (100, 120, 120):
        commands.set_price(**shop.desk, **ids, price=Money(amount, "EUR"))
    told = [
        e.payload
        for e in feed(shop.houses.operator)
        if e.kind == "price.set" and e.payload["code"] == "priced"
    ]
    assert [(p["before"], p["amount"]) for p in told] == [(None, 100), (100, 120)]
    with tx.enter(shop.houses.operator):
        rows = activity.list_activity(actor=shop.houses.operator, kind="price.set", limit=2)
    assert [(r.actor_name, r.facts["before"], r.facts["amount"]) for r in rows] == [
        ("Olof Operator", 100, 120),
        ("Olof Operator", None, 100),
    ]
    for other in (shop.houses.reseller(shop.houses.first), shop.houses.customer(shop.houses.first_customer)):
        assert not [e for e in feed(other) if e.kind == "price.set"]


@pytest.mark.parametrize("assignment", ["term_months = 2", "terms = '{}'", "code = 'other'"])
def test_what_subscriptions_rely_on_never_changes(shop: Shop, assignment: str) -> None:
    with (
        pytest.raises(Error, match="never changed"),
        tx.enter(shop.houses.operator),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE catalog_offer SET {assignment}")
