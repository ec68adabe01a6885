"""A draft of an invoice as JSON, and back: what a held invoice keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.billing.types import DocumentDraft, DraftLine, PartySnapshot, PaymentDetails, TaxLine
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money


def draft_json(draft: DocumentDraft) -> dict[str, Any]:
    """Everything the draft of an invoice says, as plain JSON."""
    return {
        "reseller_id": str(draft.reseller_id),
        "customer_id": str(draft.customer_id),
        "payer_id": str(draft.payer_id),
        "bill_to_id": str(draft.bill_to_id),
        "currency": draft.gross.currency,
        "seller": draft.seller.as_json(),
        "buyer": draft.buyer.as_json(),
        "lines": [_line_json(line) for line in draft.lines],
        "taxes": [_tax_json(tax) for tax in draft.taxes],
        "tax_decision": dict(draft.tax_decision),
        "net": draft.net.amount,
        "vat": draft.vat.amount,
        "gross": draft.gross.amount,
        "due_days": draft.due_days,
        "paid": None if draft.paid is None else draft.paid.amount,
        "order_id": _text(draft.order_id),
        "bill_to_may_read": draft.bill_to_may_read,
        "payment": None if draft.payment is None else asdict(draft.payment),
        "reseller_code": draft.reseller_code,
        "document_id": _text(draft.document_id),
    }


def draft_of(data: Mapping[str, Any]) -> DocumentDraft:
    """The draft that :func:`draft_json` wrote."""
    currency = data["currency"]
    return DocumentDraft(
        reseller_id=UUID(data["reseller_id"]),
        customer_id=UUID(data["customer_id"]),
        payer_id=UUID(data["payer_id"]),
        bill_to_id=UUID(data["bill_to_id"]),
        seller=PartySnapshot.from_json(data["seller"]),
        buyer=PartySnapshot.from_json(data["buyer"]),
        lines=tuple(_line(line, currency) for line in data["lines"]),
        taxes=tuple(_tax(tax, currency) for tax in data["taxes"]),
        tax_decision=data["tax_decision"],
        net=Money(data["net"], currency),
        vat=Money(data["vat"], currency),
        gross=Money(data["gross"], currency),
        due_days=data["due_days"],
        paid=None if data["paid"] is None else Money(data["paid"], currency),
        order_id=_id(data["order_id"]),
        bill_to_may_read=data["bill_to_may_read"],
        payment=None if data["payment"] is None else PaymentDetails(**data["payment"]),
        reseller_code=data["reseller_code"],
        document_id=_id(data["document_id"]),
    )


def _line_json(line: DraftLine) -> dict[str, Any]:
    return {
        "description": line.description.as_json(),
        "quantity": line.quantity,
        "months": line.months,
        "unit_price": line.unit_price.amount,
        "discount_percent": str(line.discount_percent),
        "net": line.net.amount,
        "explanation": [part.as_json() for part in line.explanation],
        "offer_id": _text(line.offer_id),
        "subscription_id": _text(line.subscription_id),
        "period_start": None if line.period_start is None else line.period_start.isoformat(),
        "period_end": None if line.period_end is None else line.period_end.isoformat(),
        "customer_id": _text(line.customer_id),
        "customer_name": line.customer_name,
        "tax": line.tax,
    }


def _line(data: Mapping[str, Any], currency: str) -> DraftLine:
    return DraftLine(
        description=Explanation.from_json(data["description"]),
        quantity=data["quantity"],
        months=data["months"],
        unit_price=Money(data["unit_price"], currency),
        discount_percent=Decimal(data["discount_percent"]),
        net=Money(data["net"], currency),
        explanation=tuple(Explanation.from_json(part) for part in data["explanation"]),
        offer_id=_id(data["offer_id"]),
        subscription_id=_id(data["subscription_id"]),
        period_start=_day(data["period_start"]),
        period_end=_day(data["period_end"]),
        customer_id=_id(data["customer_id"]),
        customer_name=data["customer_name"],
        tax=data["tax"],
    )


def _tax_json(tax: TaxLine) -> dict[str, Any]:
    return {
        "category": tax.category,
        "rate_percent": str(tax.rate_percent),
        "base": tax.base.amount,
        "amount": tax.amount.amount,
        "reason": tax.reason.as_json(),
    }


def _tax(data: Mapping[str, Any], currency: str) -> TaxLine:
    return TaxLine(
        data["category"],
        Decimal(data["rate_percent"]),
        Money(data["base"], currency),
        Money(data["amount"], currency),
        Explanation.from_json(data["reason"]),
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _id(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
