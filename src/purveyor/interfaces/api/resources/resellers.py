"""The operator's desk: resellers and their discounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ninja import Router

from purveyor.catalog import commands as catalog_commands
from purveyor.catalog import queries as catalog
from purveyor.infra.clock import business_date
from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.parties import commands
from purveyor.parties import queries as parties
from purveyor.parties.authority import require
from purveyor.parties.types import Address, CustomerInput, Organization

router = Router(tags=["resellers"])


@router.get("/resellers", response=documents.Listed[documents.Reseller], summary="Resellers, by name")
@reading
def list_resellers(request: ApiRequest) -> Any:
    """All of them for the operator; a reseller sees itself."""
    actor = request.call.actor
    _reach.see(actor)
    if actor.scope == "customer":
        raise NotFound()
    return answers.whole(parties.list_resellers(actor=actor), lambda row: shapes.reseller(*row))


@router.post("/resellers", response={201: documents.Reseller}, summary="Open a reseller (operator)")
@writing(201)
def create_reseller(request: ApiRequest, body: bodies.ResellerIn) -> Any:
    actor, a = request.call.actor, body.address
    given = CustomerInput(
        name=body.name,
        country=body.country,
        email=body.email,
        language=body.language,
        address=Address(a.line1, a.city, a.postal_code, a.line2 or "", a.region or ""),
        vat_number=body.vat_number or "",
        currency=body.currency,
    )
    made = commands.create_reseller(actor=actor, now=request.call.now, given=given, code=body.code)
    return shapes.reseller(made, parties.get_reseller_profile(reseller_id=made.id))


def _reseller(actor: Actor, text: str) -> Organization:
    """A reseller within reach. Raises NotFound."""
    _reach.see(actor, "documents")
    reseller_id = path_id("res", text, kind="reseller")
    found = parties.get_organization(actor=actor, organization_id=reseller_id)
    if found.kind != "reseller":
        raise NotFound(kind="reseller")
    return found


@router.get(
    "/resellers/{id}/discounts",
    response=documents.Listed[documents.Discount],
    summary="Its discounts, the general one first",
)
@reading
def list_discounts(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    found = _reseller(actor, id)
    return answers.whole(catalog.list_discounts(actor=actor, reseller_id=found.id), shapes.discount)


@router.post(
    "/resellers/{id}/discounts", response={201: documents.Discount}, summary="Set a discount (operator)"
)
@writing(201)
def set_discount(request: ApiRequest, id: str, body: bodies.DiscountIn) -> Any:
    """On one offer, or on all without their own; quotes and orders keep what they were made with."""
    actor, now = request.call.actor, request.call.now
    found = _reseller(actor, id)
    require(actor, "operate")
    offer = None if body.offer is None else catalog.get_offer(offer_ref=body.offer)
    made = catalog_commands.set_discount(
        actor=actor,
        now=now,
        reseller_id=found.id,
        percent=_percent(body.percent),
        offer_id=None if offer is None else offer.id,
        valid_from=business_date(now) if body.valid_from is None else date.fromisoformat(body.valid_from),
    )
    return shapes.discount(made)


def _percent(given: int | str) -> Decimal:
    # A pattern held the text to digits and a point.
    exact = Decimal(given)
    if exact > 100:
        raise Invalid(field="percent", reason="out_of_range", minimum=0, maximum=100)
    return exact
