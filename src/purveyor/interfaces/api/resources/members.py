"""A customer's users."""

from __future__ import annotations

from typing import Any

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.parties import queries as parties
from purveyor.seats import commands
from purveyor.seats import queries as seats
from purveyor.seats.errors import InvitationNotOpen

router = Router(tags=["members"])


@router.get(
    "/customers/{id}/members",
    response=documents.Listed[documents.Member],
    summary="Members of a customer, newest first",
)
@reading
def list_members(
    request: ApiRequest,
    id: str,
    q: str = "",
    status: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    owner = parties.get_customer(actor=actor, customer_id=path_id("cus", id, kind="customer"))
    found = seats.list_members(
        actor=actor, customer_id=owner.id, q=q, status=status, sort="newest", cursor=cursor, limit=limit
    )
    return answers.page(found, shapes.member)


@router.post("/customers/{id}/members", response={201: documents.Member}, summary="Add a member")
@writing(201)
def add_member(request: ApiRequest, id: str, body: bodies.MemberIn) -> Any:
    """The answer is the same whether or not the address has an account: ``invited``."""
    actor = request.call.actor
    _reach.see(actor)
    owner = parties.get_customer(actor=actor, customer_id=path_id("cus", id, kind="customer"))
    made = commands.add_member(
        actor=actor.on(owner.id),
        now=request.call.now,
        customer_id=owner.id,
        email=body.email,
        name=body.name or "",
        language=body.language or "",
        role=body.role,
        confirm=body.confirm,
    )
    return shapes.member(made)


@router.patch("/members/{id}", response=documents.Member, summary="Correct a member")
@writing()
def update_member(request: ApiRequest, id: str, body: bodies.MemberChange) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    changed = commands.update_member(
        actor=actor,
        now=request.call.now,
        member_id=path_id("mem", id, kind="member"),
        email=body.email,
        name=body.name,
        language=body.language,
        role=body.role,
        confirm=body.confirm,
    )
    return shapes.member(changed)


@router.delete("/members/{id}", response={204: None}, summary="Remove a member; the seats are free at once")
@writing(204)
def remove_member(request: ApiRequest, id: str) -> None:
    actor = request.call.actor
    _reach.see(actor)
    commands.remove_member(actor=actor, now=request.call.now, member_id=path_id("mem", id, kind="member"))


@router.post("/members/{id}/invite", response=documents.Member, summary="Send the invitation again")
@writing()
def resend_invitation(request: ApiRequest, id: str) -> Any:
    """The old link is void at once. To withdraw an invitation, remove the member: its seats are free again."""
    actor = request.call.actor
    _reach.see(actor)
    found = seats.get_member(actor=actor, member_id=path_id("mem", id, kind="member"))
    if found.invitation_id is None:
        raise InvitationNotOpen(status=found.status)
    commands.resend_invitation(actor=actor, now=request.call.now, invitation_id=found.invitation_id)
    return shapes.member(found)
