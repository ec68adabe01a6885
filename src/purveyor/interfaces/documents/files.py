"""The files of a document, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal

from django.utils import translation

from purveyor.billing.credits import corrections_of
from purveyor.billing.types import Document
from purveyor.interfaces.documents.einvoice import Preceding, has_e_invoice, terms_of
from purveyor.interfaces.documents.facturx_mark import mark_as_facturx
from purveyor.interfaces.documents.sheet import sheet_of
from purveyor.interfaces.documents.typesetting import set_pdf
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import queries as parties

Syntax = Literal["cii", "ubl"]


@dataclass(frozen=True, slots=True)
class File:
    """A file and how it is named and typed."""

    name: str
    content_type: str
    content: bytes


def pdf_of(*, actor: Actor, document: Document, answers: Preceding | None = None) -> File:
    """The document as PDF/A-3b in the buyer's language; an invoice or credit note has its e-invoice inside.

    ``answers`` is the invoice that a credit note corrects, looked up where it is not given. One or two statements,
    for the language.
    """
    answers = answers or preceding_of(actor=actor, document=document)
    return draw_pdf(document, language=language_of(actor=actor, document=document), answers=answers)


def draw_pdf(document: Document, *, language: str, answers: Preceding | None) -> File:
    """The same without asking the database: any process can do it."""
    with translation.override(language):
        sheet = sheet_of(document, answers=answers)
        xml = write_cii(terms_of(document, answers=answers)) if has_e_invoice(document) else b""
    pdf = set_pdf(sheet, at=_instant(document), xml=xml.decode())
    return File(f"{document.number}.pdf", "application/pdf", mark_as_facturx(pdf) if xml else pdf)


def xml_of(*, actor: Actor, document: Document, syntax: Syntax, answers: Preceding | None = None) -> File:
    """The e-invoice alone: CII as in the PDF, or UBL for Peppol BIS 3.

    Raises: NotFound (``e_invoice``) for a pro-forma, and for what EN 16931 would refuse.
    """
    answers = answers or preceding_of(actor=actor, document=document)
    with translation.override(language_of(actor=actor, document=document)):
        terms = terms_of(document, answers=answers)
    content = write_cii(terms) if syntax == "cii" else write_ubl(terms)
    return File(f"{document.number}-{syntax}.xml", "application/xml", content)


def preceding_of(*, actor: Actor, document: Document) -> Preceding | None:
    """The invoice that a credit note answers; None for anything else. One statement, for a credit note alone."""
    if document.answers_id is None:
        return None
    found = corrections_of(actor=actor, documents=[document])[document.id].answers
    return None if found is None else Preceding(found.number, found.issued_on)


def language_of(*, actor: Actor, document: Document) -> str:
    """The buyer's language; the payer's where the actor may not know the buyer; else the one active now."""
    for organization_id in (document.bill_to_id, document.payer_id):
        try:
            return parties.get_organization(actor=actor, organization_id=organization_id).language
        except NotFound:
            continue
    return translation.get_language() or "en"


def _instant(document: Document) -> datetime:
    return document.issued_at or datetime.combine(document.issued_on, time(), UTC)
