"""Subscriptions and what is scheduled for their renewal."""

from __future__ import annotations

from typing import Any

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.subscriptions import commands
from purveyor.subscriptions import queries as subscriptions

router = Router(tags=["subscriptions"])


@router.get(
    "/subscriptions",
    response=documents.Listed[documents.Subscription],
    summary="Subscriptions, newest first",
)
@reading
def list_subscriptions(
    request: ApiRequest,
    customer: str | None = None,
    status: str | None = None,
    q: str = "",
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    customer_id = _reach.customer_filter(actor, customer)
    found = subscriptions.list_subscriptions(
        actor=actor, customer_id=customer_id, status=status, q=q, cursor=cursor, limit=limit
    )
    return answers.page(found, shapes.subscription)


@router.get("/subscriptions/{id}", response=documents.Subscription, summary="One subscription")
@reading
def get_subscription(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    return shapes.subscription(
        subscriptions.get_subscription(actor=actor, subscription_id=path_id("sub", id, kind="subscription"))
    )


@router.patch("/subscriptions/{id}", response=documents.Subscription, summary="Change its renewal")
@writing()
def set_renewal(request: ApiRequest, id: str, body: bodies.RenewalChange) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    quantity: dict[str, Any] = {}
    if "renewal_quantity" in body.model_fields_set:
        quantity["renewal_quantity"] = body.renewal_quantity
    changed = commands.set_renewal(
        actor=actor,
        now=request.call.now,
        subscription_id=path_id("sub", id, kind="subscription"),
        auto_renew=body.auto_renew,
        renewal_payment_method=body.renewal_payment_method,
        **quantity,
    )
    return shapes.subscription(changed)
