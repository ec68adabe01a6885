"""Keep which invoice a payable became, where its subject does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.payments import models


@command
def link_invoice(*, actor: Actor, now: datetime, payable_id: UUID, invoice_id: UUID) -> None:
    """The money of this payable, of a renewal that was paid first, paid this invoice: a refund finds its way back.

    Safe to repeat.
    """
    models.Payable.objects.filter(id=payable_id).update(invoice_id=invoice_id)


@command
def link_paid_invoices(
    *, actor: Actor, now: datetime, payable_id: UUID, amounts: Mapping[UUID, Money]
) -> None:
    """The money of this payable, of an order over several renewals, paid so much of these invoices, which were issued
    before it.

    Safe to repeat.
    """
    payable = models.Payable.objects.get(id=payable_id)
    models.PaidInvoice.objects.bulk_create(
        [
            models.PaidInvoice(
                id=new_id(),
                reseller_id=payable.reseller_id,
                customer_id=payable.customer_id,
                payer_id=payable.payer_id,
                payable_id=payable_id,
                invoice_id=invoice_id,
                amount=amount.amount,
            )
            for invoice_id, amount in amounts.items()
        ],
        ignore_conflicts=True,
    )
