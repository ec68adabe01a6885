"""The money of an order has arrived: carry it out, or hold it for a person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import close_pro_forma
from purveyor.infra import outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.trade import Trade, get_trade
from purveyor.payments.commands import release_advance
from purveyor.payments.queries import get_payable
from purveyor.sales import events, models
from purveyor.sales.commands._fulfil import fulfil, note
from purveyor.sales.commands.pay_renewals import settle
from purveyor.sales.queries import order_view
from purveyor.sales.types import OrderView
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Status
from purveyor.tax import queries as tax
from purveyor.tax.commands import refresh_number
from purveyor.tax.decision import Proven, TaxUndecided, compute_tax

_CHANGED = ("status", "hold_reason", "invoice_id", "invoice_number", "invoice_held", "completed_at")
# Why an order is held that was promised without VAT, which is owed by now.
VAT_CHANGED = "vat_changed"
_ON_A_NUMBER = "reverse_charge"


@command
def settle_order(*, actor: Actor, now: datetime, order_id: UUID) -> OrderView:
    """Carry out an order whose payable is settled: subscriptions, books, invoice, record, events at once.

    A new subscription starts on the day of the settlement; its price is that of the order. A top-up whose term is
    over by now cannot be carried out as promised, nor can a sale without VAT whose buyer's number is no longer valid
    (rules.md c1: valid at issue): the order is held with the reason, and its money goes to the payer's balance. Safe
    to repeat: an order that no longer waits is returned as it is. May ask VIES, before anything is locked.

    Raises: NotFound; Forbidden for everybody but the operator and its jobs, or while money is missing.
    Emits: order.completed and what follows, or order.held and balance.deposited.
    """
    authority.require(actor, "operate")
    _ask_about_buyer(actor, now, order_id)
    order = models.Order.objects.select_for_update(no_key=True).filter(id=order_id).first()
    if order is None:
        raise NotFound(kind="order")
    lines = list(order.lines.order_by("position"))
    if order.status != "awaiting_payment":
        return order_view(order, lines)
    _require_money(actor, order)
    if order.kind == "renewals":
        settle(now, order, lines)
        order.save(update_fields=_CHANGED)
        return order_view(order, lines)
    trade = get_trade(actor=actor, customer_id=order.customer_id)
    reason, proven = why_impossible(actor, now, lines), None
    if not reason:
        reason, proven = _prove_again(actor, now, order, trade)
    if reason:
        _hold(actor, now, order, reason)
    else:
        fulfil(actor=actor, now=now, order=order, lines=lines, trade=trade, source="advance", proven=proven)
        models.OrderLine.objects.bulk_update(lines, ["period_start", "period_end"])
        if order.pro_forma_id is not None:
            close_pro_forma(actor=actor, now=now, document_id=order.pro_forma_id, outcome="paid")
    order.save(update_fields=_CHANGED)
    return order_view(order, lines)


def _ask_about_buyer(actor: Actor, now: datetime, order_id: UUID) -> None:
    """Have the number looked at on which an order without VAT rests, where the last answer is not fresh."""
    order = models.Order.objects.filter(id=order_id, status="awaiting_payment", kind="sale").first()
    if order is not None and order.tax_record.get("rule") == _ON_A_NUMBER:
        buyer = parties.get_organization(actor=actor, organization_id=order.bill_to_id)
        refresh_number(actor=actor, now=now, organization=buyer)


def _prove_again(actor: Actor, now: datetime, order: models.Order, trade: Trade) -> tuple[str, Proven | None]:
    """Decide the VAT of an order anew that was sold without it because of its buyer's number; why it cannot be
    invoiced as it was promised (or nothing), and the decision of today where there is one.

    Where nobody can say, the promise holds: unknown never breaks a sale (rules.md c2). Where the amount is the same
    the invoice rests on what is known now, and names the buyer as it is now.
    """
    if order.tax_record.get("rule") != _ON_A_NUMBER:
        return "", None
    buyer = trade.named(order.bill_to_id)
    evidence = order.tax_record["evidence"]
    is_same = (evidence["number"], evidence["buyer_country"]) == (buyer.vat_number, buyer.country)
    if is_same and buyer.vat_status == "unknown":
        return "", None
    try:
        proven = tax.decide_with_proof(actor=actor, seller=trade.seller, bill_to=buyer, on=business_date(now))
    except TaxUndecided:
        return VAT_CHANGED, None
    amount = compute_tax(Money(order.net, order.currency), proven.decision).amount
    return ("", proven) if amount.amount == order.vat else (VAT_CHANGED, None)


def _require_money(actor: Actor, order: models.Order) -> None:
    if order.payable_id is None or not get_payable(actor=actor, payable_id=order.payable_id).is_settled:
        raise Forbidden(act="settle", reason="not_paid")


def why_impossible(actor: Actor, now: datetime, lines: list[models.OrderLine]) -> str:
    """Why the order cannot be carried out any more: a refusal's code, or nothing.

    Locks its subscriptions in the order that everybody does. A top-up's line keeps the end of the term it was
    priced for; a subscription that rolled on is in another one.
    """
    today = business_date(now)
    for line in sorted(lines, key=lambda one: one.subscription_id):
        found = subscriptions.lock_subscription(actor=actor, subscription_id=line.subscription_id)
        wanted = Status.AWAITING_PAYMENT if line.type == "new" else Status.ACTIVE
        if found.status is not wanted:
            return "subscription_not_active"
        if line.type == "add_seats" and (found.period_end != line.period_end or today >= line.period_end):
            return "period_ended"
    return ""


def _hold(actor: Actor, now: datetime, order: models.Order, reason: str) -> None:
    order.status = "on_hold"
    order.hold_reason = reason
    scope = {
        "reseller_id": order.reseller_id,
        "customer_id": order.customer_id,
        "payer_id": order.payer_id,
    }
    outbox.emit(
        events.OrderHeld(order_id=str(order.id), customer_id=str(order.customer_id), reason=reason),
        now=now,
        subject_id=order.id,
        **scope,
    )
    release_advance(
        actor=actor,
        now=now,
        amount=Money(order.gross, order.currency),
        reference=f"order:{order.id}:held",
        **scope,
    )
    note(actor, now, order, "order.held", reason=reason)
