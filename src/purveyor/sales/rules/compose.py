"""What a cart costs: from plain facts to lines, taxes, totals and the next renewal, each explained.

Preview and charge are this function: ``make_quote`` shows what it says, ``accept_quote`` calls it again and
charges only what is still the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from purveyor.catalog.pricing import PricedLine, price_line
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.kernel.period import add_months
from purveyor.sales.types import LineType, NextRenewal, PricingContext, QuoteLine
from purveyor.tax.decision import TaxDecision, TaxLine, compute_tax


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a line needs of its offer."""

    id: UUID
    code: str
    product: str
    plan: str
    term_months: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys: frozen on each line. ``tier`` is ``reseller`` or ``list``."""

    organization_id: UUID
    role: str
    tier: str


@dataclass(frozen=True, slots=True)
class RenewalFacts:
    """What a subscription will cost its payer when it renews, at today's prices.

    ``term_price`` is None where today's list has none; ``visible`` is False where the reader is not the payer
    and must not learn its discount. ``planned`` seats renew without this cart, and those it adds on top (a
    planned decrease keeps its size), but never fewer than are ``taken``. ``term_months`` is the next term's, which
    may be of another offer.
    """

    on: date
    auto_renew: bool
    planned: int
    taken: int
    term_price: Money | None
    discount_percent: Decimal
    term_months: int
    visible: bool = True


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line, ready to be priced.

    ``term_price`` is one seat for the whole term: today's for a new subscription, the running term's frozen
    one for a top-up. ``months`` are those to charge, ``remaining`` says why, for a top-up.
    """

    type: LineType
    offer: OfferFacts
    quantity: int
    term_price: Money
    term_months: int
    price_list: str
    discount_percent: Decimal
    months: int
    period_start: date
    period_end: date
    renewal: RenewalFacts
    subscription_id: UUID | None = None
    remaining: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """A cart with its price. ``fingerprint`` is of all that will be charged, and to whom."""

    lines: tuple[QuoteLine, ...]
    taxes: tuple[TaxLine, ...]
    net: Money
    vat: Money
    gross: Money
    next_renewal: NextRenewal
    fingerprint: str


def compose(
    *,
    facts: Sequence[LineFacts],
    currency: str,
    buyer: Buyer,
    payer_id: UUID,
    bill_to_id: UUID,
    decision: TaxDecision,
) -> Composed:
    """Price the lines, tax their sum, and say what the next renewal will cost.

    VAT is that of the document, rounded once (rules.md c3); all lines bear the one category that the
    bill-to party's place gives.

    Raises:
        ValueError: no lines, or amounts that :func:`price_line` refuses. Inputs for people are checked before.
    """
    if not facts:
        raise ValueError("a quote has at least one line")
    lines = tuple(_line(position, one, buyer) for position, one in enumerate(facts))
    net = Money.total((line.net for line in lines), currency)
    tax = compute_tax(net, decision)
    return Composed(
        lines=lines,
        taxes=(tax,),
        net=net,
        vat=tax.amount,
        gross=net + tax.amount,
        next_renewal=_next_renewal(facts, currency),
        fingerprint=_fingerprint(lines, tax, payer_id, bill_to_id, net + tax.amount),
    )


def _line(position: int, facts: LineFacts, buyer: Buyer) -> QuoteLine:
    priced = price_line(
        term_price=facts.term_price,
        term_months=facts.term_months,
        months=facts.months,
        quantity=facts.quantity,
        discount_percent=facts.discount_percent,
    )
    return QuoteLine(
        position=position,
        type=facts.type,
        offer_id=facts.offer.id,
        offer_code=facts.offer.code,
        product=facts.offer.product,
        plan=facts.offer.plan,
        subscription_id=facts.subscription_id,
        quantity=facts.quantity,
        months=facts.months,
        term_months=facts.term_months,
        unit_price=priced.unit_price,
        discount_percent=priced.discount_percent,
        net=priced.net,
        explanation=_explain(facts, priced),
        context=PricingContext(
            actor_org=buyer.organization_id,
            role=buyer.role,
            tier=buyer.tier,
            discount_percent=priced.discount_percent,
            price_list=facts.price_list,
        ),
        list_term_price=facts.term_price,
        period_start=facts.period_start,
        period_end=facts.period_end,
    )


def _explain(facts: LineFacts, priced: PricedLine) -> tuple[Explanation, ...]:
    why = () if facts.remaining is None else (facts.remaining,)
    return (*why, *priced.explanation)


def _next_renewal(facts: Sequence[LineFacts], currency: str) -> NextRenewal:
    """The earliest date, and the sum of all that renews on it, by the price function of the renewal itself."""
    first = min(one.renewal.on for one in facts)
    seats: dict[UUID | int, tuple[LineFacts, int]] = {}
    for position, one in enumerate(facts):
        if one.renewal.on != first:
            continue
        key = one.subscription_id or position
        before = seats[key][1] if key in seats else one.renewal.planned
        seats[key] = (one, before + one.quantity)
    net: Money | None = Money.zero(currency)
    explanation: list[Explanation] = []
    for one, quantity in seats.values():
        amount, why = _renewal_of(one, max(quantity, one.renewal.taken), currency)
        explanation.extend(why)
        net = None if net is None or amount is None else net + amount
    return NextRenewal(date=first, net=net, explanation=tuple(explanation))


def _renewal_of(
    facts: LineFacts, quantity: int, currency: str
) -> tuple[Money | None, tuple[Explanation, ...]]:
    renewal = facts.renewal
    on: dict[str, str | int] = {"on": renewal.on.isoformat()}
    if not renewal.auto_renew:
        return Money.zero(currency), (Explanation("renewal.off", on),)
    if not renewal.visible:
        return None, (Explanation("renewal.paid_by_reseller", on),)
    if renewal.term_price is None:
        return None, (Explanation("renewal.no_price", on),)
    priced = price_line(
        term_price=renewal.term_price,
        term_months=renewal.term_months,
        months=renewal.term_months,
        quantity=quantity,
        discount_percent=renewal.discount_percent,
    )
    return priced.net, priced.explanation


def new_term(on: date, term_months: int) -> tuple[date, date]:
    """The first term of a subscription that begins on ``on``: half-open, anchored on that day."""
    return on, add_months(on, term_months)


def _fingerprint(
    lines: Sequence[QuoteLine], tax: TaxLine, payer_id: UUID, bill_to_id: UUID, gross: Money
) -> str:
    """What is promised: everything charged and who owes it; not the renewal, which is an outlook only."""
    promised = {
        "lines": [
            [
                line.type,
                str(line.offer_id),
                str(line.subscription_id),
                line.quantity,
                line.months,
                line.unit_price.amount,
                f"{line.discount_percent.normalize():f}",
                line.net.amount,
            ]
            for line in lines
        ],
        "tax": [tax.category, f"{tax.rate_percent.normalize():f}", tax.amount.amount],
        "gross": [gross.amount, gross.currency],
        "payer": str(payer_id),
        "bill_to": str(bill_to_id),
    }
    return hashlib.sha256(json.dumps(promised, sort_keys=True).encode()).hexdigest()
