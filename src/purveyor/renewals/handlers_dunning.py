"""What renewals does when the dunning of an invoice has come to a suspension or an end, or is over."""

from __future__ import annotations

from uuid import UUID

from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.renewals.commands import follow_dunning


def on_suspend_due(event: Announced) -> None:
    """The subscriptions on the invoice stand still."""
    follow_dunning.suspend_unpaid(actor=system_actor(), now=event.at, invoice_id=_invoice(event))


def on_terminate_due(event: Announced) -> None:
    """The subscriptions on the invoice end."""
    follow_dunning.end_unpaid(actor=system_actor(), now=event.at, invoice_id=_invoice(event))


def on_resolved(event: Announced) -> None:
    """The subscriptions on the invoice go on."""
    follow_dunning.resume_paid(actor=system_actor(), now=event.at, invoice_id=_invoice(event))


def _invoice(event: Announced) -> UUID:
    return UUID(event.payload["invoice_id"])
