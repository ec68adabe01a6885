"""What an order's pro-forma and invoice say."""

from __future__ import annotations

from collections.abc import Sequence

from purveyor.billing.types import AccountLine, DocumentDraft, DraftLine, PartySnapshot, PaymentDetails
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.kernel.explanation import Explanation, Fact
from purveyor.kernel.money import Money
from purveyor.parties.trade import Trade
from purveyor.sales import models
from purveyor.sales.rules import stored


def draft(
    *,
    order: models.Order,
    lines: Sequence[models.OrderLine],
    trade: Trade,
    paid: Money | None = None,
    payment: PaymentDetails | None = None,
    due_days: int = 0,
) -> DocumentDraft:
    """The document of an order: its own money and tax decision, the parties as they are on this day."""
    currency = order.currency
    return DocumentDraft(
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
        bill_to_id=order.bill_to_id,
        seller=PartySnapshot.of(trade.seller.organization),
        buyer=PartySnapshot.of(trade.named(order.bill_to_id)),
        lines=tuple(_line(line, currency) for line in lines),
        taxes=tuple(_tax(data) for data in order.taxes),
        tax_decision=order.tax_record,
        net=Money(order.net, currency),
        vat=Money(order.vat, currency),
        gross=Money(order.gross, currency),
        due_days=due_days,
        paid=paid,
        order_id=order.id,
        bill_to_may_read=trade.profile.documents_to_bill_to,
        payment=payment,
        reseller_code=trade.profile.code,
    )


def account_line(order: models.Order, line: models.OrderLine, customer_name: str) -> AccountLine:
    """The line as it stands on account, to be billed for the month."""
    currency = order.currency
    return AccountLine(
        kind="add_seats" if line.type == "add_seats" else "new",
        customer_id=order.customer_id,
        customer_name=customer_name,
        subscription_id=line.subscription_id,
        offer_id=line.offer_id,
        description=_description(line),
        quantity=line.quantity,
        months=line.months,
        unit_price=Money(line.unit_price, currency),
        discount_percent=line.discount_percent,
        net=Money(line.net, currency),
        explanation=stored.explanations(line.explanation),
        period_start=line.period_start,
        period_end=line.period_end,
        order_id=order.id,
    )


def _description(line: models.OrderLine) -> Explanation:
    facts: dict[str, Fact] = {
        "product": line.product,
        "plan": line.plan,
        "offer": line.offer_code,
        "quantity": line.quantity,
        "months": line.months,
        "term_months": line.term_months,
        "from": line.period_start.isoformat(),
        "until": line.period_end.isoformat(),
    }
    return Explanation(f"line.{line.type}", facts)


def _line(line: models.OrderLine, currency: str) -> DraftLine:
    return DraftLine(
        description=_description(line),
        quantity=line.quantity,
        months=line.months,
        unit_price=Money(line.unit_price, currency),
        discount_percent=line.discount_percent,
        net=Money(line.net, currency),
        explanation=stored.explanations(line.explanation),
        offer_id=line.offer_id,
        subscription_id=line.subscription_id,
        period_start=line.period_start,
        period_end=line.period_end,
    )


def _tax(data: stored.Json) -> DocumentTax:
    return DocumentTax.of(stored.tax(data))
