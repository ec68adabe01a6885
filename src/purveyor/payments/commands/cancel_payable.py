"""Cancel a payable: it will not be paid any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.payments import models
from purveyor.payments.commands._rows import announce_balance, lock_payable, require_payer
from purveyor.payments.errors import PayableNotOpen
from purveyor.payments.types import Payable


@command
def cancel_payable(*, actor: Actor, now: datetime, payable_id: UUID, set_aside: bool = False) -> Payable:
    """Cancel an open payable. What had arrived for it goes to the payer's balance.

    An invoice's payable cannot be cancelled once something was paid: a credit note answers an invoice. It can be
    ``set_aside`` while something else asks for the rest: what was paid stays paid on the invoice, and
    ``reopen_payable`` asks for the rest again. Safe to repeat: a cancelled one is returned as it is.

    Raises: NotFound; PayableNotOpen when it is settled, or an invoice's and partly paid.
    Emits: balance.deposited when money had arrived.
    """
    payable = lock_payable(id=payable_id)
    require_payer(actor, payable.payer_id)
    if payable.status == "cancelled":
        return payable
    has_money = payable.paid.amount > 0
    is_part = has_money and payable.subject_kind == "invoice"
    if payable.is_settled or (is_part and not set_aside):
        raise PayableNotOpen(status=payable.status)
    # What came for a deposit is on the balance already.
    if has_money and not is_part and payable.subject_kind != "deposit":
        post(
            actor=actor,
            now=now,
            reseller_id=payable.reseller_id,
            customer_id=payable.customer_id,
            payer_id=payable.payer_id,
            kind="order_cancelled",
            reference=f"payable:{payable.id}:cancelled",
            legs=legs.advance_to_balance(payer_id=payable.payer_id, amount=payable.paid),
        )
        announce_balance(
            now=now,
            reason="order_cancelled",
            amount=payable.paid,
            reseller_id=payable.reseller_id,
            customer_id=payable.customer_id,
            payer_id=payable.payer_id,
        )
    models.Payable.objects.filter(id=payable.id).update(status="cancelled")
    return replace(payable, status="cancelled")
