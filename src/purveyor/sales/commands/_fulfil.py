"""From money to what was bought: subscriptions, books, invoice, record. Always inside one transaction.

The order of locks is that of every change: order or quote, subscriptions, balance, and the invoice counter
last, because all sales of a reseller wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import issue_invoice, put_on_account
from purveyor.billing.held import why_held
from purveyor.billing.types import Document, DocumentDraft, TaxLine
from purveyor.billing.types_held import Booking
from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.parties.trade import Trade
from purveyor.payments.commands import hold_or_settle
from purveyor.sales import events, models
from purveyor.sales.commands._documents import account_line, draft
from purveyor.sales.rules.compose import new_term
from purveyor.sales.rules.states import may_become
from purveyor.subscriptions import commands as subscriptions
from purveyor.tax.decision import Proven, compute_tax

Source = Literal["balance", "advance", "nothing"]


def fulfil(
    *,
    actor: Actor,
    now: datetime,
    order: models.Order,
    lines: Sequence[models.OrderLine],
    trade: Trade,
    source: Source,
    proven: Proven | None = None,
) -> None:
    """Carry ``order`` out and set it to completed; the caller writes the changed rows.

    ``source`` is where its money is: the payer's balance, received ahead, or nowhere (a free order). ``proven`` is the
    VAT decision of today, of the same amount, where it was looked at again since the order; else that of the order is
    the invoice's.

    Raises: InsufficientBalance; SubscriptionNotActive and PeriodEnded of a subscription that cannot grow.
    Emits: order.completed, and what subscriptions and billing announce; invoice.held where its invoice waits.
    """
    if not may_become(order.status, "completed"):  # type: ignore[arg-type]  # a check constraint holds it
        raise ValueError(f"an order that is {order.status} cannot be completed")
    gross = Money(order.gross, order.currency)
    for line in lines:
        _deliver(actor, now, order, line, waiting=source == "advance")
    bill = draft(order=order, lines=lines, trade=trade, paid=gross)
    bill = _as_decided(actor, order, bill) if proven is None else _as_proven(bill, proven)
    invoice = _bill(actor, now, order, bill, source)
    if invoice is not None:
        order.invoice_id = invoice.id
        order.invoice_number = invoice.number
    order.invoice_held = invoice is None
    order.status = "completed"
    order.completed_at = now
    _announce_completed(now, order, lines)
    if invoice is None:
        note(actor, now, order, "order.invoice_held")
    else:
        note(actor, now, order, "order.completed", invoice=invoice.number)


def _as_decided(actor: Actor, order: models.Order, bill: DocumentDraft) -> DocumentDraft:
    """The VAT that was promised and paid is that of the buyer as it was then: where its number or country is another
    one since, the invoice names it as the pro-forma did, and never a number that the decision does not rest on."""
    evidence = order.tax_record.get("evidence", {})
    then = (evidence.get("number"), evidence.get("buyer_country"))
    if (
        order.pro_forma_id is None
        or "meanwhile" in evidence
        or then == (bill.buyer.vat_number, bill.buyer.country)
    ):
        return bill
    return replace(bill, buyer=billing.get_document(actor=actor, document_id=order.pro_forma_id).buyer)


def _as_proven(bill: DocumentDraft, proven: Proven) -> DocumentDraft:
    taxes = (TaxLine.of(compute_tax(bill.net, proven.decision)),)
    return replace(bill, taxes=taxes, tax_decision=proven.record)


def _bill(
    actor: Actor, now: datetime, order: models.Order, bill: DocumentDraft, source: Source
) -> Document | None:
    """Book the sale and issue its invoice; None where it is held, and its money waits as an advance."""
    unknown = bill.tax_decision.get("evidence", {}).get("meanwhile") == "hold_invoice"
    why = why_held(bill, now=now, number_unknown=unknown and bool(order.gross))
    if why is None:
        _book(actor, now, order, source)
        return issue_invoice(actor=actor, now=now, draft=bill)
    return hold_or_settle(
        actor=actor,
        now=now,
        draft=bill,
        why=why,
        subject_kind="order",
        subject_id=order.id,
        booking=Booking("sale", f"order:{order.id}"),
        from_balance=source == "balance",
    )


def fulfil_on_account(
    *,
    actor: Actor,
    now: datetime,
    order: models.Order,
    lines: Sequence[models.OrderLine],
    trade: Trade,
    gathering_id: UUID,
    waiting: bool = False,
) -> None:
    """Carry ``order`` out now and put its lines on the reseller's account, where room for them was claimed.

    Nothing is invoiced nor booked yet: the gathered invoice of the month's end does both. Subscriptions of an order
    that was ``waiting`` are opened already.

    Raises: SubscriptionNotActive and PeriodEnded of a subscription that cannot grow.
    Emits: order.completed without an invoice, and what subscriptions announce.
    """
    for line in lines:
        _deliver(actor, now, order, line, waiting=waiting)
    put_on_account(
        actor=actor,
        now=now,
        gathering_id=gathering_id,
        reseller_id=order.reseller_id,
        lines=[account_line(order, line, trade.customer.name) for line in lines],
    )
    order.on_account = True
    order.status = "completed"
    order.completed_at = now
    _announce_completed(now, order, lines)
    note(actor, now, order, "order.on_account")


def _announce_completed(now: datetime, order: models.Order, lines: Sequence[models.OrderLine]) -> None:
    outbox.emit(
        events.OrderCompleted(
            order_id=str(order.id),
            customer_id=str(order.customer_id),
            invoice_id=None if order.invoice_id is None else str(order.invoice_id),
            subscription_ids=[str(one) for one in dict.fromkeys(line.subscription_id for line in lines)],
        ),
        now=now,
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
    )


def _deliver(
    actor: Actor, now: datetime, order: models.Order, line: models.OrderLine, *, waiting: bool
) -> None:
    """Give what the line promised; a new subscription was opened already when its order had to wait."""
    if line.type == "add_seats":
        subscriptions.add_seats(
            actor=actor, now=now, subscription_id=line.subscription_id, quantity=line.quantity
        )
        return
    today = business_date(now)
    if waiting:
        subscriptions.activate_subscription(
            actor=actor, now=now, subscription_id=line.subscription_id, starts_on=today
        )
    else:
        line.subscription_id = open_for(actor, now, order, line, running=True)
    # What was quoted as if it began that day begins when the money is there.
    line.period_start, line.period_end = new_term(today, line.term_months)


def open_for(
    actor: Actor, now: datetime, order: models.Order, line: models.OrderLine, *, running: bool
) -> UUID:
    """The subscription of a line: running from today, or waiting for its money."""
    opened = subscriptions.open_subscription(
        actor=actor,
        now=now,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
        offer_id=line.offer_id,
        quantity=line.quantity,
        term_months=line.term_months,
        term_price=Money(line.list_term_price, order.currency),
        price_list=line.price_list,
        starts_on=business_date(now) if running else None,
        status="active" if running else "awaiting_payment",
    )
    return opened.id


def _book(actor: Actor, now: datetime, order: models.Order, source: Source) -> None:
    gross = Money(order.gross, order.currency)
    legs = movements.sale(
        payer_id=order.payer_id, net=Money(order.net, order.currency), vat=Money(order.vat, order.currency)
    )
    # What was paid from the balance has its own entry, made with the payment.
    if source == "advance":
        legs += movements.from_advance(payer_id=order.payer_id, amount=gross)
    if legs:
        post(
            actor=actor,
            now=now,
            reseller_id=order.reseller_id,
            kind="sale",
            reference=f"order:{order.id}",
            legs=legs,
            customer_id=order.customer_id,
            payer_id=order.payer_id,
        )


def note(actor: Actor, now: datetime, order: models.Order, kind: str, **facts: str | int) -> None:
    """Put an act on this order on record, for its payer alone."""
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="order",
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=None if order.customer_id == order.reseller_id else order.customer_id,
        payer_id=order.payer_id,
        facts=dict(facts),
    )
