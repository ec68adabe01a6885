"""The statement of account: what a payer owed, what moved, what it owes."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from purveyor.interfaces.api import papers
from purveyor.interfaces.api.door import ApiRequest, path_id, reading
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Day
from purveyor.interfaces.documents import statement as files
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments.statement import get_statement

router = Router(tags=["statement"])


@router.get("/statement", response=papers.Statement, summary="The statement of account, also as CSV or PDF")
@reading
def read_statement(
    request: ApiRequest,
    since: Day | None = Query(None, alias="from"),  # noqa: B008  (ninja's own way to name it)
    until: Day | None = None,
    format: Literal["json", "csv", "pdf"] = "json",
    organization: str | None = None,
) -> Any:
    """Both days included; the running month where none is named. The operator names the payer by ``organization``;
    its own account is empty. The closing sum is what the books say that the payer owes."""
    actor, now = request.call.actor, request.call.now
    payer = _payer(actor, organization)
    first, last = _reach.period(request, since, until)
    found = get_statement(actor=actor, payer_id=payer.id, since=first, until=last, currency=payer.currency)
    if format == "json":
        return papers.statement(payer, first, last, found)
    file = (
        files.csv_of(payer, found)
        if format == "csv"
        else files.pdf_of(parties.get_seller().organization, payer, found, at=now)
    )
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def _payer(actor: Actor, text: str | None) -> Organization:
    """Whose account: the key's own organization, or (operator) the one that is named."""
    _reach.see(actor, "documents")
    found = parties.get_organization(
        actor=actor, organization_id=actor.organization_id if text is None else _named(text)
    )
    if actor.scope != "operator" and found.id != actor.organization_id:
        raise NotFound(kind="organization", field="organization")
    return found


def _named(text: str) -> UUID:
    try:
        return path_id("cus" if text.startswith("cus_") else "res", text, kind="organization")
    except NotFound as error:
        raise NotFound(kind="organization", field="organization") from error
