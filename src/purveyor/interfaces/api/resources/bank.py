"""Bank statements and the queue of their entries: the operator's desk."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router

from purveyor.interfaces.api import answers, documents, statements
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, taking_file, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import show
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require
from purveyor.payments import bank
from purveyor.payments import queries as payments
from purveyor.payments.commands import bank as acts

router = Router(tags=["bank"])
_TYPES = ("application/xml", "text/xml", "text/plain", "application/octet-stream")
_FILE = {
    "requestBody": {
        "required": True,
        "content": {name: {"schema": {"type": "string", "format": "binary"}} for name in _TYPES[:3]},
    }
}


@router.post(
    "/bank-statements",
    response=statements.ImportedStatement,
    summary="A bank statement as a file: CAMT.053 or MT940 (operator)",
    openapi_extra=_FILE,
)
@taking_file(*_TYPES)
@writing()
def import_statement(request: ApiRequest) -> Any:
    """Answers when the money is stored; orders follow within seconds: poll them or read the events.

    The same statement again changes nothing (``duplicate``). A file with several statements is taken whole: the
    first is answered, ``also`` names the others.
    """
    actor, now = request.call.actor, request.call.now
    require(actor, "operate")
    found = acts.import_statement(actor=actor, now=now, content=request.call.file, match=True)
    for one in found:
        if one.statement.undecided:
            acts.match_statement(actor=actor, now=now, statement_id=one.statement.id)
    also = [show("bst", one.statement.id) for one in found[1:]]
    return _whole(request, found[0].statement.id, duplicate=found[0].duplicate, also=also)


@router.get(
    "/bank-statements",
    response=documents.Listed[statements.BankStatement],
    summary="Bank statements, the last imported first (operator)",
)
@reading
def list_statements(request: ApiRequest, limit: Limit = 50, cursor: str | None = None) -> Any:
    actor = request.call.actor
    _reach.see(actor, "operate")
    rows = bank.list_statements(actor=actor, cursor=_reach.instant_cursor(cursor), limit=limit + 1)
    found = answers.cut(rows, limit, lambda row: write_cursor(row.imported_at.isoformat(), str(row.id)))
    return answers.page(found, statements.statement)


@router.get(
    "/bank-statements/{id}",
    response=statements.ImportedStatement,
    summary="A bank statement with its entries (operator)",
)
@reading
def get_statement(request: ApiRequest, id: str) -> Any:
    _reach.see(request.call.actor, "operate")
    return _whole(request, path_id("bst", id, kind="bank_statement"), duplicate=False, also=[])


@router.get(
    "/bank-entries",
    response=documents.Listed[statements.BankEntry],
    summary="Entries of all statements, the newest first (operator)",
)
@reading
def list_entries(
    request: ApiRequest,
    status: statements.EntryStatus | None = None,
    q: str = "",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    """``status=open`` is the queue of what waits for a person."""
    actor = request.call.actor
    _reach.see(actor, "operate")
    rows = bank.list_entries(
        actor=actor,
        statuses=(status,) if status else (),
        q=q,
        cursor=_reach.day_cursor(cursor),
        limit=limit + 1,
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.value_date.isoformat(), str(row.id)))
    return answers.page(found, statements.entry)


@router.post(
    "/bank-entries/{id}/match", response=statements.BankEntry, summary="Say what an entry is for (operator)"
)
@writing()
def match_entry(request: ApiRequest, id: str, body: statements.MatchIn) -> Any:
    """What is over goes to the payer's balance. Payables, invoices and orders of one payer, or an organization; or the
    refund whose payout came back."""
    actor = request.call.actor
    entry_id = _entry(request, id)
    found = acts.match_entry(
        actor=actor,
        now=request.call.now,
        entry_id=entry_id,
        payable_ids=[_payable(request, one) for one in body.payables or []],
        organization_id=None
        if body.organization is None
        else _reach.party_id(body.organization, field="organization"),
        refund_id=None if body.refund is None else path_id("ref", body.refund, kind="refund"),
    )
    return statements.entry(found)


@router.post(
    "/bank-entries/{id}/book", response=statements.BankEntry, summary="Book money of your own (operator)"
)
@writing()
def book_entry(request: ApiRequest, id: str, body: statements.BookIn) -> Any:
    """A charge of the bank, interest, or something else, in or out: into the operator's own books. ``unmatch`` takes it
    back by a reversing entry."""
    entry_id = _entry(request, id)
    found = acts.book_entry(
        actor=request.call.actor,
        now=request.call.now,
        entry_id=entry_id,
        account=body.account,
        text=body.text,
    )
    return statements.entry(found)


@router.post(
    "/bank-entries/{id}/unmatch", response=statements.BankEntry, summary="Take a match back (operator)"
)
@writing()
def unmatch_entry(request: ApiRequest, id: str) -> Any:
    """By a reversing entry of the ledger. Refused (``money_spent``) when its rest was spent meanwhile."""
    entry_id = _entry(request, id)
    return statements.entry(
        acts.unmatch_entry(actor=request.call.actor, now=request.call.now, entry_id=entry_id)
    )


@router.post(
    "/bank-entries/{id}/dismiss", response=statements.BankEntry, summary="Put an entry aside (operator)"
)
@writing()
def dismiss_entry(request: ApiRequest, id: str) -> Any:
    entry_id = _entry(request, id)
    return statements.entry(
        acts.dismiss_entry(actor=request.call.actor, now=request.call.now, entry_id=entry_id)
    )


@router.post(
    "/bank-entries/{id}/restore", response=statements.BankEntry, summary="Take an entry up again (operator)"
)
@writing()
def restore_entry(request: ApiRequest, id: str) -> Any:
    entry_id = _entry(request, id)
    return statements.entry(
        acts.restore_entry(actor=request.call.actor, now=request.call.now, entry_id=entry_id)
    )


def _whole(request: ApiRequest, statement_id: UUID, *, duplicate: bool, also: list[str]) -> Any:
    actor = request.call.actor
    row = bank.get_statement(actor=actor, statement_id=statement_id)
    entries = bank.list_entries(actor=actor, statement_id=statement_id, limit=None)
    return statements.imported(row, entries, duplicate=duplicate, also=also)


def _entry(request: ApiRequest, text: str) -> UUID:
    """The entry that is named. Nobody else may know of it. Raises NotFound."""
    _reach.see(request.call.actor, "operate")
    return path_id("ben", text, kind="bank_entry")


def _payable(request: ApiRequest, text: str) -> UUID:
    kinds: dict[str, Literal["invoice", "order"]] = {"inv": "invoice", "ord": "order"}
    prefix = text.partition("_")[0]
    if prefix not in kinds:
        return path_id("pbl", text, kind="payable")
    found = payments.find_payable_for(
        actor=request.call.actor,
        subject_kind=kinds[prefix],
        subject_id=path_id(prefix, text, kind=kinds[prefix]),
    )
    if found is None:
        raise NotFound(kind=kinds[prefix], field="payables")
    return found.id
