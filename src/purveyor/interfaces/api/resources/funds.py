"""Paying in, balances that are watched, and how much a reseller may owe."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.interfaces.api import funds as shapes
from purveyor.interfaces.api import funds_bodies as bodies
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.resources.balance import party_of
from purveyor.interfaces.api.resources.payments import money
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.payments import funds as queries
from purveyor.payments.commands import cards
from purveyor.payments.commands import funds as funds_commands
from purveyor.sales import credit

router = Router(tags=["balance"])


@router.post("/balance/top-ups", response={201: shapes.TopUp}, summary="Ask how to pay in")
@writing(201)
def ask_top_up(request: ApiRequest, body: bodies.TopUpIn) -> Any:
    """The own balance; the operator names whose. A transfer needs exactly this reference; by card the answer has the
    address of the page, unless a card is kept, which is then charged. It is no debt, and may be cancelled."""
    actor, now = request.call.actor, request.call.now
    party_id = party_of(actor, body.organization)
    made = funds_commands.ask_deposit(
        actor=actor,
        now=now,
        organization_id=party_id,
        amount=money(body.amount),
        method=body.payment_method,
    )
    if made.method == "card":
        cards.pay_by_card(actor=actor, now=now, payable_id=made.id)
    return shapes.top_up(made, parties.get_seller())


@router.get("/balance/top-ups", response=shapes.TopUps, summary="What was asked for and has not come in full")
@reading
def list_top_ups(request: ApiRequest, organization: str | None = None) -> Any:
    actor = request.call.actor
    rows = queries.list_open_deposits(actor=actor, party_id=party_of(actor, organization))
    seller = parties.get_seller()
    return {"data": [shapes.top_up(row, seller) for row in rows]}


@router.post(
    "/balance/top-ups/{id}/cancel", response=shapes.TopUp, summary="Take back a deposit that was asked for"
)
@writing()
def cancel_top_up(request: ApiRequest, id: str) -> Any:
    """What had come of it stays on the balance."""
    actor = request.call.actor
    _reach.see(actor, "documents")
    done = funds_commands.drop_deposit(
        actor=actor, now=request.call.now, payable_id=path_id("pbl", id, kind="deposit")
    )
    return shapes.top_up(done, parties.get_seller())


@router.get("/balance/settings", response=shapes.FundsList, summary="What is watched of the balance")
@reading
def get_settings(request: ApiRequest, organization: str | None = None) -> Any:
    actor = request.call.actor
    rows = queries.list_fund_settings(actor=actor, party_id=party_of(actor, organization))
    return {"data": [shapes.funds(row) for row in rows]}


@router.put("/balance/settings", response=shapes.Funds, summary="Watch the balance, and fill it up by itself")
@writing()
def put_settings(request: ApiRequest, body: bodies.FundsIn) -> Any:
    """Below the threshold its owner is warned once; with ``automatic`` it is filled up to the target, at most once a
    day: by the kept card, or by a deposit whose transfer is asked for by mail."""
    actor = request.call.actor
    party_id = party_of(actor, body.organization)
    return shapes.funds(
        funds_commands.set_funds(
            actor=actor,
            now=request.call.now,
            organization_id=party_id,
            currency=body.currency,
            threshold=body.threshold,
            target=body.target,
            automatic=body.automatic,
            method=body.payment_method,
        )
    )


@router.get("/resellers/{id}/credit", response=shapes.CreditList, summary="What a reseller owes and may owe")
@reading
def get_credit(request: ApiRequest, id: str) -> Any:
    """Its own, or for the operator any reseller's. Orders on account above the limit are held until there is room."""
    actor = request.call.actor
    _reach.see(actor, "documents")
    rows = credit.list_credits(actor=actor, reseller_id=_reseller(actor, id))
    return {"data": [shapes.credit(row) for row in rows]}


@router.put(
    "/resellers/{id}/credit", response=shapes.CreditList, summary="Set how much a reseller may owe (operator)"
)
@writing()
def put_credit(request: ApiRequest, id: str, body: bodies.CreditLimitIn) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    reseller_id = _reseller(actor, id)
    parties_commands.set_credit_limit(
        actor=actor, now=request.call.now, reseller_id=reseller_id, currency=body.currency, amount=body.amount
    )
    rows = credit.list_credits(actor=actor, reseller_id=reseller_id)
    return {"data": [shapes.credit(row) for row in rows]}


def _reseller(actor: Actor, text: str) -> UUID:
    found = parties.get_organization(actor=actor, organization_id=path_id("res", text, kind="reseller"))
    if found.kind != "reseller" or actor.scope == "customer":
        raise NotFound(kind="reseller")
    return found.id
