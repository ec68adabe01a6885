"""An order whose invoice was held learns of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.sales import models


@command
def note_invoice(*, actor: Actor, now: datetime, order_id: UUID, invoice_id: UUID, number: str) -> None:
    """Point the order to the invoice that bills it. Safe to repeat.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    models.Order.objects.filter(id=order_id).update(
        invoice_id=invoice_id, invoice_number=number, invoice_held=False
    )


@command
def replace_invoice(*, actor: Actor, now: datetime, invoice_id: UUID, by_id: UUID, number: str) -> int:
    """Point what an invoice billed to the one that was issued in its place; how many orders. Safe to repeat.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    orders = models.Order.objects.filter(invoice_id=invoice_id)
    return orders.update(invoice_id=by_id, invoice_number=number)
