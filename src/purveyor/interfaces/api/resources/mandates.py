"""Mandates: a payer lets what it owes be collected from its account by SEPA direct debit."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Router

from purveyor.interfaces.api import answers, documents
from purveyor.interfaces.api import mandate_shapes as shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.paging import write_cursor
from purveyor.payments import bank_files
from purveyor.payments.commands import bank as acts
from purveyor.payments.types_bank import Mandate

router = Router(tags=["bank"])


@router.get(
    "/mandates", response=documents.Listed[shapes.MandateOut], summary="Direct debit mandates, newest first"
)
@reading
def list_mandates(
    request: ApiRequest, status: shapes.Status = "valid", limit: Limit = 50, cursor: str | None = None
) -> Any:
    """A payer's own, or all for the operator. ``status=all`` shows revoked ones too."""
    actor = request.call.actor
    _reach.see(actor, "settings")
    rows = bank_files.list_mandates(
        actor=actor,
        only_valid=status == "valid",
        cursor=_reach.instant_cursor(cursor),
        limit=limit + 1,
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.entered_at.isoformat(), str(row.id)))
    return answers.page(found, _shown)


@router.get("/mandates/{id}", response=shapes.MandateOut, summary="One direct debit mandate")
@reading
def get_mandate(request: ApiRequest, id: str) -> Any:
    """Its payer's and the operator's to read, also when it is revoked."""
    actor = request.call.actor
    _reach.see(actor, "settings")
    return _shown(bank_files.get_mandate(actor=actor, mandate_id=path_id("man", id, kind="mandate")))


@router.post("/mandates", response={201: shapes.MandateOut}, summary="Enter a direct debit mandate")
@writing(201)
def enter_mandate(request: ApiRequest, body: shapes.MandateIn) -> Any:
    """The payer's own administrator, or the operator for it."""
    made = acts.enter_mandate(
        actor=request.call.actor,
        now=request.call.now,
        payer_id=_reach.party_id(body.payer, field="payer"),
        iban=body.iban,
        name=body.name,
        signed_on=date.fromisoformat(body.signed_on),
        reference=body.reference or "",
    )
    return _shown(made)


@router.post("/mandates/{id}/revoke", response=shapes.MandateOut, summary="Revoke a mandate")
@writing()
def revoke_mandate(request: ApiRequest, id: str) -> Any:
    """Nothing is collected by it any more; what the bank has already is."""
    _reach.see(request.call.actor, "settings")
    mandate_id = path_id("man", id, kind="mandate")
    return _shown(acts.revoke_mandate(actor=request.call.actor, now=request.call.now, mandate_id=mandate_id))


def _shown(row: Mandate) -> answers.Json:
    return shapes.mandate(row, bank_files.creditor_id())
