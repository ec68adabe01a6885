"""Orders: accepted quotes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.infra import tx
from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.sales import commands
from purveyor.sales import queries as sales
from purveyor.sales.errors import QuoteExpired, QuoteOutdated

router = Router(tags=["buying"])


@router.get("/orders", response=documents.Listed[documents.Order], summary="Orders, newest first")
@reading
def list_orders(
    request: ApiRequest,
    customer: str | None = None,
    status: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    customer_id = _reach.customer_filter(actor, customer)
    found = sales.list_orders(actor=actor, customer_id=customer_id, status=status, cursor=cursor, limit=limit)
    whole = sales.get_orders(actor=actor, ids=[row.id for row in found.rows])
    return answers.page(found, lambda row: shapes.order(whole[row.id]))


@router.post("/orders", response={201: documents.Order}, summary="Accept a quote")
@writing(201)
def accept_quote(request: ApiRequest, body: bodies.OrderIn) -> Any:
    """A quote that no longer holds is refused with ``quote_outdated`` or ``quote_expired``: nothing is charged,
    and ``facts.fresh_quote`` is the same wish at today's price, to look at and accept."""
    actor = request.call.actor
    _reach.see(actor)
    try:
        quote_id = path_id("quo", body.quote, kind="quote")
    except NotFound as error:
        raise NotFound(kind="quote", field="quote") from error
    try:
        made = commands.accept_quote(
            actor=actor, now=request.call.now, quote_id=quote_id, payment_method=body.payment_method
        )
    except (QuoteOutdated, QuoteExpired) as error:
        raise answers.RefusedThen(error, lambda: _fresh(actor, quote_id)) from error
    return shapes.order(made)


def _fresh(actor: Actor, quote_id: UUID) -> answers.Json:
    with tx.enter(actor) as now:
        return {"fresh_quote": commands.requote(actor=actor, now=now, quote_id=quote_id).id}


@router.get("/orders/{id}", response=documents.Order, summary="One order")
@reading
def get_order(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    return shapes.order(sales.get_order(actor=actor, order_id=path_id("ord", id, kind="order")))


@router.post("/orders/{id}/cancel", response=documents.Order, summary="Cancel an unpaid order")
@writing()
def cancel_order(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    order_id = path_id("ord", id, kind="order")
    return shapes.order(commands.cancel_order(actor=actor, now=request.call.now, order_id=order_id))
