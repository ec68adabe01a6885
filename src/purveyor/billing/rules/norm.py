"""Whether EN 16931 takes a document, told before it is issued: afterwards nothing can be corrected (rules.md c4).

These are the rules of the norm that a document of this house can break, by their official names; the others cannot be
broken by the way the e-invoice is written. Amounts must agree to the minor unit, where the official check lets one
whole unit of money pass: a document without a fault here has none there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol
from uuid import UUID

from purveyor.billing.types import PartySnapshot, PaymentDetails, TaxLine
from purveyor.kernel.money import Money, exponent, percent, round_half_up

_DECIMALS_MAX = 2
# In ISO 4217, and not yet in the norm's list.
_CURRENCIES_UNKNOWN = frozenset({"STN"})
_OUTSIDE_SCOPE, _REVERSED = "O", "AE"


@dataclass(frozen=True, slots=True)
class _Family:
    """How the rules of a category are named, and what they want of its rate."""

    name: str
    is_charged: bool = False
    may_be_zero: bool = True


_FAMILIES = {
    "S": _Family("S", is_charged=True, may_be_zero=False),
    "Z": _Family("Z"),
    "E": _Family("E"),
    "AE": _Family("AE"),
    "O": _Family("O"),
    "L": _Family("AF", is_charged=True, may_be_zero=False),
    "M": _Family("AG", is_charged=True),
}
# Prefixes that BR-CO-09 knows: the member states (Greece as EL), and those who share a state's VAT territory.
_MEMBERS = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "GB", "XI", "MC",
    }
)  # fmt: skip


class BilledLine(Protocol):
    """What the norm's rules read of a line."""

    @property
    def quantity(self) -> int: ...
    @property
    def net(self) -> Money: ...
    @property
    def period_start(self) -> date | None: ...
    @property
    def period_end(self) -> date | None: ...
    @property
    def tax(self) -> int: ...


class Billed(Protocol):
    """What the norm's rules read of a document, issued or not."""

    @property
    def seller(self) -> PartySnapshot: ...
    @property
    def buyer(self) -> PartySnapshot: ...
    @property
    def lines(self) -> Sequence[BilledLine]: ...
    @property
    def taxes(self) -> Sequence[TaxLine]: ...
    @property
    def payment(self) -> PaymentDetails | None: ...
    @property
    def net(self) -> Money: ...
    @property
    def vat(self) -> Money: ...
    @property
    def gross(self) -> Money: ...
    @property
    def answers_id(self) -> UUID | None: ...


def broken_rules(draft: Billed) -> tuple[str, ...]:
    """The names of the rules that an invoice or credit note over this draft would break; none: it is valid.

    Pure and fast: one walk over the lines. Sorted, each name once.
    """
    found = {*_parties(draft), *_amounts(draft), *_lines(draft), *_taxes(draft)}
    return tuple(sorted(found))


def is_vat_identifier(number: str, country: str) -> bool:
    """Whether a number can stand as VAT identifier: it begins with a member state's prefix, or its own country's
    (BR-CO-09)."""
    prefix = number[:2]
    return prefix in _MEMBERS or prefix == state_of(country)


def state_of(country: str) -> str:
    """The ISO 3166-1 code of a country; of the state, where it is an area such as ``ES-CN``."""
    state = country.split("-", maxsplit=1)[0].upper()
    return "GR" if state == "EL" else state


def _has_identifier(party: PartySnapshot) -> bool:
    return party.vat_number is not None and is_vat_identifier(party.vat_number, party.country)


def _parties(draft: Billed) -> Iterator[str]:
    if not draft.seller.name.strip():
        yield "BR-06"
    if not draft.buyer.name.strip():
        yield "BR-07"
    if not draft.seller.country:
        yield "BR-09"
    if not draft.buyer.country:
        yield "BR-11"
    if draft.payment is not None and not draft.payment.iban.strip():
        yield "BR-50"
        yield "BR-61"


