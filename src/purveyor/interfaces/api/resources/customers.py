"""Customers: open, find, correct."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources._reach import see
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.parties import commands
from purveyor.parties import queries as parties
from purveyor.parties.types import Address, CustomerInput, Organization

router = Router(tags=["customers"])


@router.get("/customers", response=documents.Listed[documents.Customer], summary="Customers, newest first")
@reading
def list_customers(request: ApiRequest, q: str = "", limit: Limit = 50, cursor: str | None = None) -> Any:
    actor = request.call.actor
    see(actor)
    key = read_cursor(cursor, parts=1)
    try:
        before = None if key is None else UUID(key[0])
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    rows = parties.list_newest_customers(actor=actor, q=q, before=before, limit=limit + 1)
    return answers.page(answers.cut(rows, limit, lambda row: write_cursor(str(row.id))), shapes.customer)


@router.post("/customers", response={201: documents.Customer}, summary="Open a customer")
@writing(201)
def create_customer(request: ApiRequest, body: bodies.CustomerIn) -> Any:
    actor, a = request.call.actor, body.address
    given = CustomerInput(
        name=body.name,
        country=body.country,
        email=body.email,
        language=body.language,
        address=Address(a.line1, a.city, a.postal_code, a.line2 or "", a.region or ""),
        vat_number=body.vat_number or "",
        bill_to=body.bill_to,
        currency=body.currency,
    )
    made = commands.create_customer(
        actor=actor, now=request.call.now, given=given, reseller_id=_reseller(actor, body.reseller)
    )
    return shapes.customer(made)


def _reseller(actor: Actor, text: str | None) -> UUID | None:
    if text is None:
        return None
    reseller_id = path_id("res", text, kind="reseller")
    if actor.scope != "operator" and reseller_id != actor.reseller_id:
        raise NotFound(kind="reseller", field="reseller")
    return reseller_id


@router.get("/customers/{id}", response=documents.Customer, summary="One customer")
@reading
def get_customer(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    see(actor)
    return shapes.customer(parties.get_customer(actor=actor, customer_id=path_id("cus", id, kind="customer")))


@router.patch("/customers/{id}", response=documents.Customer, summary="Correct a customer")
@writing()
def update_customer(request: ApiRequest, id: str, body: bodies.CustomerChange) -> Any:
    actor = request.call.actor
    see(actor)
    before = parties.get_customer(actor=actor, customer_id=path_id("cus", id, kind="customer"))
    if "may_pay_itself" in body.model_fields_set:
        commands.set_may_pay_itself(
            actor=actor.on(before.id),
            now=request.call.now,
            customer_id=before.id,
            allowed=body.may_pay_itself,
        )
    changed = commands.update_customer(
        actor=actor.on(before.id), now=request.call.now, customer_id=before.id, given=_merged(before, body)
    )
    return shapes.customer(changed)


def _merged(before: Organization, body: bodies.CustomerChange) -> CustomerInput:
    """The customer as it is, with what was sent put over it."""
    sent = body.model_fields_set
    address = before.address
    if body.address is not None:
        parts = {name: getattr(body.address, name) or "" for name in body.address.model_fields_set}
        address = replace(address, **parts)
    return CustomerInput(
        name=_kept("name", body.name, before.name, sent),
        country=_kept("country", body.country, before.country, sent),
        email=_kept("email", body.email, before.email, sent),
        language=_kept("language", body.language, before.language, sent),
        address=address,
        vat_number=(body.vat_number or "") if "vat_number" in sent else before.vat_number,
        bill_to=body.bill_to,
        currency=body.currency,
    )


def _kept(field: str, value: str | None, before: str, sent: set[str]) -> str:
    if field not in sent:
        return before
    if value is None:
        raise Invalid(field=field, reason="required")
    return value
