"""Files for the bank: payouts and direct debits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from purveyor.interfaces.api import answers, documents
from purveyor.interfaces.api import payment_files as shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require
from purveyor.payments import bank_files
from purveyor.payments.commands import bank as acts

router = Router(tags=["bank"])


@router.get(
    "/payment-files",
    response=documents.Listed[shapes.FileOut],
    summary="Files for the bank, newest first (operator)",
)
@reading
def list_files(request: ApiRequest, limit: Limit = 50, cursor: str | None = None) -> Any:
    actor = request.call.actor
    _reach.see(actor, "operate")
    rows = bank_files.list_files(actor=actor, cursor=_reach.instant_cursor(cursor), limit=limit + 1)
    found = answers.cut(rows, limit, lambda row: write_cursor(row.made_at.isoformat(), str(row.id)))
    return answers.page(found, shapes.file)


@router.post("/payment-files", response={201: shapes.FileOut}, summary="Make a file for the bank (operator)")
@writing(201)
def make_file(request: ApiRequest, body: shapes.FileIn) -> Any:
    """``pain.001``: every refund by transfer that waits. ``pain.008``: every invoice in euro that is due, of payers
    with a mandate. Nothing is ever in two files that are open."""
    actor, now = request.call.actor, request.call.now
    require(actor, "operate")
    make = acts.make_payouts if body.kind == "pain.001" else acts.make_collections
    return shapes.file(make(actor=actor, now=now))


@router.get("/payment-files/{id}/xml", summary="The file itself (operator)", response={200: None})
@reading
def file_content(request: ApiRequest, id: str) -> Any:
    found = bank_files.get_file(actor=request.call.actor, file_id=_file(request, id))
    response = HttpResponse(found.content.encode(), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{found.message_id}.xml"'
    return response


@router.post(
    "/payment-files/{id}/withdraw",
    response=shapes.FileOut,
    summary="Direct debits not carried out (operator)",
)
@writing()
def withdraw_file(request: ApiRequest, id: str) -> Any:
    """What is still open of it may go into another file."""
    file_id = _file(request, id)
    return shapes.file(acts.withdraw_file(actor=request.call.actor, now=request.call.now, file_id=file_id))


def _file(request: ApiRequest, text: str) -> UUID:
    """The file that is named. Nobody else may know of it. Raises NotFound."""
    _reach.see(request.call.actor, "operate")
    return path_id("pfl", text, kind="payment_file")
