"""The pricing function: examples that a person can check, and properties that hold for all."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.catalog.pricing import PricedLine, monthly_part, price_line
from purveyor.kernel.money import Money

PRICES = st.integers(1, 10**8)
DISCOUNTS = st.decimals(0, Decimal("99.99"), places=2)
TERMS = st.sampled_from([1, 12, 36])
QUANTITIES = st.integers(1, 100_000)


def line(
    price: int,
    *,
    months: int = 12,
    term: int = 12,
    quantity: int = 1,
    discount: str | Decimal = "0",
    currency: str = "EUR",
) -> PricedLine:
    return price_line(
        term_price=Money(price, currency),
        term_months=term,
        months=months,
        quantity=quantity,
        discount_percent=Decimal(discount),
    )


@pytest.mark.parametrize(
    ("price", "months", "quantity", "discount", "unit", "seat", "net", "code"),
    [
        # 2 months x 5 seats x 6.00 EUR - 20 % = 48.00 EUR
        (7200, 2, 5, "20", 1200, 960, 4800, "price.months"),
        (7200, 12, 5, "20", 7200, 5760, 28800, "price.term"),
        (7200, 12, 5, "0", 7200, 7200, 36000, "price.term"),
        # 499.00 x 2/12 = 83.1666..., less 20 % = 66.5333...: no month price says it to the cent
        (49900, 2, 5, "20", 8317, 6653, 33265, "price.share"),
        # half a cent goes up: 10.05 / 2 = 5.025
        (1005, 6, 1, "0", 503, 503, 503, "price.share"),
        # the discount is taken from the exact amount, not from the rounded unit price
        (1001, 6, 1, "50", 501, 250, 250, "price.share"),
        (7200, 2, 5, "100", 1200, 0, 0, "price.months"),
        (0, 2, 5, "0", 0, 0, 0, "price.months"),
    ],
)
def test_examples(
    price: int, months: int, quantity: int, discount: str, unit: int, seat: int, net: int, code: str
) -> None:
    priced = line(price, months=months, quantity=quantity, discount=discount)
    assert (priced.unit_price.amount, priced.seat_amount.amount, priced.net.amount) == (unit, seat, net)
    assert [one.code for one in priced.explanation] == [code]


def test_the_explanation_of_the_published_example() -> None:
    (told,) = line(7200, months=2, quantity=5, discount="20.00").explanation
    assert told.facts == {
        "months": 2,
        "term_months": 12,
        "quantity": 5,
        "discount_percent": "20",
        "currency": "EUR",
        "term_amount": 7200,
        "month_amount": 600,
        "unit_amount": 1200,
        "seat_amount": 960,
        "net_amount": 4800,
    }


@given(PRICES, TERMS, QUANTITIES, DISCOUNTS, st.data())
def test_every_explanation_computes_to_the_net(
    price: int, term: int, quantity: int, discount: Decimal, data: st.DataObject
) -> None:
    months = data.draw(st.integers(1, term))
    told = line(price, months=months, term=term, quantity=quantity, discount=discount).explanation[0]
    facts = {name: value for name, value in told.facts.items() if isinstance(value, int)}
    after = 1 - Fraction(Decimal(told.facts["discount_percent"])) / 100
    if told.code == "price.term":
        computed = quantity * facts["term_amount"] * after
    elif told.code == "price.months":
        computed = facts["months"] * quantity * facts["month_amount"] * after
    else:
        computed = Fraction(quantity * facts["seat_amount"])
    assert computed == facts["net_amount"]


@given(PRICES, TERMS, QUANTITIES, DISCOUNTS, st.data())
def test_a_charge_is_never_zero_and_never_more_than_the_full_term(
    price: int, term: int, quantity: int, discount: Decimal, data: st.DataObject
) -> None:
    months = data.draw(st.integers(1, term))
    part = line(price, months=months, term=term, quantity=quantity, discount=discount)
    whole = line(price, months=term, term=term, quantity=quantity, discount=discount)
    assert 0 < part.net.amount <= whole.net.amount <= price * quantity
    assert part.seat_amount <= part.unit_price <= Money(price, "EUR")
    assert part.net == part.seat_amount * quantity


@given(PRICES, st.integers(1, 12), st.integers(1, 500), st.integers(1, 500), DISCOUNTS)
def test_seats_bought_in_two_goes_on_one_day_cost_the_same(
    price: int, months: int, first: int, second: int, discount: Decimal
) -> None:
    apart = [line(price, months=months, quantity=q, discount=discount).net for q in (first, second)]
    together = line(price, months=months, quantity=first + second, discount=discount).net
    assert apart[0] + apart[1] == together


def test_two_and_three_seats_cost_what_five_cost() -> None:
    assert (
        line(49900, months=7, quantity=2).net + line(49900, months=7, quantity=3).net
        == line(49900, months=7, quantity=5).net
    )


@given(PRICES, TERMS)
def test_all_months_without_discount_are_the_term_price_exactly(price: int, term: int) -> None:
    assert line(price, months=term, term=term).net == Money(price, "EUR")


@given(PRICES, DISCOUNTS)
def test_more_months_never_cost_less(price: int, discount: Decimal) -> None:
    seats = [line(price, months=months, discount=discount).seat_amount for months in range(1, 13)]
    assert seats == sorted(seats)


@given(st.integers(0, 10**9), st.sampled_from([1, 3, 12, 36]))
def test_the_monthly_parts_sum_to_the_price_and_differ_by_one_at_most(price: int, months: int) -> None:
    parts = [monthly_part(part, Money(price, "EUR"), months).amount for part in range(1, months + 1)]
    assert sum(parts) == price
    assert max(parts) - min(parts) <= 1


def test_the_minimum_is_told() -> None:
    priced = line(1, months=1, quantity=3, discount="50")
    assert priced.net == Money(3, "EUR")
    assert [one.code for one in priced.explanation] == ["price.share", "price.minimum"]


def test_currencies_without_decimals_are_charged_in_whole_units() -> None:
    assert str(line(10_000, months=5, quantity=2, discount="15", currency="JPY").net) == "7084 JPY"


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": -1},
        {"months": 0},
        {"months": 13},
        {"quantity": 0},
        {"discount": "-1"},
        {"discount": "100.01"},
        {"discount": "NaN"},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, int | str]) -> None:
    arguments: dict[str, int | str] = {"price": 7200, **wrong}
    price = int(arguments.pop("price"))
    with pytest.raises(ValueError, match=r"price|months|quantity|discount"):
        line(price, **arguments)  # type: ignore[arg-type]  # the table varies any argument
    with pytest.raises(ValueError, match="a part"):
        monthly_part(13, Money(1, "EUR"), 12)
