"""The one pricing function. Preview and charge, top-up and renewal all call it (rules.md b).

A charge is ``quantity`` times a seat amount, and the seat amount is rounded once. So 2 + 3 seats bought on
the same day cost what 5 cost, and quantity times price is the net of the line on an e-invoice.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money, percent, round_half_up

_NO_DISCOUNT = Decimal(0)
_ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What one line costs before tax, and why.

    ``unit_price`` is one seat for the months charged, before discount; ``seat_amount`` the same after it;
    ``net`` is ``quantity`` times ``seat_amount``.
    """

    quantity: int
    months: int
    unit_price: Money
    seat_amount: Money
    net: Money
    discount_percent: Decimal
    explanation: tuple[Explanation, ...]


class _Charge(NamedTuple):
    """One seat's whole minor units, before and after the discount.

    ``exact`` when the seat was not rounded, ``raised`` when to the minimum; ``month`` is a month's part of the
    term price where that is whole.
    """

    unit: int
    seat: int
    exact: bool
    raised: bool
    month: int | None


# A price list has few prices, and an order computes again what its quote did. Equal discounts of another spelling
# (20 and 20.00) give the same whole numbers.
@lru_cache(maxsize=4096)
def _charge(amount: int, term_months: int, months: int, discount_percent: Decimal) -> _Charge:
    exact_unit = amount * Fraction(months, term_months)
    exact_seat = exact_unit * (1 - percent(discount_percent))
    seat = _rounded_charge(exact_seat)
    month = Fraction(amount, term_months)
    return _Charge(
        unit=_rounded_charge(exact_unit),
        seat=seat,
        exact=exact_seat.denominator == 1,
        raised=seat > round_half_up(exact_seat),
        month=month.numerator if month.denominator == 1 else None,
    )


def price_line(
    *,
    term_price: Money,
    term_months: int,
    months: int,
    quantity: int,
    discount_percent: Decimal = _NO_DISCOUNT,
) -> PricedLine:
    """Price ``quantity`` seats for ``months`` of a term of ``term_months`` that costs ``term_price`` a seat.

    Seat amount = HALF_UP(term price x months / term months x (1 - discount)), and at least one minor unit
    when the exact amount is above zero: a seat that costs something is never given away by rounding. The
    same holds for the whole term, so a part never costs more than the whole. All months of the term give the
    term price exactly.

    The explanation's facts ending in ``_amount`` are minor units of the fact ``currency``:

    - ``price.term``: the whole term, ``quantity`` x ``term_amount``;
    - ``price.months``: ``months`` x ``quantity`` x ``month_amount``, given only where this product, less the
      discount, is the net to the cent;
    - ``price.share``: ``quantity`` x ``seat_amount``, that being ``months`` of ``term_months`` of
      ``term_amount``, less the discount, rounded;
    - ``price.minimum``: added where the minimum of one minor unit was applied.

    Raises:
        ValueError: a negative price, months outside 1 to ``term_months``, a quantity below 1, a discount
            outside 0 to 100. Inputs are checked for people at the edge; here it is a programming error.
    """
    _check(term_price, term_months, months, quantity, discount_percent)
    found = _charge(term_price.amount, term_months, months, discount_percent)
    currency = term_price.currency
    unit = Money(found.unit, currency)
    seat = Money(found.seat, currency)
    net = seat * quantity

    facts: dict[str, str | int] = {
        "months": months,
        "term_months": term_months,
        "quantity": quantity,
        "discount_percent": _plain(discount_percent),
        "currency": currency,
        "term_amount": term_price.amount,
        "unit_amount": unit.amount,
        "seat_amount": seat.amount,
        "net_amount": net.amount,
    }
    if found.exact and months == term_months:
        explanation = [Explanation("price.term", facts)]
    elif found.exact and found.month is not None:
        explanation = [Explanation("price.months", {**facts, "month_amount": found.month})]
    else:
        explanation = [Explanation("price.share", facts)]
    if found.raised:
        explanation.append(Explanation("price.minimum", {"currency": currency, "seat_amount": seat.amount}))
    return PricedLine(
        quantity=quantity,
        months=months,
        unit_price=unit,
        seat_amount=seat,
        net=net,
        discount_percent=discount_percent,
        explanation=tuple(explanation),
    )


def monthly_part(part: int, price: Money, months: int) -> Money:
    """The ``part``-th of ``months`` monthly parts (from 1) of a price, such that all parts sum to it.

    Part k = HALF_UP(k x P / N) - HALF_UP((k - 1) x P / N): no part differs from another by more than one
    minor unit.

    Raises:
        ValueError: ``part`` is not one of 1 to ``months``.
    """
    if not 1 <= part <= months:
        raise ValueError("a part is one of 1 to the number of months")
    until = round_half_up(Fraction(part * price.amount, months))
    before = round_half_up(Fraction((part - 1) * price.amount, months))
    return Money(until - before, price.currency)


def _rounded_charge(exact: Fraction) -> int:
    return max(1, round_half_up(exact)) if exact > 0 else 0


def _plain(rate: Decimal) -> str:
    """``Decimal("20.00")`` as "20", ``Decimal("12.50")`` as "12.5"."""
    return f"{rate.normalize():f}" if rate else "0"


def _check(term_price: Money, term_months: int, months: int, quantity: int, discount: Decimal) -> None:
    if term_price.amount < 0:
        raise ValueError("a price is not negative")
    if not 1 <= months <= term_months:
        raise ValueError("months charged are 1 to the months of the term")
    if quantity < 1:
        raise ValueError("a quantity is at least 1")
    if not discount.is_finite() or not _NO_DISCOUNT <= discount <= _ALL:
        raise ValueError("a discount is 0 to 100 percent")
