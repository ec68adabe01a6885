"""Subscriptions and what is scheduled for their renewal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.seats import commands as seats
from purveyor.subscriptions import commands
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

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
    named = {"renewal_quantity", "renewal_offer"} & body.model_fields_set
    scheduled = {name: getattr(body, name) for name in named}
    changed = commands.set_renewal(
        actor=actor,
        now=request.call.now,
        subscription_id=path_id("sub", id, kind="subscription"),
        auto_renew=body.auto_renew,
        renewal_payment_method=body.renewal_payment_method,
        **scheduled,
    )
    return shapes.subscription(changed)


@router.delete(
    "/subscriptions/{id}/scheduled-change",
    response=documents.Subscription,
    summary="Cancel what is scheduled for its renewal",
)
@writing()
def cancel_scheduled_change(request: ApiRequest, id: str) -> Any:
    """It renews as it is then: same offer, same seats, and nobody goes. The way to pay stays as chosen."""
    actor = request.call.actor
    _reach.see(actor)
    changed = seats.cancel_scheduled_change(
        actor=actor, now=request.call.now, subscription_id=path_id("sub", id, kind="subscription")
    )
    return shapes.subscription(changed)


@router.post("/subscriptions/{id}/suspend", response=documents.Subscription, summary="Let it stand still")
@writing()
def suspend_subscription(request: ApiRequest, id: str, body: bodies.ReasonIn) -> Any:
    """The operator only. Members keep their seats and cannot use them; unless resumed, it ends with its term."""
    return _operate(request, id, commands.suspend_subscription, body.reason)


@router.post("/subscriptions/{id}/resume", response=documents.Subscription, summary="Let it go on")
@writing()
def resume_subscription(request: ApiRequest, id: str, body: bodies.ReasonIn) -> Any:
    """The operator only. The end of the term has not moved."""
    return _operate(request, id, commands.resume_subscription, body.reason)


@router.post("/subscriptions/{id}/end", response=documents.Subscription, summary="End it now")
@writing()
def end_subscription(request: ApiRequest, id: str, body: bodies.ReasonIn) -> Any:
    """The operator only. Its seats are free at once; nothing is paid back."""
    return _operate(request, id, commands.end_subscription, body.reason)


@router.post("/subscriptions/{id}/reactivate", response=documents.Subscription, summary="Undo its end")
@writing()
def reactivate_subscription(request: ApiRequest, id: str, body: bodies.ReasonIn) -> Any:
    """The operator only, while the term that was paid for is not over. Its seats are to be given again."""
    return _operate(request, id, commands.reactivate_subscription, body.reason)


def _operate(request: ApiRequest, id: str, command: Callable[..., Subscription], reason: str) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    # What it may not see does not exist; only of what is there it is told that this is not its to do.
    found = subscriptions.get_subscription(
        actor=actor, subscription_id=path_id("sub", id, kind="subscription")
    )
    changed = command(actor=actor, now=request.call.now, subscription_id=found.id, reason=reason)
    return shapes.subscription(changed)
