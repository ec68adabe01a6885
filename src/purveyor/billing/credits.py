"""Reads of corrections: which credit notes answer which invoices, and what another one would come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q, Sum

from purveyor.billing.errors import CreditExceedsLine, DocumentNotCreditable
from purveyor.billing.models import Line
from purveyor.billing.queries import _LIST_FIELDS, _listed, _visible, get_document
from purveyor.billing.rules.credit import credit_lines, credit_taxes, left_of
from purveyor.billing.types import Document, DocumentRow
from purveyor.billing.types_credit import Corrections, CreditDraft
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.money import Money


def corrections_of(*, actor: Actor, documents: Collection[DocumentRow]) -> dict[UUID, Corrections]:
    """What each document answers and is answered by, as far as the actor may read it. One statement, two where
    something is credited."""
    invoices = {row.id for row in documents if row.kind == "invoice"}
    answered = {row.answers_id for row in documents if row.answers_id is not None}
    notes: dict[UUID, list[DocumentRow]] = {}
    originals: dict[UUID, DocumentRow] = {}
    wanted = Q(answers_id__in=invoices) | Q(id__in=answered)
    for row in _visible(actor).filter(wanted).only(*_LIST_FIELDS).order_by("issued_on", "sequence"):
        if row.answers_id in invoices and row.answers_id is not None:
            notes.setdefault(row.answers_id, []).append(DocumentRow(**_listed(row)))
        if row.id in answered:
            originals[row.id] = DocumentRow(**_listed(row))
    seats = _seats(actor, notes) if notes else {}
    return {
        row.id: Corrections(
            None if row.answers_id is None else originals.get(row.answers_id),
            tuple(notes.get(row.id, ())),
            seats.get(row.id, {}),
        )
        for row in documents
    }


def credited_seats(*, actor: Actor, invoice_id: UUID) -> dict[UUID, int]:
    """How many seats of each line of an invoice were credited, by the line's id; lines without are left out."""
    return _seats(actor, [invoice_id]).get(invoice_id, {})


def preview_credit(*, actor: Actor, invoice_id: UUID, wanted: Mapping[UUID, int]) -> CreditDraft:
    """What crediting so many seats of each line comes to, as the invoice stands now. Three statements.

    Raises: NotFound; DocumentNotCreditable; Invalid (``lines``, ``quantity``); CreditExceedsLine.
    """
    invoice = get_document(actor=actor, document_id=invoice_id)
    if invoice.kind != "invoice":
        raise DocumentNotCreditable(number=invoice.number, kind=invoice.kind)
    credited = credited_seats(actor=actor, invoice_id=invoice_id)
    _check_wanted(invoice, credited, wanted)
    lines = credit_lines(invoice.lines, credited, wanted)
    taxes = credit_taxes(invoice.lines, invoice.taxes, credited, lines)
    currency = invoice.gross.currency
    net = Money.total((line.net for line in lines), currency)
    vat = Money.total((tax.amount for tax in taxes), currency)
    return CreditDraft(invoice, lines, taxes, net, vat, settles=min(invoice.open, net + vat))


def _seats(actor: Actor, invoice_ids: Collection[UUID]) -> dict[UUID, dict[UUID, int]]:
    notes = _visible(actor).filter(answers_id__in=invoice_ids)
    rows = Line.objects.filter(document__in=notes).values("document__answers_id", "answers_id")
    found: dict[UUID, dict[UUID, int]] = {}
    for row in rows.annotate(seats=Sum("quantity")).order_by("document__answers_id", "answers_id"):
        invoice_id, line_id = row["document__answers_id"], row["answers_id"]
        if invoice_id is not None and line_id is not None:
            found.setdefault(invoice_id, {})[line_id] = int(row["seats"])
    return found


def _check_wanted(invoice: Document, credited: Mapping[UUID, int], wanted: Mapping[UUID, int]) -> None:
    if not wanted:
        raise Invalid(field="lines", reason="required")
    left = left_of(invoice.lines, credited)
    positions = {line.id: line.position for line in invoice.lines}
    for line_id, quantity in wanted.items():
        if line_id not in left:
            raise Invalid(field="lines", reason="unknown")
        if quantity < 1:
            raise Invalid(field="quantity", reason="too_small", min=1)
        if quantity > left[line_id]:
            raise CreditExceedsLine(
                field="quantity", line=positions[line_id], left=left[line_id], wanted=quantity
            )
