"""Renewals: what comes, what waits for money, and paying several at once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.infra.clock import business_date
from purveyor.interfaces.api import answers, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.renewal_shapes import PayRenewalsIn, RenewalRow, renewal
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Day, Limit
from purveyor.kernel.errors import NotFound
from purveyor.payments import queries as payments
from purveyor.renewals import queries as renewals
from purveyor.renewals.told import who_was_told
from purveyor.renewals.types import RenewalView
from purveyor.sales import commands

router = Router(tags=["renewals"])


@router.get(
    "/renewals", response=documents.Listed[RenewalRow], summary="Renewals to come and those under way, by day"
)
@reading
def list_renewals(
    request: ApiRequest,
    customer: str | None = None,
    status: str | None = None,
    kind: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    q: str = "",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    """``status`` may also be ``open``: pending, at risk or missed. ``since`` and ``until`` are due dates, included."""
    actor = request.call.actor
    _reach.see(actor)
    found = renewals.list_renewals(
        actor=actor,
        on=business_date(request.call.now),
        customer_id=_reach.customer_filter(actor, customer),
        status=status,
        kind=kind,
        since=None if since is None else date.fromisoformat(since),
        until=None if until is None else date.fromisoformat(until),
        q=q,
        cursor=cursor,
        limit=limit,
    )
    told = who_was_told(actor=actor, views=found.rows)
    return answers.page(found, lambda row: renewal(row, told=told.get(row.id, ())))


# Before the path with an id, which would take its name for one.
@router.post("/renewals/pay", response={201: documents.Order}, summary="Pay several renewals at once")
@writing(201)
def pay_renewals(request: ApiRequest, body: PayRenewalsIn) -> Any:
    """From the balance all are settled at once; by bank transfer the order has one reference for their sum, and what
    comes on their own references meanwhile goes to the balance. Cancelling the order asks for each again."""
    actor = request.call.actor
    _reach.see(actor)
    made = commands.pay_renewals(
        actor=actor,
        now=request.call.now,
        renewal_ids=[_id(one) for one in body.renewals],
        payment_method=body.payment_method,
    )
    return shapes.order(made)


@router.get("/renewals/{id}", response=RenewalRow, summary="One renewal, with how to pay it and who was told")
@reading
def get_renewal(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    found = renewals.get_renewal(
        actor=actor, renewal_id=path_id("ren", id, kind="renewal"), on=business_date(request.call.now)
    )
    payable = _payable(request, found)
    told = who_was_told(actor=actor, views=[found])
    instructions = None if payable is None else payments.find_instructions(payable)
    return renewal(found, instructions, told=told.get(found.id, ()))


def _payable(request: ApiRequest, found: RenewalView) -> Any:
    if found.payable_id is None or not found.is_open:
        return None
    rows = payments.find_payables_by_id(actor=request.call.actor, ids=[found.payable_id])
    return rows[0] if rows else None


def _id(text: str) -> UUID:
    try:
        return path_id("ren", text, kind="renewal")
    except NotFound as error:
        raise NotFound(kind="renewal", field="renewals") from error