def _amounts(draft: Billed) -> Iterator[str]:
    if exponent(draft.gross.currency) > _DECIMALS_MAX:
        yield "BR-DEC-14"
    if draft.gross.currency in _CURRENCIES_UNKNOWN:
        yield "BR-CL-04"
    own = draft.seller.currency
    if own and own != draft.gross.currency and draft.vat.amount:
        # The VAT stands in the seller's currency too (BT-6, BT-111).
        if exponent(own) > _DECIMALS_MAX:
            yield "BR-DEC-15"
        if own in _CURRENCIES_UNKNOWN:
            yield "BR-CL-05"
    if not draft.lines:
        yield "BR-16"
    if not draft.taxes:
        yield "BR-CO-18"
    if sum(line.net.amount for line in draft.lines) != draft.net.amount:
        yield "BR-CO-10"
    if sum(tax.amount.amount for tax in draft.taxes) != draft.vat.amount:
        yield "BR-CO-14"
    if draft.net.amount + draft.vat.amount != draft.gross.amount:
        yield "BR-CO-15"


def _lines(draft: Billed) -> Iterator[str]:
    for line in draft.lines:
        if line.net.amount < 0:
            yield "BR-27"
        start, end = line.period_start, line.period_end
        # The last day is the day before the end; a period without a day has none.
        if start is not None and end is not None and end <= start:
            yield "BR-30"
        if not 0 <= line.tax < len(draft.taxes):
            yield "BR-CO-04"


def _taxes(draft: Billed) -> Iterator[str]:
    seen: set[tuple[str, Decimal | None]] = set()
    categories = {tax.category for tax in draft.taxes}
    if _OUTSIDE_SCOPE in categories and len(categories) > 1:
        yield "BR-O-11"
        yield "BR-O-12"
    for place, tax in enumerate(draft.taxes):
        family = _FAMILIES.get(tax.category)
        if family is None:
            yield "BR-CL-17"
            continue
        # A rate that charges has one group and its lines, the other categories have one group each.
        one = (tax.category, tax.rate_percent if family.is_charged else None)
        once = f"BR-{family.name}-{'08' if family.is_charged else '01'}"
        if one in seen:
            yield once
        seen.add(one)
        its = [line.net.amount for line in draft.lines if line.tax == place]
        if not its:
            yield once
        if sum(its) != tax.base.amount:
            yield f"BR-{family.name}-08"
        # All credit notes of an invoice sum to it, so that one of them may be a minor unit beside its own rate.
        yield from _rate(tax, family, beside=0 if draft.answers_id is None else 1)
        yield from _numbers(draft, tax, family, outside=_OUTSIDE_SCOPE in categories)


def _rate(tax: TaxLine, family: _Family, *, beside: int) -> Iterator[str]:
    if family.is_charged:
        if tax.rate_percent < 0 or (tax.rate_percent == 0 and not family.may_be_zero):
            yield f"BR-{family.name}-05"
    else:
        if tax.rate_percent != 0 and tax.category != _OUTSIDE_SCOPE:
            yield f"BR-{family.name}-05"
        if tax.amount.amount != 0:
            yield f"BR-{family.name}-09"
    exact = round_half_up(Fraction(tax.base.amount) * percent(tax.rate_percent))
    if abs(exact - tax.amount.amount) > beside:
        yield "BR-CO-17"


def _numbers(draft: Billed, tax: TaxLine, family: _Family, *, outside: bool) -> Iterator[str]:
    """The seller must be known to a tax office where VAT is charged or named; the buyer where it is reversed. A
    document outside the scope of VAT bears no VAT identifier at all (BR-O-02)."""
    if tax.category == _OUTSIDE_SCOPE:
        return
    buyer_is_known = tax.category != _REVERSED or _has_identifier(draft.buyer)
    if outside or not _has_identifier(draft.seller) or not buyer_is_known:
        yield f"BR-{family.name}-02"
