"""Prepaid money."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, records, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.resources.payments import money
from purveyor.interfaces.api.types import Day, Limit
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.paging import write_cursor
from purveyor.ledger import queries as ledger
from purveyor.parties.authority import require
from purveyor.payments import commands

router = Router(tags=["balance"])


def _organization(text: str) -> UUID:
    try:
        return path_id("cus" if text.startswith("cus_") else "res", text, kind="organization")
    except NotFound as error:
        raise NotFound(kind="organization", field="organization") from error


def party_of(actor: Actor, text: str | None) -> UUID:
    """Whose balance: the key's own organization, or (operator) the one that is named."""
    _reach.see(actor, "documents")
    return actor.organization_id if text is None else _organization(text)


@router.get("/balance", response=records.Balance, summary="The prepaid balance")
@reading
def get_balance(request: ApiRequest, organization: str | None = None) -> Any:
    actor = request.call.actor
    return shapes.balance(ledger.get_balance(actor=actor, party_id=party_of(actor, organization)))


@router.get(
    "/balance/movements",
    response=documents.Listed[records.Movement],
    summary="Changes of the balance, newest first",
)
@reading
def list_movements(
    request: ApiRequest,
    organization: str | None = None,
    currency: str | None = None,
    kind: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    party_id = party_of(actor, organization)
    last = _reach.numbers_cursor(cursor, parts=1)
    rows = ledger.list_movements(
        actor=actor,
        party_id=party_id,
        currency=currency,
        kind=kind,
        since=None if since is None else date.fromisoformat(since),
        until=None if until is None else date.fromisoformat(until),
        cursor=None if last is None else last[0],
        limit=limit + 1,
    )
    return answers.page(answers.cut(rows, limit, lambda row: write_cursor(str(row.id))), shapes.movement)


@router.post("/balance/deposits", response={201: documents.Payment}, summary="Money paid in ahead (operator)")
@writing(201)
def deposit(request: ApiRequest, body: bodies.DepositIn) -> Any:
    """The same amount, day and reference again are taken for a mistake, unless an ``Idempotency-Key`` of
    its own says that they are another deposit."""
    actor = request.call.actor
    require(actor, "operate")
    made = commands.deposit(
        actor=actor,
        now=request.call.now,
        organization_id=_organization(body.organization),
        amount=money(body.amount),
        reference=body.reference,
        received_on=None if body.received_on is None else date.fromisoformat(body.received_on),
        is_another="HTTP_IDEMPOTENCY_KEY" in request.META,
    )
    return shapes.payment(made)
