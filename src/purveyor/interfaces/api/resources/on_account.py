"""What a reseller gathers: its account, seats taken back before they are billed, and how it is billed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.billing import commands as billing_commands
from purveyor.billing import queries as billing
from purveyor.interfaces.api import account, account_shapes, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales

router = Router(tags=["on account"])


@router.get("/on-account", response=account.OnAccount, summary="What is gathered and not billed yet")
@reading
def get_on_account(request: ApiRequest, reseller: str | None = None, customer: str | None = None) -> Any:
    """A reseller's own; the operator's of all, or of the one it names. What customers buy themselves is never on
    account, so that they find nothing here."""
    actor = request.call.actor
    _reach.see(actor, "documents")
    customer_id = _reach.customer_filter(actor, customer)
    reseller_id = _whose(actor, reseller)
    if actor.scope == "customer":
        return {"accounts": [], "data": []}
    rows = billing.list_on_account(actor=actor, reseller_id=reseller_id, customer_id=customer_id)
    held = billing.list_accounts(actor=actor, reseller_id=reseller_id)
    return {
        "accounts": [account_shapes.account(one) for one in held],
        "data": [account_shapes.account_line(row) for row in rows],
    }


def _whose(actor: Actor, text: str | None) -> UUID | None:
    if text is not None:
        return _reseller(actor, path_id("res", text, kind="reseller")).id
    return actor.reseller_id


def _reseller(actor: Actor, reseller_id: UUID) -> Organization:
    found = parties.get_organization(actor=actor, organization_id=reseller_id)
    if found.kind != "reseller":
        raise NotFound(kind="reseller")
    return found


@router.post(
    "/subscriptions/{id}/take-back",
    response=account.TakenBack,
    summary="Take seats back before they are billed",
)
@writing()
def take_back(request: ApiRequest, id: str, body: bodies.TakeBackIn) -> Any:
    """Free seats that were added on account since the last gathered invoice, the newest first. Nothing is charged
    for them."""
    actor = request.call.actor
    _reach.see(actor)
    done = sales.take_back_seats(
        actor=actor,
        now=request.call.now,
        subscription_id=path_id("sub", id, kind="subscription"),
        quantity=body.quantity,
    )
    return account_shapes.taken_back(done)


@router.patch("/resellers/{id}", response=documents.Reseller, summary="Change how a reseller is billed")
@writing()
def change_reseller(request: ApiRequest, id: str, body: bodies.ResellerChange) -> Any:
    """What is on account already is billed at the end of the month, whatever changes."""
    actor, now = request.call.actor, request.call.now
    _reach.see(actor)
    found = _reseller(actor, path_id("res", id, kind="reseller"))
    before = parties.get_reseller_profile(reseller_id=found.id)
    given = body.model_fields_set
    if given & {"gathering_allowed", "gathered_due_days"}:
        parties_commands.set_gathering_terms(
            actor=actor,
            now=now,
            reseller_id=found.id,
            allowed=body.gathering_allowed if "gathering_allowed" in given else before.gathering_allowed,
            due_days=body.gathered_due_days if "gathered_due_days" in given else before.gathered_due_days,
        )
    for one in body.account_caps if "account_caps" in given else ():
        billing_commands.set_account_cap(
            actor=actor, now=now, reseller_id=found.id, currency=one.currency, cap=one.cap
        )
    if "billing_mode" in given:
        parties_commands.set_billing_mode(
            actor=actor, now=now, reseller_id=found.id, billing_mode=body.billing_mode
        )
    return shapes.reseller(found, parties.get_reseller_profile(reseller_id=found.id))
