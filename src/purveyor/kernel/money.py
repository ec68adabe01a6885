"""Money: whole minor units and an ISO 4217 currency. No floats; one way to round; one way to split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_TWO_DECIMALS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED
VES WST XCD XCG YER ZAR ZMW ZWG
"""
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: _TWO_DECIMALS,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217).

    Raises:
        ValueError: not an ISO 4217 code in use.
    """
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise ValueError(f"unknown currency: {currency!r}") from None


def is_currency(code: str) -> bool:
    """Whether the text is an ISO 4217 code in use."""
    return code in _EXPONENTS


def round_half_up(value: Fraction | Decimal | int) -> int:
    """The nearest whole number, halves away from zero: the only rounding in the house (rules.md c3).

    It is symmetric, so that a credit note is the exact mirror of its invoice: -0.5 becomes -1.
    """
    exact = Fraction(value)
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return size if exact >= 0 else -size


def split_largest_remainder(total: int, weights: Sequence[int | Fraction | Decimal]) -> list[int]:
    """Shares of ``total`` proportional to ``weights``, in whole units, that sum to it exactly.

    The units left over go to the largest remainders; among equals, to the first.

    Raises:
        ValueError: no weights, a negative one, or all of them zero.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact, Fraction(0))
    if whole <= 0 or min(exact) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    size = abs(total)
    ideal = [size * weight / whole for weight in exact]
    shares = [int(part) for part in ideal]
    order = sorted(range(len(exact)), key=lambda index: (shares[index] - ideal[index], index))
    for index in order[: size - sum(shares)]:
        shares[index] += 1
    return shares if total >= 0 else [-share for share in shares]


def percent(rate: Decimal) -> Fraction:
    """A rate such as ``Decimal("25.5")`` percent as an exact share of one."""
    return Fraction(rate) / 100


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency: ``Money(12345, "EUR")`` is 123.45 EUR.

    Raises:
        ValueError: an unknown currency, or two currencies in one sum or comparison.
        TypeError: an amount that is not a whole number.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError("amount must be a whole number of minor units")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, value: Decimal, currency: str) -> Money:
        """Money from major units: ``parse(Decimal("48.00"), "EUR")``.

        Raises:
            ValueError: more decimals than the currency has (nothing is rounded away in silence).
        """
        if not value.is_finite():
            raise ValueError("not an amount")
        exact = Fraction(value) * 10 ** exponent(currency)
        if exact.denominator != 1:
            raise ValueError(f"{currency} has {exponent(currency)} decimals")
        return cls(exact.numerator, currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """The sum of the parts; zero of ``currency`` when there are none."""
        zero = cls.zero(currency)
        return cls(sum(map(zero._same, parts)), currency)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Money:
        """The money that :meth:`as_json` wrote.

        Raises:
            ValueError: another shape.
        """
        amount, currency = data.get("amount"), data.get("currency")
        if type(amount) is not int or not isinstance(currency, str):
            raise ValueError("not money")
        return cls(amount, currency)

    def as_json(self) -> dict[str, int | str]:
        """The shape of the API: ``{"amount": 12345, "currency": "EUR"}``."""
        return {"amount": self.amount, "currency": self.currency}

    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the decimals of the currency."""
        digits = tuple(int(digit) for digit in str(abs(self.amount)))
        return Decimal((1 if self.amount < 0 else 0, digits, -exponent(self.currency)))

    def share(self, part: Fraction | Decimal | int) -> Money:
        """This amount times an exact factor, rounded once, half up."""
        return Money(round_half_up(self.amount * Fraction(part)), self.currency)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise ValueError(f"two currencies: {self.currency} and {other.currency}")
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.amount * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.decimal():f} {self.currency}"
