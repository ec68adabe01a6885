"""Give money that had arrived ahead to the payer's balance: what it was meant for did not come to be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.payments.commands._rows import announce_balance


@command
def release_advance(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    customer_id: UUID,
    payer_id: UUID,
    amount: Money,
    reference: str,
) -> None:
    """Move this much from the payer's advance to its balance, once for this reference of the ledger.

    The money of an order for many customers is of none of them: there ``customer_id`` is the reseller's own.

    Emits: balance.deposited.
    """
    post(
        actor=actor,
        now=now,
        reseller_id=reseller_id,
        customer_id=customer_id,
        payer_id=payer_id,
        kind="order_held",
        reference=reference,
        legs=legs.advance_to_balance(payer_id=payer_id, amount=amount),
    )
    announce_balance(
        now=now,
        reason="order_held",
        amount=amount,
        reseller_id=reseller_id,
        customer_id=None if customer_id == reseller_id else customer_id,
        payer_id=payer_id,
    )
