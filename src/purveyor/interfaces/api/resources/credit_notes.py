"""Corrections: credit notes, and the money that goes back with them."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, papers
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.resources.invoices import whole
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require
from purveyor.payments import commands, refunds
from purveyor.payments.types_refunds import CreditLine

router = Router(tags=["credit notes"])
Status = Literal["pending", "sent", "done", "failed"]
Method = Literal["balance", "bank_transfer", "card"]


@router.post("/credit-notes", response={201: papers.Invoice}, summary="Credit lines of an invoice (operator)")
@writing(201)
def issue_credit_note(request: ApiRequest, body: bodies.CreditNoteIn) -> Any:
    """Answers an invoice by a credit note, over never more than what is left of each line, at its own rate, discount
    and price. What is open on the invoice is reduced first; the rest goes to the payer's balance, or with
    ``refund_to: "source"`` back the way it came.
    """
    actor = request.call.actor
    require(actor, "operate")
    made = commands.credit_invoice(
        actor=actor,
        now=request.call.now,
        invoice_id=path_id("inv", body.invoice, kind="invoice"),
        lines=[CreditLine(path_id("lin", one.line, kind="line"), one.quantity) for one in body.lines],
        refund_to=body.refund_to,
        reason=body.reason,
        end_seats=body.end_seats,
    )
    return whole(actor, made.document)


@router.get("/refunds", response=documents.Listed[papers.Refund], summary="Refunds, newest first")
@reading
def list_refunds(
    request: ApiRequest,
    status: Status | None = None,
    method: Method | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    rows = refunds.list_refunds(
        actor=actor, status=status, method=method, cursor=_reach.instant_cursor(cursor), limit=limit + 1
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.asked_at.isoformat(), str(row.id)))
    return answers.page(found, papers.refund)
