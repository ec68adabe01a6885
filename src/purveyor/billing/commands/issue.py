"""Issue a document: freeze what it says and give it the next number of its series."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from purveyor.billing.errors import ExchangeRateMissing
from purveyor.billing.events import CreditNoteIssued, InvoiceIssued, InvoicePaid, ProFormaIssued
from purveyor.billing.rules.status import number as number_of
from purveyor.billing.rules.status import status_of
from purveyor.billing.rules.totals import check_totals
from purveyor.billing.types import Document, DocumentDraft, DocumentLine, DraftLine, Exchange, Kind
from purveyor.infra import outbox, tx
from purveyor.infra.bulk import array
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id, new_id_texts
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.tax.exchange import find_rate

Series = Literal["", "PF", "CN"]

# One statement: the counter's row is locked, the number read, and document and lines stand, or nothing does.
# A document is never dated before the last of its series, though its transaction may have begun before midnight.
_ISSUE = """
WITH c AS (
  INSERT INTO billing_counter (reseller_id, series, year, last, issued_on)
  VALUES (%(reseller)s, %(series)s, %(year)s, 1, %(today)s)
  ON CONFLICT (reseller_id, series, year) DO UPDATE
    SET last = billing_counter.last + 1, issued_on = greatest(billing_counter.issued_on, excluded.issued_on)
  RETURNING last, issued_on
), d AS (
  INSERT INTO billing_document (id, kind, number, series, year, sequence, reseller_id, customer_id, payer_id,
    bill_to_id, order_id, issued_at, issued_on, due_on, currency, seller, buyer, taxes, tax_decision, payment,
    net, vat, gross, paid, status, bill_to_may_read, due_at, answers_id, reason, exchange)
  SELECT %(id)s, %(kind)s, %(prefix)s || lpad(c.last::text, greatest(6, length(c.last::text)), '0'), %(series)s,
    %(year)s, c.last, %(reseller)s, %(customer)s, %(payer)s, %(bill_to)s, %(order)s, %(now)s, c.issued_on,
    c.issued_on + %(due_days)s::int, %(currency)s, %(seller)s::jsonb, %(buyer)s::jsonb, %(taxes)s::jsonb,
    %(tax_decision)s::jsonb, %(payment)s::jsonb, %(net)s, %(vat)s, %(gross)s, %(paid)s, %(status)s,
    %(bill_to_may_read)s,
    CASE WHEN %(is_open)s THEN (c.issued_on + %(due_days)s::int + 1)::timestamp AT TIME ZONE %(zone)s END,
    %(answers)s, %(reason)s, %(exchange)s::jsonb
  FROM c RETURNING id, sequence, issued_on, due_on
), l AS (
  INSERT INTO billing_line (id, document_id, reseller_id, customer_id, payer_id, position, offer_id,
    subscription_id, description, quantity, months, unit_price, discount_percent, net, explanation,
    period_start, period_end, customer_name, tax, answers_id)
  SELECT r.id, d.id, %(reseller)s, r.customer_id, %(payer)s, r.position, r.offer_id, r.subscription_id,
    r.description, r.quantity, r.months, r.unit_price, r.discount_percent, r.net, r.explanation,
    r.period_start, r.period_end, r.customer_name, r.tax, r.answers_id
  FROM d, jsonb_to_recordset(%(lines)s::jsonb) AS r(id uuid, customer_id uuid,
    customer_name text, position int, offer_id uuid, subscription_id uuid,
    description jsonb, quantity int, months int, unit_price bigint, discount_percent numeric, net bigint,
    explanation jsonb, period_start date, period_end date, tax smallint, answers_id uuid)
)
SELECT sequence, issued_on, due_on FROM d
"""
_COPY = """
INSERT INTO billing_line (id, document_id, reseller_id, customer_id, payer_id, position, offer_id, subscription_id,
  description, quantity, months, unit_price, discount_percent, net, explanation, period_start, period_end,
  customer_name, tax)
SELECT r.id, %s, u.reseller_id, u.customer_id, %s, r.position, u.offer_id, u.subscription_id, u.description,
  u.quantity, u.months, u.unit_price, u.discount_percent, u.net, u.explanation, u.period_start, u.period_end,
  u.customer_name, r.tax
FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::smallint[]) AS r(source, id, position, tax)
JOIN billing_unbilled u ON u.id = r.source AND u.reseller_id = %s AND u.closed_at IS NULL
ORDER BY r.position
"""

# A reseller's code never changes (its documents carry it), so each process asks once.
_codes: dict[UUID, str] = {}


@command
def issue_invoice(*, actor: Actor, now: datetime, draft: DocumentDraft) -> Document:
    """Issue an invoice with the next number of the reseller's series, without gaps (rules.md c3).

    Call it last in its transaction: the counter's row stays locked until the commit, and a rollback gives
    the number back. ``draft.paid`` up to the gross settles it at once. Not safe to repeat: the caller
    guards its subject. One statement.

    Raises: ValueError when the draft does not add up. ExchangeRateMissing for another currency than the seller's
    without a rate of the day.
    Emits: invoice.issued, and invoice.paid when nothing is open.
    """
    document = _issue(now, draft, "invoice", "")
    _announce(InvoiceIssued, document, now)
    if document.status == "paid":
        _announce(InvoicePaid, document, now)
    return document


@command
def issue_pro_forma(*, actor: Actor, now: datetime, draft: DocumentDraft) -> Document:
    """Issue a pro-forma: it asks for money before there is an invoice, in a series of its own ("PF").

    Raises: ValueError when the draft does not add up.
    Emits: pro_forma.issued.
    """
    document = _issue(now, draft, "pro_forma", "PF")
    _announce(ProFormaIssued, document, now)
    return document


@command
def issue_credit_document(*, actor: Actor, now: datetime, draft: DocumentDraft) -> Document:
    """Issue a credit note, in a series of its own ("CN"): positive amounts, type 381 (rules.md c3).

    Only ``issue_credit_note`` calls it, which sees that no line is credited twice. ``draft.paid`` is what has
    reached the payer with it.

    Raises: ValueError when the draft does not add up.
    Emits: credit_note.issued.
    """
    document = _issue(now, draft, "credit_note", "CN")
    _announce(CreditNoteIssued, document, now)
    return document


def _issue(now: datetime, draft: DocumentDraft, kind: Kind, series: Series) -> Document:
    check_totals(draft)
    today = business_date(now)
    paid = draft.paid or Money.zero(draft.gross.currency)
    is_invoice = kind == "invoice"
    status = "issued" if kind == "pro_forma" else status_of(gross=draft.gross.amount, paid=paid.amount)
    document_id = draft.document_id or new_id()
    code = draft.reseller_code or _code(draft.reseller_id)
    lines = _lines(draft)
    draft = replace(draft, exchange=_exchange(draft, kind, today))
    values: dict[str, Any] = {
        "id": document_id,
        "kind": kind,
        "prefix": number_of(year=today.year, code=code, series=series, sequence=0)[:-6],
        "series": series,
        "year": today.year,
        "today": today,
        "reseller": draft.reseller_id,
        "customer": draft.customer_id,
        "payer": draft.payer_id,
        "bill_to": draft.bill_to_id,
        "order": draft.order_id,
        "now": now,
        "due_days": draft.due_days,
        "currency": draft.gross.currency,
        "seller": _json(draft.seller.as_json()),
        "buyer": _json(draft.buyer.as_json()),
        "taxes": _json([_tax_json(draft, index) for index in range(len(draft.taxes))]),
        "tax_decision": _json(dict(draft.tax_decision)),
        "exchange": None if draft.exchange is None else _json(draft.exchange.as_json()),
        "payment": None if draft.payment is None else _json(_payment_json(draft)),
        "net": draft.net.amount,
        "vat": draft.vat.amount,
        "gross": draft.gross.amount,
        "paid": paid.amount,
        "status": status,
        "bill_to_may_read": draft.bill_to_may_read,
        "is_open": is_invoice and status != "paid",
        "zone": settings.PURVEYOR_ZONE,
        "answers": draft.answers_id,
        "reason": draft.reason,
        "lines": _json([_line_json(line) for line, of in _pairs(lines, draft) if of.unbilled_id is None]),
    }
    with tx.widen(), connection.cursor() as cursor:
        cursor.execute(_ISSUE, values)
        sequence, issued_on, due_on = cursor.fetchone()
        _copy_lines(cursor, draft, document_id, lines)
    return _document(draft, document_id, kind, lines, values, sequence, issued_on, due_on)


def _pairs(lines: tuple[DocumentLine, ...], draft: DocumentDraft) -> Iterator[tuple[DocumentLine, DraftLine]]:
    return zip(lines, draft.lines, strict=True)


def _copy_lines(
    cursor: CursorWrapper, draft: DocumentDraft, document_id: UUID, lines: tuple[DocumentLine, ...]
) -> None:
    """The lines that stand on account as they are: one statement, whatever their number."""
    copied = [(line, of.unbilled_id) for line, of in _pairs(lines, draft) if of.unbilled_id is not None]
    if not copied:
        return
    cursor.execute(
        _COPY,
        [
            document_id,
            draft.payer_id,
            array(source for _, source in copied),
            array(line.id for line, _ in copied),
            array(line.position for line, _ in copied),
            array(line.tax for line, _ in copied),
            draft.reseller_id,
        ],
    )
    if cursor.rowcount != len(copied):
        raise ValueError(f"{len(copied)} lines on account, {cursor.rowcount} copied")


def _document(
    draft: DocumentDraft,
    document_id: UUID,
    kind: Kind,
    lines: tuple[DocumentLine, ...],
    values: Mapping[str, Any],
    sequence: int,
    issued_on: date,
    due_on: date,
) -> Document:
    return Document(
        id=document_id,
        kind=kind,
        number=f"{values['prefix']}{sequence:06d}",
        status=values["status"],
        issued_on=issued_on,
        due_on=due_on,
        reseller_id=draft.reseller_id,
        customer_id=draft.customer_id,
        payer_id=draft.payer_id,
        bill_to_id=draft.bill_to_id,
        order_id=draft.order_id,
        buyer_name=draft.buyer.name,
        net=draft.net,
        vat=draft.vat,
        gross=draft.gross,
        paid=Money(values["paid"], draft.gross.currency),
        seller=draft.seller,
        buyer=draft.buyer,
        lines=lines,
        taxes=draft.taxes,
        tax_decision=draft.tax_decision,
        payment=draft.payment,
        issued_at=values["now"],
        credited=Money.zero(draft.gross.currency),
        answers_id=draft.answers_id,
        reason=draft.reason,
        exchange=draft.exchange,
    )


def _exchange(draft: DocumentDraft, kind: Kind, today: date) -> Exchange | None:
    """What the document's VAT is in the seller's currency: an invoice's at the rate of its day. One statement more,
    for another currency alone."""
    own, currency = draft.seller.currency, draft.gross.currency
    if kind != "invoice" or not own or own == currency:
        return draft.exchange
    rate = find_rate(currency=currency, on=today, into=own)
    if rate is None:
        raise ExchangeRateMissing(currency=currency, into=own, on=today.isoformat())
    return Exchange.of(rate, draft.vat)


def _lines(draft: DocumentDraft) -> tuple[DocumentLine, ...]:
    ids = new_id_texts(len(draft.lines))
    return tuple(
        DocumentLine(
            id=UUID(id),
            position=position,
            description=line.description,
            quantity=line.quantity,
            months=line.months,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            net=line.net,
            explanation=line.explanation,
            offer_id=line.offer_id,
            subscription_id=line.subscription_id,
            period_start=line.period_start,
            period_end=line.period_end,
            customer_id=line.customer_id or draft.customer_id,
            customer_name=line.customer_name,
            tax=line.tax,
            answers_id=line.answers_id,
        )
        for position, (line, id) in enumerate(zip(draft.lines, ids, strict=True), start=1)
    )


def _line_json(line: DocumentLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "customer_id": line.customer_id,
        "customer_name": line.customer_name,
        "position": line.position,
        "offer_id": line.offer_id,
        "subscription_id": line.subscription_id,
        "description": line.description.as_json(),
        "quantity": line.quantity,
        "months": line.months,
        "unit_price": line.unit_price.amount,
        "discount_percent": line.discount_percent,
        "net": line.net.amount,
        "explanation": [part.as_json() for part in line.explanation],
        "period_start": line.period_start,
        "period_end": line.period_end,
        "tax": line.tax,
        "answers_id": line.answers_id,
    }


def _tax_json(draft: DocumentDraft, index: int) -> dict[str, Any]:
    tax = draft.taxes[index]
    return {
        "category": tax.category,
        "rate_percent": str(tax.rate_percent),
        "base": tax.base.amount,
        "amount": tax.amount.amount,
        "reason": tax.reason.as_json(),
    }


def _payment_json(draft: DocumentDraft) -> dict[str, str]:
    details = draft.payment
    if details is None:
        return {}
    return {
        "reference": details.reference,
        "iban": details.iban,
        "bic": details.bic,
        "bank_name": details.bank_name,
        "beneficiary": details.beneficiary,
    }


def _code(reseller_id: UUID) -> str:
    found = _codes.get(reseller_id)
    if found is None:
        found = parties.get_reseller_profile(reseller_id=reseller_id).code
        _codes[reseller_id] = found
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _announce(
    event: type[InvoiceIssued] | type[InvoicePaid] | type[ProFormaIssued] | type[CreditNoteIssued],
    document: Document,
    now: datetime,
) -> None:
    outbox.emit(
        event(
            document_id=str(document.id),
            number=document.number,
            customer_id=None if document.is_gathered else str(document.customer_id),
            payer_id=str(document.payer_id),
            order_id=None if document.order_id is None else str(document.order_id),
            gross=document.gross.amount,
            currency=document.gross.currency,
        ),
        now=now,
        subject_id=document.id,
        reseller_id=document.reseller_id,
        customer_id=None if document.is_gathered else document.customer_id,
        payer_id=document.payer_id,
    )
