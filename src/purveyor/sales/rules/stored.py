"""The stored shape of what a quote promised: plain JSON, read back without loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.sales.types import LineWish, NextRenewal, PricingContext, QuoteLine
from purveyor.tax.decision import TaxLine

Json = dict[str, Any]


def explanations_json(why: Sequence[Explanation]) -> list[Json]:
    """Explanations as stored."""
    return [dict(one.as_json()) for one in why]


def explanations(data: Sequence[Mapping[str, object]]) -> tuple[Explanation, ...]:
    """The explanations that :func:`explanations_json` wrote."""
    return tuple(Explanation.from_json(one) for one in data)


def context_json(context: PricingContext) -> Json:
    """A pricing context as stored."""
    return {
        "actor_org": str(context.actor_org),
        "role": context.role,
        "tier": context.tier,
        "discount_percent": str(context.discount_percent),
        "price_list": context.price_list,
    }


def context(data: Json) -> PricingContext:
    """The context that :func:`context_json` wrote."""
    return PricingContext(
        actor_org=UUID(data["actor_org"]),
        role=data["role"],
        tier=data["tier"],
        discount_percent=Decimal(data["discount_percent"]),
        price_list=data["price_list"],
    )


def wish_json(wish: LineWish) -> Json:
    """A wish as stored, so that the same can be quoted again."""
    return {
        "type": wish.type,
        "quantity": wish.quantity,
        "offer": wish.offer,
        "subscription": None if wish.subscription_id is None else str(wish.subscription_id),
    }


def wish(data: Json) -> LineWish:
    """The wish that :func:`wish_json` wrote."""
    subscription = data["subscription"]
    return LineWish(
        type=data["type"],
        quantity=data["quantity"],
        offer=data["offer"],
        subscription_id=None if subscription is None else UUID(subscription),
    )


def line_json(line: QuoteLine) -> Json:
    """A quote's line as stored."""
    return {
        "position": line.position,
        "type": line.type,
        "offer_id": str(line.offer_id),
        "offer_code": line.offer_code,
        "product": line.product,
        "plan": line.plan,
        "subscription_id": None if line.subscription_id is None else str(line.subscription_id),
        "quantity": line.quantity,
        "months": line.months,
        "term_months": line.term_months,
        "unit_price": line.unit_price.as_json(),
        "discount_percent": str(line.discount_percent),
        "net": line.net.as_json(),
        "explanation": explanations_json(line.explanation),
        "context": context_json(line.context),
        "list_term_price": line.list_term_price.as_json(),
        "period_start": line.period_start.isoformat(),
        "period_end": line.period_end.isoformat(),
    }


def line(data: Json) -> QuoteLine:
    """The line that :func:`line_json` wrote."""
    subscription = data["subscription_id"]
    return QuoteLine(
        position=data["position"],
        type=data["type"],
        offer_id=UUID(data["offer_id"]),
        offer_code=data["offer_code"],
        product=data["product"],
        plan=data["plan"],
        subscription_id=None if subscription is None else UUID(subscription),
        quantity=data["quantity"],
        months=data["months"],
        term_months=data["term_months"],
        unit_price=Money.from_json(data["unit_price"]),
        discount_percent=Decimal(data["discount_percent"]),
        net=Money.from_json(data["net"]),
        explanation=explanations(data["explanation"]),
        context=context(data["context"]),
        list_term_price=Money.from_json(data["list_term_price"]),
        period_start=date.fromisoformat(data["period_start"]),
        period_end=date.fromisoformat(data["period_end"]),
    )


def tax_json(tax: TaxLine) -> Json:
    """A tax as stored."""
    return {
        "category": tax.category,
        "rate_percent": str(tax.rate_percent),
        "base": tax.base.as_json(),
        "amount": tax.amount.as_json(),
        "reason": dict(tax.reason.as_json()),
    }


def tax(data: Json) -> TaxLine:
    """The tax that :func:`tax_json` wrote."""
    return TaxLine(
        category=data["category"],
        rate_percent=Decimal(data["rate_percent"]),
        base=Money.from_json(data["base"]),
        amount=Money.from_json(data["amount"]),
        reason=Explanation.from_json(data["reason"]),
    )


def renewal_json(renewal: NextRenewal) -> Json:
    """The outlook as stored."""
    return {
        "date": renewal.date.isoformat(),
        "net": None if renewal.net is None else renewal.net.as_json(),
        "explanation": explanations_json(renewal.explanation),
    }


def renewal(data: Json) -> NextRenewal:
    """The outlook that :func:`renewal_json` wrote."""
    net = data["net"]
    return NextRenewal(
        date=date.fromisoformat(data["date"]),
        net=None if net is None else Money.from_json(net),
        explanation=explanations(data["explanation"]),
    )
