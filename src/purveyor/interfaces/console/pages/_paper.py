"""A document as a page that prints: both parties, the lines with their arithmetic, VAT, how to pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing.credits import corrections_of
from purveyor.billing.types import Document, DocumentLine, DocumentRow, PartySnapshot
from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.console.pages._card import panel
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.documents.einvoice import has_e_invoice
from purveyor.interfaces.texts import exchange, explanations, formats, labels, lines, reasons
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import read
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import bank_files, refunds
from purveyor.payments import queries as payments
from purveyor.payments.types import Payable, Payment
from purveyor.payments.types_bank import Mandate
from purveyor.payments.types_refunds import Refund

CLOSED = frozenset({"paid", "cancelled", "written_off"})


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the document says it."""

    name: str
    address: tuple[str, ...]
    vat_number: str
    email: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its arithmetic in words."""

    line: DocumentLine
    text: str
    how: str
    months: str


@dataclass(frozen=True, slots=True)
class Split:
    """The lines of one customer on a gathered invoice, with their sum."""

    name: str
    colour: str
    url: str
    lines: list[Line]
    net: Money


@dataclass(frozen=True, slots=True)
class Tax:
    """The VAT of one category with its reason."""

    label: str
    base: Money
    amount: Money
    reason: str


def url(desk: Desk, document_id: UUID) -> str:
    """The address of a document where the reader is now: of the customer acted on, or of all."""
    acting = desk.customer is not None and "/on/" in desk.request.path
    return desk.url("on_document" if acting else "document", document_id=document_id)


def file_url(desk: Desk, document: Document, kind: str) -> str:
    """The address of a document's file, ``pdf`` or ``xml``, where the reader is now."""
    acting = desk.customer is not None and "/on/" in desk.request.path
    return desk.url(f"on_document_{kind}" if acting else f"document_{kind}", document_id=document.id)


def find_party(desk: Desk, public_id: str) -> Organization | None:
    """The reseller or customer of a public id in the address; None where none is given.

    Raises: NotFound for one that does not exist.
    """
    if not public_id:
        return None
    try:
        found = read(public_id[:3] if public_id[:3] in ("res", "cus") else "res", public_id)
    except ValueError as error:
        raise NotFound(kind="organization") from error
    return parties.get_organization(actor=desk.actor, organization_id=found)


def show(desk: Desk, document: Document) -> HttpResponse:
    """The page of one document."""
    acting = "/on/" in desk.request.path
    evidence: dict[str, Any] = dict(document.tax_decision.get("evidence") or {})
    context = {
        "document": document,
        "card_panel": panel(desk, _payable(desk, document)) if document.kind == "invoice" else None,
        "kind": labels.document_kind(document.kind),
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "lines": [] if document.is_gathered else [_line(one) for one in document.lines],
        "split": _split(desk, document) if document.is_gathered else [],
        "split_url": desk.url("document_split", document_id=document.id) if document.is_gathered else "",
        "taxes": [
            Tax(
                _("VAT %(rate)s") % {"rate": formats.percent_text(one.rate_percent)},
                one.base,
                one.amount,
                reasons.tax_reason(one.reason, evidence),
            )
            for one in document.taxes
        ],
        "exchange": exchange.vat_text(document.exchange) if document.exchange and document.vat.amount else "",
        "evidence": _evidence(evidence),
        "closed": document.status in CLOSED,
        "collected": _collected(desk, document),
        "iban": formats.in_fours(document.payment.iban) if document.payment else "",
        "reference": formats.in_fours(document.payment.reference) if document.payment else "",
        "received": _received(desk, document),
        "back_url": desk.url("on_billing" if acting else "billing"),
        "order_url": _order_url(desk, document, acting),
        "receive_url": _receive_url(desk, document),
        **_corrections(desk, document),
        "pdf_url": file_url(desk, document, "pdf"),
        "xml_url": file_url(desk, document, "xml") if has_e_invoice(document) else "",
    }
    return desk.render("console/billing/document.html", context)


@dataclass(frozen=True, slots=True)
class Correction:
    """Another document that this one answers, or that answers it."""

    document: DocumentRow
    url: str


@dataclass(frozen=True, slots=True)
class Back:
    """Money of a credit note on its way back."""

    refund: Refund
    method: str


