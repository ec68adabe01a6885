"""Held invoices: what was supplied and cannot be invoiced yet, at the operator's desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.billing import held
from purveyor.interfaces.api import answers, documents
from purveyor.interfaces.api import held_shapes as shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.paging import write_cursor
from purveyor.payments import commands

router = Router(tags=["invoices"])


@router.get(
    "/held-invoices",
    response=documents.Listed[shapes.HeldRow],
    summary="Invoices that wait, oldest first (operator)",
)
@reading
def list_held_invoices(
    request: ApiRequest, reason: shapes.Reason | None = None, limit: Limit = 50, cursor: str | None = None
) -> Any:
    actor = request.call.actor
    _reach.see(actor, "operate")
    rows = held.list_held(actor=actor, reason=reason, after=_reach.instant_cursor(cursor), limit=limit + 1)
    found = answers.cut(rows, limit, lambda row: write_cursor(row.held_at.isoformat(), str(row.id)))
    return answers.page(found, shapes.held_row)


@router.get(
    "/held-invoices/{id}",
    response=shapes.HeldInvoiceOut,
    summary="One, with why it waits and how its VAT is decided (operator)",
)
@reading
def get_held_invoice(request: ApiRequest, id: str) -> Any:
    return shapes.held(held.get_held(actor=request.call.actor, held_id=_held(request, id)))


@router.post(
    "/held-invoices/{id}/retry", response=shapes.HeldInvoiceOut, summary="Look at it again now (operator)"
)
@writing()
def retry(request: ApiRequest, id: str) -> Any:
    """It is issued if nothing is in its way any more, and goes on waiting otherwise."""
    return _looked_at(request, id, waiting_is_over=False)


@router.post(
    "/held-invoices/{id}/release",
    response=shapes.HeldInvoiceOut,
    summary="Issue it now, with VAT where nobody knows (operator)",
)
@writing()
def release(request: ApiRequest, id: str) -> Any:
    """One that waits for an answer about a VAT number is issued with the VAT of a consumer. One that would break a
    rule, or has no exchange rate, is looked at again: it goes on waiting until that is mended."""
    return _looked_at(request, id, waiting_is_over=True)


def _looked_at(request: ApiRequest, text: str, *, waiting_is_over: bool) -> Any:
    actor, held_id = request.call.actor, _held(request, text)
    commands.release_held(actor=actor, now=request.call.now, held_id=held_id, waiting_is_over=waiting_is_over)
    return shapes.held(held.get_held(actor=actor, held_id=held_id))


def _held(request: ApiRequest, text: str) -> UUID:
    """The one that is named. Nobody else may know of it. Raises NotFound."""
    _reach.see(request.call.actor, "operate")
    return path_id("hld", text, kind="held_invoice")
