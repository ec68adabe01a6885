"""What may be bought."""

from __future__ import annotations

from typing import Any

from ninja import Router

from purveyor.catalog import queries as catalog
from purveyor.infra.clock import business_date
from purveyor.interfaces.api import answers, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, reading
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.paging import Page, read_cursor, write_cursor
from purveyor.parties import queries as parties
from purveyor.parties.authority import may

router = Router(tags=["offers"])


@router.get("/offers", response=documents.Listed[documents.Offer], summary="What this key may buy")
@reading
def list_offers(
    request: ApiRequest, customer: str | None = None, limit: Limit = 200, cursor: str | None = None
) -> Any:
    """Prices are in the currency of the customer (without one: of the key's organization)."""
    actor = request.call.actor
    _reach.see(actor)
    if not may(actor, "buy"):
        return answers.whole((), shapes.offer)
    named = None if customer is None else _reach.customer(actor, customer)
    if named is None and actor.customer_id is not None:
        named = parties.get_customer(actor=actor, customer_id=actor.customer_id)
    own = named or parties.get_organization(actor=actor, organization_id=actor.organization_id)
    rows = catalog.list_offers(
        actor=actor, on=business_date(request.call.now), customer=named, currency=own.currency
    )
    key = read_cursor(cursor, parts=1)
    start = 0
    if key is not None:
        start = next((index for index, row in enumerate(rows, 1) if row.code == key[0]), len(rows))
    more = len(rows) > start + limit
    shown = rows[start : start + limit]
    return answers.page(Page(tuple(shown), write_cursor(shown[-1].code) if more else None), shapes.offer)
