"""Documents and refunds, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from purveyor.billing import types as billing
from purveyor.billing.types import Document, DocumentRow, PartySnapshot
from purveyor.billing.types_credit import Corrections
from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant, number
from purveyor.interfaces.api.documents import Address, Period, Tax
from purveyor.interfaces.api.shapes import _without_empty, money, tax, why
from purveyor.interfaces.api.types import Money, Shape
from purveyor.interfaces.documents.statement import text_of
from purveyor.interfaces.texts import lines
from purveyor.kernel import money as kernel
from purveyor.kernel.ids import show
from purveyor.parties.types import Organization
from purveyor.payments import statement as accounts
from purveyor.payments import types_refunds as refunds


class Party(Shape):
    """A party as it was on the day of the document."""

    name: str
    country: str
    vat_number: str | None = None
    address: Address


class DocumentLine(Shape):
    """One line of a document."""

    id: str
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
    credited_quantity: int
    answers: str | None


class DocumentPayment(Shape):
    """Where to pay."""

    reference: str
    iban: str
    bic: str | None = None


class DocumentRef(Shape):
    """Another document, by its number and day."""

    id: str
    number: str
    issued_on: str
    gross: Money


class Exchange(Shape):
    """Of a document in another currency than the seller's: ``rate`` units of the seller's for one of its own, and the
    VAT at that rate."""

    rate: str
    source: str
    on: str
    vat: Money


class Invoice(Shape):
    """A whole document, both parties as they were on its day. ``customer`` is null on a gathered invoice, whose
    lines name theirs.

    An invoice names its ``credit_notes`` and how many seats of each line they took back; ``credited`` is what they
    took off what was ``open``. A credit note names the invoice that it ``answers``, and line by line which of its
    lines; its amounts are positive, ``paid`` is what has reached the payer.
    """

    id: str
    number: str
    kind: Literal["invoice", "credit_note", "pro_forma"]
    status: Literal["issued", "partially_paid", "paid", "overdue", "written_off", "cancelled"]
    issued_on: str
    due_on: str
    customer: str | None
    payer: str
    bill_to: str
    order: str | None
    buyer_name: str
    net: Money
    vat: Money
    gross: Money
    paid: Money
    credited: Money
    open: Money
    answers: DocumentRef | None
    reason: str | None
    credit_notes: list[DocumentRef]
    seller: Party
    buyer: Party
    lines: list[DocumentLine]
    taxes: list[Tax]
    tax_decision: dict[str, Any]
    exchange: Exchange | None
    payment: DocumentPayment | None


class Refund(Shape):
    """Money of a credit note on its way back to its payer; one that failed went to the balance."""

    id: str
    customer: str | None
    payer: str
    invoice: str | None
    credit_note: str | None
    payment: str | None
    number: str
    method: Literal["balance", "bank_transfer", "card"]
    amount: Money
    status: Literal["pending", "sent", "done", "failed"]
    reference: str
    asked_at: str
    sent_at: str | None
    done_at: str | None


def document_id(kind: str, value: UUID) -> str:
    """``pfm_`` for a pro-forma, ``inv_`` for what is booked."""
    return show("pfm" if kind == "pro_forma" else "inv", value)


def document(row: Document, corrections: Corrections) -> Json:
    """A whole document, both parties as they were on its day. A gathered invoice is for no single customer."""
    customer_id = None if row.is_gathered else row.customer_id
    return {
        "id": document_id(row.kind, row.id),
        "number": row.number,
        "kind": row.kind,
        "status": row.status,
        "issued_on": day(row.issued_on),
        "due_on": day(row.due_on),
        "customer": public.shown("customer", customer_id),
        "payer": public.party(row.payer_id, customer_id=customer_id),
        "bill_to": public.party(row.bill_to_id, customer_id=customer_id),
        "order": public.shown("order", row.order_id),
        "buyer_name": row.buyer_name,
        "net": money(row.net),
        "vat": money(row.vat),
        "gross": money(row.gross),
        "paid": money(row.paid),
        "credited": money(row.credited or kernel.Money.zero(row.gross.currency)),
        "open": money(row.open),
        "answers": None if corrections.answers is None else _document_ref(corrections.answers),
        "reason": row.reason or None,
        "credit_notes": [_document_ref(one) for one in corrections.credit_notes],
        "seller": party(row.seller),
        "buyer": party(row.buyer),
        "lines": [
            _document_line(line, own=row.is_gathered, credited=corrections.seats.get(line.id, 0))
            for line in row.lines
        ],
        "taxes": [tax(line, row.tax_decision.get("evidence")) for line in row.taxes],
        "tax_decision": dict(row.tax_decision),
        "exchange": None if row.exchange is None else _exchange(row.exchange),
        "payment": None
        if row.payment is None
        else _without_empty(
            {"reference": row.payment.reference, "iban": row.payment.iban, "bic": row.payment.bic}
        ),
    }


def _exchange(row: billing.Exchange) -> Json:
    return {"rate": f"{row.rate:f}", "source": row.source, "on": day(row.on), "vat": money(row.vat)}


def party(row: PartySnapshot) -> Json:
    """A party as it stands on a document."""
    found: Json = {"name": row.name, "country": row.country}
    if row.vat_number:
        found["vat_number"] = row.vat_number
    return found | {"address": _without_empty(row.address)}


def _document_ref(row: DocumentRow) -> Json:
    return {
        "id": document_id(row.kind, row.id),
        "number": row.number,
        "issued_on": day(row.issued_on),
        "gross": money(row.gross),
    }


def _document_line(line: billing.DocumentLine, *, own: bool, credited: int) -> Json:
    return {
        "id": show("lin", line.id),
        **line_said(line, named=own),
        "credited_quantity": credited,
        "answers": None if line.answers_id is None else show("lin", line.answers_id),
    }


def line_said(line: billing.DocumentLine | billing.DraftLine, *, named: bool) -> Json:
    """What a line says, issued or not yet; ``named`` where it is one of several customers'."""
    return {
        "description": lines.describe_line(line.description),
        "offer": public.shown("offer", line.offer_id),
        "subscription": public.shown("subscription", line.subscription_id),
        "quantity": line.quantity,
        "months": line.months,
        "unit_price": money(line.unit_price),
        "discount_percent": number(line.discount_percent),
        "net": money(line.net),
        "period": _period(line.period_start, line.period_end),
        "explanation": why(line.explanation),
        "customer": public.shown("customer", line.customer_id) if named else None,
        "customer_name": line.customer_name if named else None,
    }


