"""Keep which invoice a payable became, where its subject does not tell."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.payments import models


@command
def link_invoice(*, actor: Actor, now: datetime, payable_id: UUID, invoice_id: UUID) -> None:
    """The money of this payable, of a renewal that was paid first, paid this invoice: a refund finds its way back.

    Safe to repeat.
    """
    models.Payable.objects.filter(id=payable_id).update(invoice_id=invoice_id)
