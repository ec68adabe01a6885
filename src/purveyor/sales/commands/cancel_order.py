"""An order that was not carried out is taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import close_pro_forma
from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import plain
from purveyor.parties import authority
from purveyor.payments.commands import cancel_payable
from purveyor.payments.errors import PayableNotOpen
from purveyor.sales import events, models
from purveyor.sales.commands._fulfil import note
from purveyor.sales.commands.pay_renewals import reopen
from purveyor.sales.errors import OrderNotCancellable
from purveyor.sales.queries import order_view, scoped_orders
from purveyor.sales.rules.states import may_become
from purveyor.sales.types import OrderView
from purveyor.subscriptions import commands as subscriptions


@command
def cancel_order(*, actor: Actor, now: datetime, order_id: UUID) -> OrderView:
    """Cancel an order that waits for money, or is held. Safe to repeat.

    Its waiting subscriptions are cancelled with it, its pro-forma is closed, and what had arrived for it goes
    to the payer's balance (that of a held order is there already).

    Raises: NotFound, Forbidden, OrderNotCancellable (``status``; ``paid`` when its money is complete and the
        settlement is on its way).
    Emits: order.cancelled, subscription.ended, balance.deposited.
    """
    order = scoped_orders(actor).select_for_update(no_key=True).filter(id=order_id).first()
    if order is None:
        raise NotFound(kind="order")
    authority.require(actor, "buy", customer_id=_customer(order))
    lines = list(order.lines.order_by("position"))
    if order.status == "cancelled":
        return order_view(order, lines)
    if not may_become(order.status, "cancelled"):  # type: ignore[arg-type]  # a check constraint holds it
        raise OrderNotCancellable(status=order.status)
    if order.status == "awaiting_payment" and order.payable_id is not None:
        try:
            cancel_payable(actor=actor, now=now, payable_id=order.payable_id)
        except PayableNotOpen as error:
            raise OrderNotCancellable(status="paid") from error
    for line in lines:
        if line.type == "new":
            subscriptions.cancel_subscription(
                actor=actor, now=now, subscription_id=line.subscription_id, reason="order_cancelled"
            )
    if order.kind == "renewals":
        reopen(actor, now, order)
    if order.pro_forma_id is not None:
        close_pro_forma(actor=actor, now=now, document_id=order.pro_forma_id, outcome="cancelled")
    order.status = "cancelled"
    order.save(update_fields=["status"])
    outbox.emit(
        events.OrderCancelled(order_id=str(order.id), customer_id=plain(_customer(order))),
        now=now,
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=_customer(order),
        payer_id=order.payer_id,
    )
    note(actor, now, order, "order.cancelled")
    return order_view(order, lines)


def _customer(order: models.Order) -> UUID | None:
    """None where it pays renewals of several."""
    return None if order.customer_id == order.reseller_id else order.customer_id