def _corrections(desk: Desk, document: Document) -> dict[str, Any]:
    """What a credit note answers and where its money went; the credit notes of an invoice."""
    found = corrections_of(actor=desk.actor, documents=[document])[document.id]
    back = []
    if document.kind == "credit_note":
        its = refunds.refunds_of(actor=desk.actor, credit_note_ids=[document.id])
        back = [Back(one, labels.payment_method(one.method)) for one in its.get(document.id, [])]
    left = any(one.quantity > found.seats.get(one.id, 0) for one in document.lines)
    may = desk.actor.scope == "operator" and document.kind == "invoice" and left
    answers = found.answers
    return {
        "answers": None if answers is None else Correction(answers, url(desk, answers.id)),
        "credit_notes": [Correction(one, url(desk, one.id)) for one in found.credit_notes],
        "back": back,
        "credit_url": desk.url("credit", document_id=document.id) if may else "",
    }


def _party(snapshot: PartySnapshot) -> Party:
    address = snapshot.address
    town = " ".join(part for part in (address.get("postal_code", ""), address.get("city", "")) if part)
    shown = (
        *(address.get(name, "") for name in ("line1", "line2")),
        town,
        address.get("region", ""),
        formats.country_text(snapshot.country),
    )
    return Party(
        snapshot.name,
        tuple(one for one in shown if one),
        snapshot.vat_number or "",
        snapshot.email or "",
    )


def _split(desk: Desk, document: Document) -> list[Split]:
    """By customer, in the order of the invoice."""
    currency = document.net.currency
    found = []
    for (customer_id, name), some in groupby(
        document.lines, key=lambda one: (one.customer_id, one.customer_name)
    ):
        its = list(some)
        found.append(
            Split(
                name,
                tint_of(customer_id),
                desk.url("on_overview", customer_id=customer_id),
                [_line(one) for one in its],
                Money.total((one.net for one in its), currency),
            )
        )
    return found


def _line(one: DocumentLine) -> Line:
    return Line(
        one,
        lines.describe_line(one.description),
        explanations.explain_joined(one.explanation),
        explanations.months_text(one.months),
    )


def _evidence(evidence: dict[str, Any]) -> list[tuple[str, str]]:
    """What the VAT was decided on, as names and values."""
    number = str(evidence.get("number") or "")
    if not number:
        return [(_("VAT number of the buyer"), _("None was given"))]
    source = str(evidence.get("source") or "")
    # What a check can mean is few words; anything newer is shown as it was stored.
    known = {
        "format only": _("Form and check digit only, not asked at VIES"),
        "not checked": _("Not checked"),
        "VIES": _("Asked at VIES, the tax administrations' service"),
    }
    shown = [
        (_("VAT number of the buyer"), number),
        (_("Result"), labels.status(str(evidence.get("status") or "unknown"))),
        (_("How it was checked"), known.get(source, source)),
    ]
    checked = str(evidence.get("checked_at") or "")
    if checked:
        shown.append((_("Checked on"), _day(checked)))
    if evidence.get("consultation"):
        shown.append((_("Consultation number"), str(evidence["consultation"])))
    matches = {
        "yes": _("It is the buyer's name"),
        "no": _("It is another name"),
        "not_disclosed": _("That state does not tell it"),
    }
    match = matches.get(str(evidence.get("name_match", "")))
    if match:
        shown.append((_("Name at VIES"), match))
    return shown


def _day(text: str) -> str:
    try:
        return formats.day_text(datetime.fromisoformat(text))
    except ValueError:
        return text


def _payable(desk: Desk, document: Document) -> Payable | None:
    return payments.find_payable_for(actor=desk.actor, subject_kind="invoice", subject_id=document.id) or (
        payments.find_payable_for(actor=desk.actor, subject_kind="order", subject_id=document.order_id)
        if document.order_id is not None
        else None
    )


def _collected(desk: Desk, document: Document) -> Mandate | None:
    """The mandate by which what is open is collected; None where its payer transfers it."""
    if document.kind != "invoice" or document.status in CLOSED:
        return None
    return bank_files.collected_by(actor=desk.actor, payable=_payable(desk, document))


def _received(desk: Desk, document: Document) -> list[tuple[Payment, str]]:
    """Payments towards the document or its order, each with its way of paying; none for who did not pay."""
    payable = _payable(desk, document)
    if payable is None:
        return []
    found = payments.list_payments(actor=desk.actor, payable_id=payable.id)
    return [(one, labels.payment_method(one.method)) for one in found]


def _order_url(desk: Desk, document: Document, acting: bool) -> str:
    if document.order_id is None:
        return ""
    own = desk.actor.scope == "operator" or document.payer_id in (
        desk.actor.reseller_id if desk.actor.scope == "reseller" else desk.actor.customer_id,
    )
    if not own:
        return ""
    return desk.url("on_order" if acting else "order", order_id=document.order_id)


def _receive_url(desk: Desk, document: Document) -> str:
    """Where the operator records money for it, while it is open."""
    if desk.actor.scope != "operator" or document.status in CLOSED or document.payment is None:
        return ""
    return f"{desk.url('money_receive')}?q={document.payment.reference}"
