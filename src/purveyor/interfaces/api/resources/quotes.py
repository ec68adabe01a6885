"""Quotes: a price before anything happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.interfaces.api import bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources._reach import see
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.sales import commands
from purveyor.sales import queries as sales
from purveyor.sales.types import LineWish
from purveyor.subscriptions import queries as subscriptions

router = Router(tags=["buying"])


@router.post("/quotes", response={201: documents.Quote}, summary="What it would cost")
@writing(201)
def make_quote(request: ApiRequest, body: bodies.QuoteIn) -> Any:
    acting, customer_id = _acting_on(request.call.actor, body.customer)
    made = commands.make_quote(
        actor=acting, now=request.call.now, customer_id=customer_id, lines=list(_wishes(body.lines))
    )
    return shapes.quote(made)


def _acting_on(actor: Actor, text: str) -> tuple[Actor, UUID]:
    """The actor, acting on the customer that a body names. Raises NotFound."""
    see(actor)
    try:
        customer_id = path_id("cus", text, kind="customer")
        # A customer's own key is held to itself.
        return actor.on(customer_id), customer_id
    except (NotFound, ValueError) as error:
        raise NotFound(kind="customer", field="customer") from error


def _wishes(lines: Iterable[bodies.Line]) -> Iterable[LineWish]:
    for position, line in enumerate(lines):
        subscription_id = None
        if not isinstance(line, bodies.NewLine):
            try:
                subscription_id = path_id("sub", line.subscription, kind="subscription")
            except NotFound as error:
                raise NotFound(kind="subscription", field=f"lines.{position}.subscription") from error
        offer = None if isinstance(line, bodies.AddSeatsLine) else line.offer
        yield LineWish(type=line.type, quantity=line.quantity, offer=offer, subscription_id=subscription_id)


@router.post("/trials", response={201: documents.Subscription}, summary="Try an offer without paying")
@writing(201)
def start_trial(request: ApiRequest, body: bodies.TrialIn) -> Any:
    """For the offer's ``trial_days``, once per customer and product; then it is renewed or ends."""
    acting, customer_id = _acting_on(request.call.actor, body.customer)
    made = commands.start_trial(
        actor=acting, now=request.call.now, customer_id=customer_id, offer=body.offer, quantity=body.quantity
    )
    return shapes.subscription(
        subscriptions.get_subscription(actor=acting, subscription_id=made.subscription_id)
    )


@router.get("/quotes/{id}", response=documents.Quote, summary="One quote")
@reading
def get_quote(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    see(actor, "documents")
    return shapes.quote(
        sales.get_quote(actor=actor, now=request.call.now, quote_id=path_id("quo", id, kind="quote"))
    )
