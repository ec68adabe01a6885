"""Held invoices, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from typing import Any, Literal

from purveyor.billing.types_held import HeldInvoice, HoldReason
from purveyor.interfaces.api import papers, public
from purveyor.interfaces.api.answers import Json, instant, maybe_instant
from purveyor.interfaces.api.documents import Period, Tax
from purveyor.interfaces.api.shapes import money, tax
from purveyor.interfaces.api.types import Money, Shape
from purveyor.interfaces.texts import held as texts
from purveyor.kernel.ids import show

Reason = HoldReason


class HeldLine(Shape):
    """One line as the invoice would have it."""

    description: str
    offer: str | None
    subscription: str | None
    quantity: int
    months: int
    unit_price: Money
    discount_percent: int | float
    net: Money
    period: Period | None
    explanation: str
    customer: str | None
    customer_name: str | None


class HeldRow(Shape):
    """A supply that was made and is not invoiced yet.

    ``reason`` says what it waits for (``text`` in a sentence), ``rules`` which of EN 16931 it would break. ``paid``
    waits for it as an advance. ``due_at`` is when it is issued or looked at again however it stands, null where it
    waits for a person. Once it is issued it names the ``invoice``, which alone counts then. ``customer`` is null where
    it is for many.
    """

    id: str
    status: Literal["held", "released"]
    reason: HoldReason
    text: str
    rules: list[str]
    held_at: str
    due_at: str | None
    order: str | None
    subscription: str | None
    customer: str | None
    payer: str
    bill_to: str
    buyer_name: str
    net: Money
    vat: Money
    gross: Money
    paid: Money
    released_at: str | None
    invoice: str | None


class HeldInvoiceOut(HeldRow):
    """A held invoice with everything that it would say now. ``tax_decision`` is by which rule and evidence its VAT is
    decided; it is decided anew when it is looked at."""

    seller: papers.Party
    buyer: papers.Party
    lines: list[HeldLine]
    taxes: list[Tax]
    tax_decision: dict[str, Any]


def held_row(row: HeldInvoice) -> Json:
    """A held invoice as it is listed."""
    draft = row.draft
    customer_id = None if _is_gathered(row) else draft.customer_id
    order = row.subject_id if row.subject_kind == "order" else None
    subscription = row.subject_id if row.subject_kind == "renewal" else None
    return {
        "id": show("hld", row.id),
        "status": "held" if row.released_at is None else "released",
        "reason": row.why.reason,
        "text": texts.reason(row),
        "rules": list(row.why.rules),
        "held_at": instant(row.held_at),
        "due_at": maybe_instant(row.due_at),
        "order": public.shown("order", order),
        "subscription": public.shown("subscription", subscription),
        "customer": public.shown("customer", customer_id),
        "payer": public.party(draft.payer_id, customer_id=customer_id),
        "bill_to": public.party(draft.bill_to_id, customer_id=customer_id),
        "buyer_name": draft.buyer.name,
        "net": money(draft.net),
        "vat": money(draft.vat),
        "gross": money(draft.gross),
        "paid": money(row.paid),
        "released_at": maybe_instant(row.released_at),
        "invoice": public.shown("invoice", row.document_id),
    }


def held(row: HeldInvoice) -> Json:
    """A held invoice with its whole draft."""
    draft = row.draft
    return held_row(row) | {
        "seller": papers.party(draft.seller),
        "buyer": papers.party(draft.buyer),
        "lines": [papers.line_said(line, named=_is_gathered(row)) for line in draft.lines],
        "taxes": [tax(one, draft.tax_decision.get("evidence")) for one in draft.taxes],
        "tax_decision": dict(draft.tax_decision),
    }


def _is_gathered(row: HeldInvoice) -> bool:
    """A gathered invoice is its reseller's, and its lines name their customers."""
    return row.draft.customer_id == row.draft.reseller_id
