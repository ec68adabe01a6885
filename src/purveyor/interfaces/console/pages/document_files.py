"""The files of a document: its pages as PDF, its e-invoice as XML."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.billing import queries as billing
from purveyor.billing.types import Document
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.documents import files
from purveyor.kernel.errors import NotFound


@page("documents")
def pdf(desk: Desk, document_id: UUID) -> HttpResponse:
    """The document as PDF, its e-invoice inside."""
    return _handed(files.pdf_of(actor=desk.actor, document=_own(desk, document_id)))


@page("documents")
def xml(desk: Desk, document_id: UUID) -> HttpResponse:
    """The e-invoice alone: CII, or UBL by ``?format=ubl``."""
    return _xml(desk, _own(desk, document_id))


@page("documents", customer=True)
def customer_pdf(desk: Desk, document_id: UUID) -> HttpResponse:
    """The PDF, where one acts on the customer."""
    return _handed(files.pdf_of(actor=desk.actor, document=_customers(desk, document_id)))


@page("documents", customer=True)
def customer_xml(desk: Desk, document_id: UUID) -> HttpResponse:
    """The e-invoice, where one acts on the customer."""
    return _xml(desk, _customers(desk, document_id))


def _own(desk: Desk, document_id: UUID) -> Document:
    return billing.get_document(actor=desk.actor, document_id=document_id)


def _customers(desk: Desk, document_id: UUID) -> Document:
    found = _own(desk, document_id)
    if desk.customer is None or found.customer_id != desk.customer.id:
        raise NotFound(kind="document")
    return found


def _xml(desk: Desk, document: Document) -> HttpResponse:
    syntax: files.Syntax = "ubl" if desk.request.GET.get("format") == "ubl" else "cii"
    return _handed(files.xml_of(actor=desk.actor, document=document, syntax=syntax))


def _handed(file: files.File) -> HttpResponse:
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer
