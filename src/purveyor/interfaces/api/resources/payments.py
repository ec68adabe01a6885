"""Money received: the operator's desk."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.infra.clock import business_date
from purveyor.interfaces.api import answers, bodies, documents, shapes
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit, MoneyIn
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money, is_currency
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require
from purveyor.payments import commands
from purveyor.payments import queries as payments
from purveyor.renewals import queries as renewals

router = Router(tags=["payments"])


@router.get(
    "/payments", response=documents.Listed[documents.Payment], summary="Money that came, newest first"
)
@reading
def list_payments(
    request: ApiRequest, customer: str | None = None, limit: Limit = 50, cursor: str | None = None
) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    rows = payments.list_payments(
        actor=actor,
        customer_id=_reach.customer_filter(actor, customer),
        cursor=_reach.instant_cursor(cursor),
        limit=limit + 1,
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.recorded_at.isoformat(), str(row.id)))
    return answers.page(found, shapes.payment)


@router.post("/payments", response={201: documents.Payment}, summary="A bank transfer arrived (operator)")
@writing(201)
def record_payment(request: ApiRequest, body: bodies.PaymentIn) -> Any:
    """Answers when the money is stored; the order follows within seconds: poll it or read the events.

    The same amount, day and reference again are taken for a mistake, unless an ``Idempotency-Key`` of its
    own says that they are another transfer.
    """
    actor = request.call.actor
    require(actor, "operate")
    if [body.order, body.invoice, body.renewal].count(None) != 2:
        raise Invalid(field="order", reason="one_of", choices=["order", "invoice", "renewal"])
    made = commands.record_transfer(
        actor=actor,
        now=request.call.now,
        order_id=_named(body.order, "ord", "order"),
        invoice_id=_named(body.invoice, "inv", "invoice"),
        payable_id=_payable(request, _named(body.renewal, "ren", "renewal")),
        amount=money(body.amount),
        received_on=date.fromisoformat(body.received_on),
        reference=body.reference,
        is_another="HTTP_IDEMPOTENCY_KEY" in request.META,
    )
    return shapes.payment(made)


def _payable(request: ApiRequest, renewal_id: UUID | None) -> UUID | None:
    """What asks for a renewal's money. Raises NotFound where nothing does."""
    if renewal_id is None:
        return None
    on = business_date(request.call.now)
    found = renewals.find_renewals(actor=request.call.actor, ids=[renewal_id], on=on)
    if not found or found[0].payable_id is None:
        raise NotFound(kind="renewal", field="renewal")
    return found[0].payable_id


def _named(text: str | None, prefix: str, field: str) -> UUID | None:
    if text is None:
        return None
    try:
        return path_id(prefix, text, kind=field)
    except NotFound as error:
        raise NotFound(kind=field, field=field) from error


def money(given: MoneyIn) -> Money:
    """The amount that was sent. Raises Invalid for an unknown currency."""
    if not is_currency(given.currency):
        raise Invalid(field="amount.currency", reason="currency")
    return Money(given.amount, given.currency)
