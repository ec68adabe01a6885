"""Kept cards of the caller's own organization. Their numbers never come here: a person enters them elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.infra.clock import business_date
from purveyor.interfaces.api import answers, documents
from purveyor.interfaces.api import card_shapes as shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.kernel.errors import NotFound
from purveyor.payments import cards
from purveyor.payments.commands.cards import begin_keeping, remove_card, set_default_card
from purveyor.payments.types_cards import Card

router = Router(tags=["cards"])


@router.get("/cards", response=documents.Listed[shapes.KeptCard], summary="Kept cards, the default first")
@reading
def list_cards(request: ApiRequest) -> Any:
    """Those of the caller's own organization; the operator pays nothing and has none."""
    _reach.see(request.call.actor, "buy")
    own = _reach.own_payer(request.call.actor)
    today = business_date(request.call.now)
    rows = [] if own is None else cards.list_cards(actor=request.call.actor, payer_id=own)
    return answers.whole(rows, lambda row: shapes.card(row, today))


@router.post("/cards", response={201: shapes.Keeping}, summary="Begin to keep a card")
@writing(201)
def keep_card(request: ApiRequest) -> Any:
    """Nothing is kept before its holder has agreed at ``url``; then the card is in the list, and ``card.added`` is
    told. The first one is the default. Nothing is charged."""
    actor = request.call.actor
    _reach.see(actor, "buy")
    own = _reach.own_payer(actor)
    if own is None:
        raise NotFound(kind="organization")
    return {"url": begin_keeping(actor=actor, now=request.call.now, payer_id=own)}


@router.get("/cards/{id}", response=shapes.KeptCard, summary="One kept card")
@reading
def get_card(request: ApiRequest, id: str) -> Any:
    return shapes.card(_kept(request, id), business_date(request.call.now))


@router.post("/cards/{id}/default", response=shapes.KeptCard, summary="Let this card pay by itself")
@writing()
def make_default(request: ApiRequest, id: str) -> Any:
    """It is charged from now on where none is named: orders and renewals by card."""
    found = _kept(request, id)
    now = request.call.now
    changed = set_default_card(actor=request.call.actor, now=now, card_id=found.id)
    return shapes.card(changed, business_date(now))


@router.delete("/cards/{id}", response={204: None}, summary="Keep a card no longer")
@writing(204)
def forget_card(request: ApiRequest, id: str) -> None:
    """Neither we nor the provider. The newest other card is the default then; tries that were planned with this one
    are not made."""
    found = _kept(request, id)
    remove_card(actor=request.call.actor, now=request.call.now, card_id=found.id)


def _kept(request: ApiRequest, text: str) -> Card:
    """A card of the caller's own. Raises NotFound, also for one that is not kept any more."""
    actor = request.call.actor
    _reach.see(actor, "buy")
    card_id: UUID = path_id("crd", text, kind="card")
    found = cards.get_card(actor=actor, card_id=card_id)
    if found.removed_at is not None or found.payer_id != _reach.own_payer(actor):
        raise NotFound(kind="card")
    return found
