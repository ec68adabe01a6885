"""Credit notes: whatever the parts and their order, they sum to the invoice, to the cent, and never to more."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purveyor.billing.rules.credit import credit_lines, credit_taxes, part_of
from purveyor.billing.types import DocumentLine, TaxLine
from purveyor.billing.types_credit import CreditedLine
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.payments.rules.refunds import Paid, split_refund
from tests.support.papers import line, tax


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def taxes_of(lines: tuple[DocumentLine, ...], rates: list[str]) -> tuple[TaxLine, ...]:
    return tuple(
        tax(
            "S",
            Decimal(rate),
            Money.total((one.net for one in lines if one.tax == place), "EUR"),
            "tax.domestic",
            "SE",
        )
        for place, rate in enumerate(rates)
    )


# Seats of one line of 4.35 at 22 %, credited one after the other: the tax of each.
@pytest.mark.parametrize(
    ("seats", "expected"),
    [((3,), [287]), ((1, 1, 1), [96, 95, 96]), ((2, 1), [191, 96]), ((1, 2), [96, 191])],
)
def test_the_last_part_closes_to_the_cent(seats: tuple[int, ...], expected: list[int]) -> None:
    one = line(price=eur(435), quantity=3)
    whole = taxes_of((one,), ["22"])
    credited, found = 0, []
    for quantity in seats:
        parts = credit_lines((one,), {one.id: credited}, {one.id: quantity})
        assert [part.net for part in parts] == [eur(435) * quantity]
        (part,) = credit_taxes((one,), whole, {one.id: credited}, parts)
        found.append(part.amount.amount)
        credited += quantity
    assert found == expected
    assert sum(found) == whole[0].amount.amount


@pytest.mark.parametrize("quantity", [0, 4, -1])
def test_never_more_than_what_is_left(quantity: int) -> None:
    one = line(price=eur(435), quantity=5)
    with pytest.raises(ValueError, match="left"):
        credit_lines((one,), {one.id: 2}, {one.id: quantity})
    with pytest.raises(ValueError, match="lines"):
        credit_lines((one,), {}, {new_id(): 1})
    with pytest.raises(ValueError, match="lines"):
        credit_lines((one,), {}, {})


@st.composite
def invoices(draw: st.DrawFn) -> tuple[tuple[DocumentLine, ...], tuple[TaxLine, ...]]:
    rates = draw(st.lists(st.sampled_from(["0", "5.5", "19", "22", "25", "25.5"]), min_size=1, max_size=3))
    lines = tuple(
        line(
            position,
            price=eur(draw(st.integers(0, 50_000))),
            quantity=draw(st.integers(1, 12)),
            months=draw(st.integers(1, 12)),
            discount=draw(st.decimals(0, 100, places=2)),
            place=(position - 1) % len(rates),
        )
        for position in range(1, len(rates) + draw(st.integers(1, 4)))
    )
    return lines, taxes_of(lines, rates)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(invoices(), st.randoms(use_true_random=False), st.integers(1, 6))
def test_the_parts_sum_to_the_whole(
    invoice: tuple[tuple[DocumentLine, ...], tuple[TaxLine, ...]], random: object, most: int
) -> None:
    """Seat by seat, in any order and any portions."""
    lines, taxes = invoice
    seats = [one.id for one in lines for _seat in range(one.quantity)]
    random.shuffle(seats)  # type: ignore[attr-defined]  # hypothesis' own random, which it does not name
    credited: dict[UUID, int] = {}
    nets: list[Money] = []
    amounts: list[Money] = []
    while seats:
        portion, seats = seats[:most], seats[most:]
        wanted = {id: portion.count(id) for id in portion}
        parts = credit_lines(lines, credited, wanted)
        its = credit_taxes(lines, taxes, credited, parts)
        base = Money.total((one.base for one in its), "EUR")
        assert base == Money.total((one.net for one in parts), "EUR")
        for one in its:
            assert abs((one.amount - one.base.share(one.rate_percent / 100)).amount) <= 1
            assert one.amount.amount >= 0
        nets += [one.net for one in parts]
        amounts += [one.amount for one in its]
        assert Money.total(amounts, "EUR") <= Money.total((one.amount for one in taxes), "EUR")
        credited = {id: credited.get(id, 0) + wanted.get(id, 0) for id in sorted({*credited, *wanted})}
    assert Money.total(nets, "EUR") == Money.total((one.net for one in lines), "EUR")
    assert Money.total(amounts, "EUR") == Money.total((one.amount for one in taxes), "EUR")


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_an_amount_in_another_currency_is_parted_too(amount: int, parts: list[int]) -> None:
    whole, before, found = eur(sum(parts)), eur(0), 0
    for part in parts:
        found += part_of(amount, whole=whole, before=before, part=eur(part))
        before += eur(part)
    assert found == amount


def paid(method: str, left: int) -> Paid:
    return Paid(new_id(), method, eur(left))  # type: ignore[arg-type]  # one of the methods


def test_money_goes_back_the_way_it_came() -> None:
    newest, oldest = paid("card", 300), paid("bank_transfer", 500)
    shares = split_refund(eur(700), "source", [newest, paid("balance", 900), oldest])
    assert [(one.payment_id, one.method, one.amount.amount) for one in shares] == [
        (newest.payment_id, "card", 300),
        (oldest.payment_id, "bank_transfer", 400),
    ]
    assert [one.method for one in split_refund(eur(700), "balance", [newest, oldest])] == ["balance"]
    assert split_refund(eur(0), "source", [newest]) == []
    # Nobody knows how it came: the balance takes it.
    assert [(one.method, one.amount.amount) for one in split_refund(eur(900), "source", [newest])] == [
        ("card", 300),
        ("balance", 600),
    ]


@given(
    st.integers(0, 5_000),
    st.lists(st.tuples(st.sampled_from(["card", "bank_transfer", "balance"]), st.integers(0, 2_000))),
)
def test_shares_sum_to_the_refund(amount: int, ways: list[tuple[str, int]]) -> None:
    payments = [paid(method, left) for method, left in ways]
    shares = split_refund(eur(amount), "source", payments)
    assert sum(one.amount.amount for one in shares) == amount
    left = {one.payment_id: one.left.amount for one in payments}
    assert all(one.payment_id is None or one.amount.amount <= left[one.payment_id] for one in shares)
    assert isinstance(CreditedLine(new_id(), 1, eur(1)).net, Money)
