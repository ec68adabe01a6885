"""Reads of sales, scoped to the actor. Row-level security is the second wall."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from purveyor.billing import queries as billing
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.paging import Page, capped, read_cursor, write_cursor
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.trade import gathers
from purveyor.sales import models
from purveyor.sales.rules import stored
from purveyor.sales.types import (
    DocumentRef,
    HandNeeded,
    OrderLineType,
    OrderLineView,
    OrderRow,
    OrderStatus,
    OrderView,
    PaymentDetails,
    PaymentMethod,
    QuoteView,
)
from purveyor.seats import queries as seats
from purveyor.subscriptions import queries as subscriptions

ENDING_DAYS = 30
ENDING_MAX = 200
WAITING = ("awaiting_payment", "on_hold")
_STATUSES = ("awaiting_payment", "on_hold", "provisioning", "completed", "cancelled")


def scoped_quotes(actor: Actor) -> QuerySet[models.Quote]:
    """Quotes within the actor's reach; the payer's alone (rules.md b2)."""
    return models.Quote.objects.filter(_scope(actor))


def scoped_orders(actor: Actor) -> QuerySet[models.Order]:
    """Orders within the actor's reach; the payer's alone (rules.md b2)."""
    return models.Order.objects.filter(_scope(actor))


def _scope(actor: Actor) -> Q:
    # Orders tell amounts: who may not see documents may not know that there are any.
    if not authority.may(actor, "documents"):
        raise NotFound(kind="order")
    if actor.scope == "customer":
        return Q(customer_id=actor.customer_id, payer_id=actor.customer_id)
    within = Q() if actor.customer_id is None else Q(customer_id=actor.customer_id)
    if actor.scope == "reseller":
        within &= Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id)
    return within


def get_quote(*, actor: Actor, now: datetime, quote_id: UUID) -> QuoteView:
    """A quote with its order, if it was accepted. Raises NotFound."""
    row = scoped_quotes(actor).select_related("order").filter(id=quote_id).first()
    if row is None:
        raise NotFound(kind="quote")
    return quote_view(row, now=now, order_id=row.order.id if hasattr(row, "order") else None)


def is_gathered(*, quote: QuoteView) -> bool:
    """Whether an order of the quote by bank transfer goes on account, as far as the operator's cap leaves room."""
    profile = parties.get_reseller_profile(reseller_id=quote.reseller_id)
    return gathers(profile=profile, payer_id=quote.payer_id, bill_to_id=quote.bill_to_id)


def quote_view(row: models.Quote, *, now: datetime, order_id: UUID | None = None) -> QuoteView:
    """The quote behind a row; past its time an open one reads as expired."""
    content = row.content
    expired = row.status == "open" and now >= row.expires_at
    return QuoteView(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        bill_to_id=row.bill_to_id,
        status="expired" if expired else "accepted" if row.status == "accepted" else "open",
        created_at=row.created_at,
        expires_at=row.expires_at,
        currency=row.currency,
        lines=tuple(stored.line(line) for line in content["lines"]),
        taxes=tuple(stored.tax(tax) for tax in content["taxes"]),
        net=Money(content["net"], row.currency),
        vat=Money(content["vat"], row.currency),
        gross=Money(row.gross, row.currency),
        next_renewal=stored.renewal(content["next_renewal"]),
        order_id=order_id,
    )


def get_order(*, actor: Actor, order_id: UUID) -> OrderView:
    """An order with its lines, documents and how to pay it. Raises NotFound."""
    row = scoped_orders(actor).filter(id=order_id).first()
    if row is None:
        raise NotFound(kind="order")
    return order_view(row, list(row.lines.order_by("position")))


def get_orders(*, actor: Actor, ids: Collection[UUID]) -> dict[UUID, OrderView]:
    """Those of the orders that the actor may read, whole. Two statements, however many."""
    lines: dict[UUID, list[models.OrderLine]] = {}
    for line in models.OrderLine.objects.filter(order_id__in=ids).order_by("order_id", "position"):
        lines.setdefault(line.order_id, []).append(line)
    return {row.id: order_view(row, lines.get(row.id, [])) for row in scoped_orders(actor).filter(id__in=ids)}


def order_view(row: models.Order, lines: list[models.OrderLine]) -> OrderView:
    """The order behind its rows."""
    return OrderView(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        bill_to_id=row.bill_to_id,
        quote_id=row.quote_id,
        status=cast(OrderStatus, row.status),
        hold_reason=row.hold_reason,
        payment_method=cast(PaymentMethod, row.payment_method),
        currency=row.currency,
        net=Money(row.net, row.currency),
        vat=Money(row.vat, row.currency),
        gross=Money(row.gross, row.currency),
        lines=tuple(_line_view(line, row.currency) for line in lines),
        payable_id=row.payable_id,
        pro_forma=_document(row.pro_forma_id, row.pro_forma_number),
        invoice=_document(row.invoice_id, row.invoice_number),
        payment=_payment(row),
        placed_at=row.placed_at,
        completed_at=row.completed_at,
        kind="renewals" if row.kind == "renewals" else "sale",
        taxes=tuple(stored.tax(tax) for tax in row.taxes),
        on_account=row.on_account,
        invoice_held=row.invoice_held,
    )


