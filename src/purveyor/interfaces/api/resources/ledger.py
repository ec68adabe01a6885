"""The books of a period: the operator's accountant."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.interfaces.api import answers, documents, funds
from purveyor.interfaces.api.door import ApiRequest, path_id, reading
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Day, Limit
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.ledger import reports
from purveyor.parties import queries as parties

router = Router(tags=["ledger"])


@router.get("/ledger/trial-balance", response=funds.TrialBalance, summary="Trial balance (operator)")
@reading
def trial_balance(
    request: ApiRequest, since: Day | None = None, until: Day | None = None, reseller: str | None = None
) -> Any:
    """Both days are included; without them it is the running month. Debit is above zero."""
    actor = request.call.actor
    _reach.see(actor, "operate")
    first, last = _reach.period(request, since, until)
    rows = reports.trial_balance(
        actor=actor, first=first, last=last, reseller_id=_reseller(request, reseller)
    )
    return funds.trial_balance(first, last, rows)


@router.get(
    "/ledger/journal",
    response=documents.Listed[funds.JournalEntry],
    summary="Entries of the books, oldest first (operator)",
)
@reading
def list_journal(
    request: ApiRequest,
    since: Day | None = None,
    until: Day | None = None,
    reseller: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    """Both days are included; without them it is the running month."""
    actor = request.call.actor
    _reach.see(actor, "operate")
    first, last = _reach.period(request, since, until)
    rows = reports.list_journal(
        actor=actor,
        first=first,
        last=last,
        reseller_id=_reseller(request, reseller),
        cursor=_cursor(cursor),
        limit=limit + 1,
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.booked_on.isoformat(), str(row.id)))
    return answers.page(found, funds.journal_entry)


def _reseller(request: ApiRequest, text: str | None) -> UUID | None:
    if text is None:
        return None
    reseller_id = path_id("res", text, kind="reseller")
    found = parties.get_organization(actor=request.call.actor, organization_id=reseller_id)
    if found.kind != "reseller":
        raise NotFound(kind="reseller", field="reseller")
    return found.id


def _cursor(text: str | None) -> tuple[date, int] | None:
    key = read_cursor(text, parts=2)
    try:
        found = None if key is None else (date.fromisoformat(key[0]), int(key[1]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    if found is not None and not 0 <= found[1] < 2**63:
        raise Invalid(field="cursor", reason="not_a_cursor")
    return found
