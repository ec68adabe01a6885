"""Ask again for what a cancelled payable asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.payments import models
from purveyor.payments.commands._rows import lock_payable, require_payer
from purveyor.payments.commands.open_payable import open_payable
from purveyor.payments.types import Payable


@command
def reopen_payable(*, actor: Actor, now: datetime, payable_id: UUID) -> Payable:
    """The payable, open again under its reference; one in its place, with a reference of its own, where money had
    arrived on it: that went to the payer's balance. An invoice's keeps what was paid. Safe to repeat: one that is
    not cancelled is returned.

    Raises: NotFound for another's payer.
    """
    payable = lock_payable(id=payable_id)
    require_payer(actor, payable.payer_id)
    if payable.status != "cancelled":
        return payable
    is_part = payable.paid.amount > 0
    if is_part and payable.subject_kind != "invoice":
        return open_payable(
            actor=actor,
            now=now,
            reseller_id=payable.reseller_id,
            customer_id=payable.customer_id,
            payer_id=payable.payer_id,
            subject_kind=payable.subject_kind,
            subject_id=payable.subject_id,
            amount=payable.amount,
            method=payable.method,
        )
    models.Payable.objects.filter(id=payable.id).update(status="partially_paid" if is_part else "open")
    return lock_payable(id=payable.id)