def _document(document_id: UUID | None, number: str) -> DocumentRef | None:
    return None if document_id is None else DocumentRef(document_id, number)


def _payment(row: models.Order) -> PaymentDetails | None:
    """How to pay, while money is still to come."""
    if row.status != "awaiting_payment" or not row.payment_details:
        return None
    details = row.payment_details
    return PaymentDetails(
        reference=details["reference"],
        iban=details["iban"],
        bic=details["bic"],
        bank_name=details["bank_name"],
        amount=Money(row.gross, row.currency),
    )


def _line_view(line: models.OrderLine, currency: str) -> OrderLineView:
    return OrderLineView(
        position=line.position,
        type=cast(OrderLineType, line.type),
        offer_id=line.offer_id,
        subscription_id=line.subscription_id,
        product=line.product,
        plan=line.plan,
        quantity=line.quantity,
        months=line.months,
        unit_price=Money(line.unit_price, currency),
        discount_percent=line.discount_percent,
        net=Money(line.net, currency),
        explanation=stored.explanations(line.explanation),
        context=stored.context(line.pricing_context),
    )


def list_orders(
    *,
    actor: Actor,
    customer_id: UUID | None = None,
    status: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OrderRow]:
    """Orders, newest first.

    Raises: Invalid for an unknown status or cursor.
    """
    rows = scoped_orders(actor)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if status:
        if status not in _STATUSES:
            raise Invalid(field="status", reason="unknown")
        rows = rows.filter(status=status)
    return _page(rows, cursor, limit)


def list_waiting_for_money(*, actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[OrderRow]:
    """Orders that wait for money or for a person, newest first."""
    return _page(scoped_orders(actor).filter(status__in=WAITING), cursor, limit)


def count_waiting(*, actor: Actor) -> tuple[int, int]:
    """How many orders wait for money, and how many for a person."""
    waiting = scoped_orders(actor).filter(status__in=WAITING)
    found = dict(waiting.order_by().values_list("status").annotate(count=Count("id")))
    return found.get("awaiting_payment", 0), found.get("on_hold", 0)


def todo(*, actor: Actor, now: datetime) -> HandNeeded:
    """What needs a hand today, of all customers or of the one that is acted on. One count a room.

    Terms count as ending when they end within 30 days. A role that may not see money finds none of it.
    """
    money = authority.may(actor, "documents")
    waiting, held = count_waiting(actor=actor) if money else (0, 0)
    until = business_date(now) + timedelta(days=ENDING_DAYS)
    return HandNeeded(
        orders_waiting=waiting,
        orders_on_hold=held,
        invitations_pending=seats.count_pending_invitations(actor=actor),
        seats_free=subscriptions.count_free_seats(actor=actor),
        terms_ending=len(subscriptions.list_ending(actor=actor, until=until, limit=ENDING_MAX)),
        invoices_open=billing.count_open(actor=actor, customer_id=actor.customer_id).count if money else 0,
    )


def _page(rows: QuerySet[models.Order], cursor: str | None, limit: int) -> Page[OrderRow]:
    key = read_cursor(cursor, parts=2)
    if key is not None:
        try:
            at, last_id = datetime.fromisoformat(key[0]), UUID(key[1])
        except ValueError as error:
            raise Invalid(field="cursor", reason="not_a_cursor") from error
        rows = rows.filter(Q(placed_at__lt=at) | Q(placed_at=at, id__lt=last_id))
    size = capped(limit)
    found = list(rows.order_by("-placed_at", "-id")[: size + 1])
    more = len(found) > size
    last = found[size - 1] if more else None
    return Page(
        tuple(_order_row(row) for row in found[:size]),
        None if last is None else write_cursor(last.placed_at.isoformat(), str(last.id)),
    )


def _order_row(row: models.Order) -> OrderRow:
    return OrderRow(
        id=row.id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        status=cast(OrderStatus, row.status),
        hold_reason=row.hold_reason,
        payment_method=cast(PaymentMethod, row.payment_method),
        net=Money(row.net, row.currency),
        gross=Money(row.gross, row.currency),
        placed_at=row.placed_at,
        completed_at=row.completed_at,
        reseller_id=row.reseller_id,
        kind="renewals" if row.kind == "renewals" else "sale",
    )
