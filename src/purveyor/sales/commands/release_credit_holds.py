"""A reseller owes less, or may owe more: orders that waited for room go on."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import claim_account, issue_pro_forma
from purveyor.billing.types import PaymentDetails
from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.parties.trade import Trade, gathers, get_trade
from purveyor.payments.commands import open_payable
from purveyor.sales import events, models
from purveyor.sales.commands._credit import say_held, why_beyond
from purveyor.sales.commands._documents import draft
from purveyor.sales.commands._fulfil import fulfil_on_account
from purveyor.sales.commands.settle_order import why_impossible
from purveyor.sales.credit import HELD

_CHANGED = (
    *("status", "hold_reason", "on_account", "completed_at", "payable", "pro_forma", "pro_forma_number"),
    "payment_details",
)


@command
def release_credit_holds(*, actor: Actor, now: datetime, reseller_id: UUID) -> int:
    """Carry out the reseller's orders that are held for its credit limit, the oldest first, as far as there is room
    now in its currency; returns how many went on. A new subscription starts today, at the price of its order.

    Where the reseller no longer gathers, or its account is full, the order asks for a transfer instead. One that
    cannot be carried out any more stays held, for that reason. Safe to repeat.

    Raises: Forbidden for everybody but the operator and its jobs.
    Emits: order.released for each, order.completed and what follows or pro_forma.issued; order.held for another
    reason.
    """
    authority.require(actor, "operate")
    rows = models.Order.objects.select_for_update(no_key=True).filter(
        reseller_id=reseller_id, status="on_hold", hold_reason=HELD
    )
    full: Counter[str] = Counter()
    released = []
    for order in rows.order_by("placed_at", "id"):
        lines = list(order.lines.order_by("position"))
        reason = why_impossible(actor, now, lines)
        if reason:
            order.hold_reason = reason
            say_held(actor, now, order)
            order.save(update_fields=_CHANGED)
            continue
        if full[order.currency] or why_beyond(actor, order) is not None:
            # The oldest first: a smaller one does not overtake it.
            full[order.currency] += 1
            continue
        _go_on(actor, now, order, lines)
        order.save(update_fields=_CHANGED)
        models.OrderLine.objects.bulk_update(lines, ["period_start", "period_end"])
        released.append(order)
    for order in released:
        _say_released(now, order, full[order.currency])
    return len(released)


def _say_released(now: datetime, order: models.Order, still_waiting: int) -> None:
    outbox.emit(
        events.OrderReleased(
            order_id=str(order.id),
            customer_id=str(order.customer_id),
            status=order.status,
            still_waiting=still_waiting,
        ),
        now=now,
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
    )


def _go_on(actor: Actor, now: datetime, order: models.Order, lines: list[models.OrderLine]) -> None:
    trade = get_trade(actor=actor, customer_id=order.customer_id)
    account = None
    order.hold_reason = ""
    if gathers(profile=trade.profile, payer_id=order.payer_id, bill_to_id=order.bill_to_id):
        net = Money(order.net, order.currency)
        account = claim_account(actor=actor, now=now, reseller_id=order.reseller_id, net=net)
    if account is None:
        _ask_for_money(actor, now, order, lines, trade)
        return
    fulfil_on_account(
        actor=actor, now=now, order=order, lines=lines, trade=trade, gathering_id=account, waiting=True
    )


def _ask_for_money(
    actor: Actor, now: datetime, order: models.Order, lines: list[models.OrderLine], trade: Trade
) -> None:
    payable = open_payable(
        actor=actor,
        now=now,
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
        subject_kind="order",
        subject_id=order.id,
        amount=Money(order.gross, order.currency),
        method="bank_transfer",
    )
    details = PaymentDetails.of(trade.seller, payable.reference)
    pro_forma = issue_pro_forma(
        actor=actor, now=now, draft=draft(order=order, lines=lines, trade=trade, payment=details)
    )
    order.status = "awaiting_payment"
    order.payable_id, order.pro_forma_id, order.pro_forma_number = payable.id, pro_forma.id, pro_forma.number
    order.payment_details = asdict(details)
