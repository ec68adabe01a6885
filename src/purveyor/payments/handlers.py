"""What this room does when it hears of something; inside a transaction, as the system."""

from __future__ import annotations

from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.payments import commands


def on_invoice_overdue(event: Announced) -> None:
    """An invoice that is overdue gets its dunning case, unless it was paid before this was heard."""
    commands.open_case(actor=system_actor(), now=event.at, invoice_id=event.subject_id)