def _period(start: date | None, end: date | None) -> Json | None:
    return None if start is None or end is None else {"start": day(start), "end": day(end)}


def refund(row: refunds.Refund) -> Json:
    """Money on its way back to its payer."""
    return {
        "id": show("ref", row.id),
        "customer": public.shown("customer", row.customer_id),
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "invoice": public.shown("invoice", row.invoice_id),
        "credit_note": public.shown("credit_note", row.credit_note_id),
        "payment": public.shown("payment", row.payment_id),
        "number": row.number,
        "method": row.method,
        "amount": money(row.amount),
        "status": row.status,
        "reference": row.reference,
        "asked_at": instant(row.asked_at),
        "sent_at": maybe_instant(row.sent_at),
        "done_at": maybe_instant(row.done_at),
    }


class StatementLine(Shape):
    """One movement of what is owed: above zero the payer owes more."""

    on: str
    kind: Literal["invoice", "credit_note", "payment", "payment_withdrawn", "refund"]
    text: str
    document: str | None
    number: str | None
    method: str | None
    note: str | None
    amount: Money
    balance: Money


class StatementAccount(Shape):
    """The account in one currency. ``opening`` and all that moved sum to ``closing``."""

    currency: str
    opening: Money
    invoices: Money
    credit_notes: Money
    payments: Money
    refunds: Money
    closing: Money
    lines: list[StatementLine]


class Statement(Shape):
    """The statement of account of a payer, both days included; one account a currency."""

    payer: str
    since: str
    until: str
    accounts: list[StatementAccount]


def statement(payer: Organization, since: date, until: date, found: list[accounts.Statement]) -> Json:
    """The statement of account of a payer."""
    return {
        "payer": payer.public_id,
        "since": day(since),
        "until": day(until),
        "accounts": [_account(one) for one in found],
    }


def _account(one: accounts.Statement) -> Json:
    return {
        "currency": one.currency,
        "opening": money(one.opening),
        "invoices": money(one.sum_of("invoice")),
        "credit_notes": money(one.sum_of("credit_note")),
        "payments": money(one.sum_of("payment", "payment_withdrawn")),
        "refunds": money(one.sum_of("refund")),
        "closing": money(one.closing),
        "lines": [
            {
                "on": day(line.on),
                "kind": line.kind,
                "text": text_of(line),
                "document": None if line.document_id is None else show("inv", line.document_id),
                "number": line.number or None,
                "method": line.method or None,
                "note": line.note or None,
                "amount": money(line.amount),
                "balance": money(line.balance),
            }
            for line in one.lines
        ],
    }
