"""A renewal that was invoiced stands as its invoice stands."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.renewals import models

_BEFORE = {"at_risk": ("pending",), "paid": ("pending", "at_risk", "missed")}


@command
def follow_invoice(
    *, actor: Actor, now: datetime, invoice_id: UUID, status: Literal["at_risk", "paid"]
) -> int:
    """Mark the renewals on an invoice: overdue is ``at_risk``, its money makes them ``paid``; how many changed.

    Safe to repeat.

    Raises: Forbidden.
    """
    authority.require(actor, "operate")
    rows = models.Renewal.objects.filter(invoice_id=invoice_id, status__in=_BEFORE[status])
    return rows.update(status=status, **({"paid_at": now} if status == "paid" else {}))
