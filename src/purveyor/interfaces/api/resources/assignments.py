"""Who sits in which seat."""

from __future__ import annotations

from typing import Any

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.seats import commands
from purveyor.seats import queries as seats
from purveyor.subscriptions import queries as subscriptions

router = Router(tags=["members"])


@router.get(
    "/subscriptions/{id}/assignments",
    response=documents.Listed[documents.Assignment],
    summary="Who holds its seats, newest first",
)
@reading
def list_assignments(
    request: ApiRequest,
    id: str,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    found = subscriptions.get_subscription(
        actor=actor, subscription_id=path_id("sub", id, kind="subscription")
    )
    rows = seats.list_assignments(actor=actor, subscription_id=found.id, cursor=cursor, limit=limit)
    return answers.page(rows, shapes.assignment)


@router.post(
    "/subscriptions/{id}/assignments", response={201: documents.Assignment}, summary="Give a seat to somebody"
)
@writing(201)
def assign_seat(request: ApiRequest, id: str, body: bodies.AssignmentIn) -> Any:
    """Somebody unknown is invited, and the seat is reserved until the invitation is accepted or over."""
    actor = request.call.actor
    _reach.see(actor)
    made = commands.assign_seat(
        actor=actor,
        now=request.call.now,
        subscription_id=path_id("sub", id, kind="subscription"),
        email=body.email,
        name=body.name or "",
        language=body.language or "",
    )
    return shapes.assignment(made)


@router.put(
    "/subscriptions/{id}/leavers",
    response=documents.Listed[documents.Assignment],
    summary="Say who goes at the end of the term",
)
@writing()
def plan_leavers(request: ApiRequest, id: str, body: bodies.LeaversIn) -> Any:
    """Exactly these assignments; an empty list keeps everybody. They keep their seats until the term ends."""
    actor = request.call.actor
    _reach.see(actor)
    leaving = commands.plan_leavers(
        actor=actor,
        now=request.call.now,
        subscription_id=path_id("sub", id, kind="subscription"),
        assignment_ids=[path_id("asg", one, kind="assignment") for one in body.assignments],
    )
    return answers.whole(leaving, shapes.assignment)


@router.delete("/assignments/{id}", response={204: None}, summary="Free a seat at once")
@writing(204)
def release_seat(request: ApiRequest, id: str) -> None:
    actor = request.call.actor
    _reach.see(actor)
    commands.release_seat(
        actor=actor, now=request.call.now, assignment_id=path_id("asg", id, kind="assignment")
    )


@router.post(
    "/assignments/{id}/replace", response={201: documents.Assignment}, summary="Give the seat to another"
)
@writing(201)
def replace_assignment(request: ApiRequest, id: str, body: bodies.ReplacementIn) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    made = commands.replace_assignment(
        actor=actor,
        now=request.call.now,
        assignment_id=path_id("asg", id, kind="assignment"),
        email=body.email,
        name=body.name or "",
        language=body.language or "",
    )
    return shapes.assignment(made)
