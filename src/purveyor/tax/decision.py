"""The one tax decision: which VAT a supply of licenses bears, and why (rules.md c1).

Licenses are services supplied electronically. The seller is the party that supplies, the buyer the party
named on the document (rules.md b2). Both come as plain facts; rates come as a table for the day of supply;
nothing is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from purveyor.kernel.errors import DomainError
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money, percent
from purveyor.tax.rules.territories import EU_MEMBERS, Territory, number_country, territory, under_one_law

NumberStatus = Literal["none", "valid", "invalid", "unknown"]
# EN 16931 (UNCL 5305): standard rate, reverse charge, outside the scope of VAT.
Category = Literal["S", "AE", "O"]
RateLookup = Mapping[str, Decimal]

_ZERO = Decimal(0)


class TaxUndecided(DomainError):
    """No rule gives an answer that may be charged.

    Facts: ``reason`` (``rate_missing`` or ``not_registered``) and ``country``.
    """

    code = "tax_undecided"


@dataclass(frozen=True, slots=True)
class TaxParty:
    """What the decision needs of a party: ISO country, postcode (for special areas), prefixed VAT number."""

    country: str
    postal_code: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """The outcome. ``rule`` is a stable code; ``reason`` has the same code with ``tax.`` before it, and the
    facts.

    ``rate_percent`` is 0 for AE and O. ``country_of_supply`` is two letters. ``exemption_code`` is a VATEX
    code or None for category S.
    """

    category: Category
    rate_percent: Decimal
    rule: str
    reason: Explanation
    exemption_code: str | None
    country_of_supply: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A tax decision with what it rests on. ``record`` is what a document keeps (``tax_decision``); ``waits`` says that
    nobody knows the buyer's number yet and that the seller holds the invoice until somebody does."""

    decision: TaxDecision
    record: dict[str, Any]
    waits: bool


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax of one category on the sum of its lines."""

    category: Category
    rate_percent: Decimal
    base: Money
    amount: Money
    reason: Explanation


def decide(
    *, seller: TaxParty, buyer: TaxParty, number_status: NumberStatus, rates: RateLookup, oss: bool
) -> TaxDecision:
    """Decide the VAT of a supply of licenses.

    ``number_status`` is the state of the buyer's number at this moment; ``rates`` the standard rates on
    the day of supply (``rates_data.rates_on``); ``oss`` whether the seller declares in the One Stop Shop.
    Without it the seller states that its cross-border sales to consumers stay below EUR 10,000 a year
    (art. 59c).

    The rules, in order; the first that fits decides:

    1. ``domestic``: seller and buyer in one territory (S, the rate there), whatever number the buyer
       shows.
    2. ``outside_scope`` and ``special_area``: the buyer is established outside the common VAT system, in
       a third country or an area such as the Canary Islands (O). Its address decides, even when it shows
       a number of a member state (art. 44, 59).
    3. ``domestic_number``: a buyer in another member state with a valid number of the seller's own
       country buys for its establishment here (S; Reg. 282/2011 art. 22).
    4. ``reverse_charge``: a valid number of another member state proves a taxable person (AE; art. 44,
       196, Reg. 282/2011 art. 18(1)). Where the number's state is not that of the address, the number
       tells which establishment buys (Reg. 282/2011 art. 22), so it gives the country of supply.
    5. Everybody else is a consumer (Reg. 282/2011 art. 18(2)): no number, an invalid one, one that could
       not be checked yet, or a Northern Irish one, which is for goods only. ``destination`` (S, the
       buyer's rate, art. 58) with OSS, else ``seller_rate`` (S, the seller's rate, art. 59c).

    An unknown number is charged as a consumer's until it is known; then the document is credited and
    issued anew.

    A seller outside the common system gets ``domestic`` at home, O elsewhere (``seller_outside_scope``
    for businesses in the Union), and no answer for consumers in the Union unless it declares in the One
    Stop Shop.

    Raises:
        TaxUndecided: ``rate_missing``: no rate for the country on that day; ``not_registered``: a seller
            outside the Union sells to a consumer inside without OSS.
    """
    here = territory(seller.country, seller.postal_code)
    there = territory(buyer.country, buyer.postal_code)
    facts: dict[str, str | int] = {
        "seller_country": here.code,
        "buyer_country": there.code,
        "number_status": number_status,
    }
    if under_one_law(here, there):
        return _standard("domestic", there, rates, facts)
    if not there.member_state:
        rule = "special_area" if there.is_special_area else "outside_scope"
        return _untaxed("O", rule, there.country, facts)
    number_state = number_country(buyer.vat_number) if number_status == "valid" else ""
    if number_state in EU_MEMBERS:
        facts["number_country"] = number_state
        if not here.member_state:
            return _untaxed("O", "seller_outside_scope", number_state, facts)
        if number_state == here.country:
            return _standard("domestic_number", here, rates, facts)
        return _untaxed("AE", "reverse_charge", number_state, facts)
    if oss:
        return _standard("destination", there, rates, facts)
    if not here.member_state:
        raise TaxUndecided(reason="not_registered", country=there.country)
    return _standard("seller_rate", here, rates, facts)


def compute_tax(net_total: Money, decision: TaxDecision) -> TaxLine:
    """The tax on the sum of the lines of one category, rounded once, half up (rules.md c3, BR-CO-17).

    Never sum the tax of single lines: 7 lines of 13.05 EUR at 22 % bear 20.10, not 7 x 2.87 = 20.09.
    """
    return TaxLine(
        category=decision.category,
        rate_percent=decision.rate_percent,
        base=net_total,
        amount=net_total.share(percent(decision.rate_percent)),
        reason=decision.reason,
    )


def _standard(rule: str, place: Territory, rates: RateLookup, facts: dict[str, str | int]) -> TaxDecision:
    rate = rates.get(place.rate_code)
    if rate is None and not place.is_special_area:
        # A region without a row of its own has the rate of its country.
        rate = rates.get(place.code)
    if rate is None:
        raise TaxUndecided(reason="rate_missing", country=place.code)
    shown = f"{rate.normalize():f}" if rate else "0"
    reason = Explanation(f"tax.{rule}", {**facts, "rate_percent": shown, "country": place.code})
    return TaxDecision("S", rate, rule, reason, None, place.country)


def _untaxed(
    category: Literal["AE", "O"], rule: str, country: str, facts: dict[str, str | int]
) -> TaxDecision:
    reason = Explanation(f"tax.{rule}", {**facts, "country": country})
    return TaxDecision(category, _ZERO, rule, reason, f"VATEX-EU-{category}", country)
