"""Documents, for whoever pays and the operator."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Router

from purveyor.billing import queries as billing
from purveyor.billing.credits import corrections_of
from purveyor.billing.types import Document
from purveyor.interfaces.api import answers, documents, papers
from purveyor.interfaces.api.door import ApiRequest, path_id, reading
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.interfaces.documents import files, split
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.paging import write_cursor

router = Router(tags=["invoices"])
Kind = Literal["invoice", "credit_note", "pro_forma"]
Status = Literal["issued", "partially_paid", "paid", "overdue", "written_off", "cancelled"]


def _file(content_type: str) -> dict[str, Any]:
    """An answer that is a file, as the schema describes it."""
    shape = {"type": "string", "format": "binary"}
    return {"responses": {200: {"description": "The file", "content": {content_type: {"schema": shape}}}}}


def whole(actor: Actor, document: Document) -> answers.Json:
    """A document with what it answers and is answered by."""
    return papers.document(document, corrections_of(actor=actor, documents=[document])[document.id])


@router.get(
    "/invoices",
    response=documents.Listed[papers.Invoice],
    summary="Invoices and credit notes, newest first; pro-formas where they are asked for",
)
@reading
def list_invoices(
    request: ApiRequest,
    customer: str | None = None,
    kind: Kind | None = None,
    status: Status | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    rows = billing.list_documents(
        actor=actor,
        customer_id=_reach.customer_filter(actor, customer),
        kind=kind,
        for_the_books=kind is None,
        status=status,
        cursor=_reach.day_cursor(cursor),
        limit=limit + 1,
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.issued_on.isoformat(), str(row.id)))
    whole = billing.get_documents(actor=actor, ids=[row.id for row in found.rows])
    corrections = corrections_of(actor=actor, documents=whole.values())
    return answers.page(found, lambda row: papers.document(whole[row.id], corrections[row.id]))


@router.get("/invoices/{id}", response=papers.Invoice, summary="A whole document")
@reading
def get_invoice(request: ApiRequest, id: str) -> Any:
    return whole(request.call.actor, _found(request, id))


@router.get(
    "/invoices/{id}/pdf",
    summary="A document as PDF/A-3, its e-invoice (Factur-X) inside",
    openapi_extra=_file("application/pdf"),
)
@reading
def get_invoice_pdf(request: ApiRequest, id: str) -> Any:
    return _handed(files.pdf_of(actor=request.call.actor, document=_found(request, id)))


@router.get(
    "/invoices/{id}/xml",
    summary="The e-invoice of an invoice or credit note: CII, or UBL for Peppol",
    openapi_extra=_file("application/xml"),
)
@reading
def get_invoice_xml(request: ApiRequest, id: str, format: files.Syntax = "cii") -> Any:
    return _handed(files.xml_of(actor=request.call.actor, document=_found(request, id), syntax=format))


@router.get(
    "/invoices/{id}/lines.csv",
    summary="The lines of a document for a spreadsheet, each with its customer",
    openapi_extra=_file("text/csv"),
)
@reading
def get_invoice_lines(request: ApiRequest, id: str) -> Any:
    return _handed(split.csv_of(_found(request, id)))


def _found(request: ApiRequest, id: str) -> Document:
    actor = request.call.actor
    _reach.see(actor, "documents")
    prefix = "pfm" if id.startswith("pfm_") else "inv"
    found = billing.get_document(actor=actor, document_id=path_id(prefix, id, kind="document"))
    # One id has one spelling: a pro-forma is not found as an invoice, nor the other way round.
    if papers.document_id(found.kind, found.id) != id:
        raise NotFound(kind="document")
    return found


def _handed(file: files.File) -> HttpResponse:
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer
