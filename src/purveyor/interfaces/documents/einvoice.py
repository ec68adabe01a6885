"""A document as EN 16931 sees it: business terms (BT-nn) and groups (BG-nn), from which both syntaxes are written.

Texts are in the language active now. Amounts are decimal texts of exact minor units; nothing is computed but the
price of one piece, which is the line's net over its quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from purveyor.billing.norm import broken_rules, is_vat_identifier, state_of
from purveyor.billing.types import Document, DocumentLine, PartySnapshot, TaxLine
from purveyor.interfaces.documents.endpoints import endpoint_of
from purveyor.interfaces.texts import explanations, lines, reasons
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money

Terms = dict[str, Any]

_TYPE_CODES = {"invoice": "380", "credit_note": "381"}
_PIECE = "C62"
_SEPA_TRANSFER, _TRANSFER = "58", "30"
# The reasons by which nothing is charged (VATEX code list); other categories bear none or a text alone.
_REASON_CODES = {"AE": "VATEX-EU-AE", "O": "VATEX-EU-O"}
# A category that charges says its rate instead of a reason (BR-S-10, BR-Z-10 and their like).
_WITHOUT_REASON = frozenset({"S", "Z", "L", "M"})
_OUTSIDE_SCOPE = "O"


@dataclass(frozen=True, slots=True)
class Preceding:
    """The invoice that a credit note answers."""

    number: str
    issued_on: date


def has_e_invoice(document: Document) -> bool:
    """Whether there is one: a document for the books, which breaks no rule of the norm."""
    return document.kind in _TYPE_CODES and not broken_rules(document)


def terms_of(document: Document, *, answers: Preceding | None = None) -> Terms:
    """The business terms of an invoice or credit note (rules.md c4), as it was on its day.

    What was paid later is not in it: a document says for ever what it said when it was issued.

    Raises: NotFound (``e_invoice``) where there is none (:func:`has_e_invoice`).
    """
    if not has_e_invoice(document):
        raise NotFound(kind="e_invoice")
    return written_terms(document, answers=answers)


def written_terms(document: Document, *, answers: Preceding | None = None) -> Terms:
    """The terms of any document, whether the norm takes it or not: its own check is measured by them."""
    outside = any(tax.category == _OUTSIDE_SCOPE for tax in document.taxes)
    starts = [line.period_start for line in document.lines if line.period_start is not None]
    lasts = [line.period_end - timedelta(days=1) for line in document.lines if line.period_end is not None]
    paid = paid_at_issue(document)
    terms: Terms = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": _TYPE_CODES[document.kind],
        "BT-5": document.gross.currency,
        **_own_currency(document),
        "BT-9": document.due_on,
        "BT-10": _buyer_reference(document),
        "BT-72": min(starts, default=document.issued_on),
        "BT-73": min(starts, default=None),
        "BT-74": max(lasts, default=None),
        "BG-3": None if answers is None else [{"BT-25": answers.number, "BT-26": answers.issued_on}],
        "BG-4": _party(document.seller, outside=outside, is_seller=True),
        "BG-7": _party(document.buyer, outside=outside, is_seller=False),
        "BT-106": _amount(document.net),
        "BT-109": _amount(document.net),
        "BT-110": _amount(document.vat),
        "BT-112": _amount(document.gross),
        "BT-113": _amount(paid),
        "BT-115": _amount(document.gross - paid),
        **_payment(document),
        "BG-23": [_tax(document, tax) for tax in document.taxes],
        "BG-25": [_line(document, line) for line in document.lines],
    }
    return {key: value for key, value in terms.items() if value is not None}


def paid_at_issue(document: Document) -> Money:
    """What had been received when it was issued: a document that asks for money says where to send it."""
    nothing = Money.zero(document.gross.currency)
    return nothing if document.kind == "credit_note" or document.payment is not None else document.gross


def seat_price(line: DocumentLine) -> Money | None:
    """The price of one seat after discount; None where the net is no whole multiple of it."""
    if line.net.amount % line.quantity:
        return None
    return Money(line.net.amount // line.quantity, line.net.currency)


def _own_currency(document: Document) -> Terms:
    """The VAT in the seller's currency, where there is any to declare (Dir. 2006/112 art. 230)."""
    exchange = document.exchange
    if exchange is None or document.vat.amount == 0:
        return {}
    return {"BT-6": exchange.vat.currency, "BT-111": _amount(exchange.vat)}


def _buyer_reference(document: Document) -> str:
    """How the seller knows the buyer: Peppol BIS 3 wants a reference on every invoice (PEPPOL-EN16931-R003)."""
    return show("res" if document.bill_to_id == document.reseller_id else "cus", document.bill_to_id)


def _party(party: PartySnapshot, *, outside: bool, is_seller: bool) -> Terms:
    address = party.address
    found: Terms = {
        "name": party.name,
        "country_code": state_of(party.country),
        "addr_l1": address.get("line1"),
        "addr_l2": address.get("line2"),
        "city": address.get("city"),
        "postcode": address.get("postal_code"),
        "country_subdivision": address.get("region"),
    }
    number = party.vat_number
    if number and is_vat_identifier(number, party.country) and not outside:
        found["vat_identifier"] = number
    elif number:
        # Outside the scope of VAT no VAT identifier may stand (BR-O-02), yet the seller must be known (BR-CO-26).
        found["identifiers"] = {None: number}
    elif is_seller:
        found["identifiers"] = {None: party.name}
    endpoint = endpoint_of(party)
    if endpoint is not None:
        found["einvoicing_addr"], found["einvoicing_addr_schemeid"] = endpoint
    return {key: value for key, value in found.items() if value}


def _payment(document: Document) -> Terms:
    details = document.payment
    if details is None or document.kind != "invoice":
        return {}
    in_euro = document.gross.currency == "EUR"
    return {
        "BT-81": _SEPA_TRANSFER if in_euro else _TRANSFER,
        "BT-83": details.reference or None,
        "BT-84": details.iban,
        "BT-85": details.beneficiary or document.seller.name,
        "BT-86": details.bic or None,
    }


def _tax(document: Document, tax: TaxLine) -> Terms:
    found: Terms = {
        "BT-116": _amount(tax.base),
        "BT-117": _amount(tax.amount),
        "BT-118": tax.category,
    }
    if tax.category != _OUTSIDE_SCOPE:
        found["BT-119"] = _plain(tax.rate_percent)
    if tax.category not in _WITHOUT_REASON:
        found["BT-120"] = reasons.tax_reason(tax.reason, document.tax_decision.get("evidence"))
        if tax.category in _REASON_CODES:
            found["BT-121"] = _REASON_CODES[tax.category]
    return found


def _line(document: Document, line: DocumentLine) -> Terms:
    tax = document.taxes[line.tax]
    how = explanations.explain_joined(line.explanation)
    found: Terms = {
        "BT-126": str(line.position),
        "BT-127-00": [{"BT-127": line.customer_name}] if line.customer_name else None,
        "BT-129": str(line.quantity),
        "BT-130": _PIECE,
        "BT-131": _amount(line.net),
        "BT-134": line.period_start,
        "BT-135": None if line.period_end is None else line.period_end - timedelta(days=1),
        **_price(line),
        "BT-151": tax.category,
        "BT-153": lines.describe_line(line.description),
        "BT-154": how or None,
        "BT-155": None if line.offer_id is None else show("off", line.offer_id),
    }
    if tax.category != _OUTSIDE_SCOPE:
        found["BT-152"] = _plain(tax.rate_percent)
    return {key: value for key, value in found.items() if value is not None}


def _price(line: DocumentLine) -> Terms:
    """Quantity times price is the net, to the cent (PEPPOL-EN16931-R120)."""
    seat = seat_price(line)
    if seat is None:
        return {"BT-146": _amount(line.net), "BT-149": str(line.quantity)}
    if line.unit_price <= seat:
        # The price of a whole term in a shorter one, or the least a seat costs: no discount to tell.
        return {"BT-146": _amount(seat)}
    return {
        "BT-146": _amount(seat),
        "BT-148": _amount(line.unit_price),
        "BT-147-00": [{"BT-147": _amount(line.unit_price - seat)}],
    }


def _amount(money: Money) -> str:
    return str(money.decimal())


def _plain(rate: Decimal) -> str:
    return f"{rate.normalize():f}" if rate else "0"
