"""What renewals does when an invoice falls overdue, or when its money arrives after all."""

from __future__ import annotations

from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.renewals.commands import follow_payment


def on_invoice_overdue(event: Announced) -> None:
    """The subscriptions of the invoice are past due."""
    _follow(event, event.subject_id)


def on_payable_settled(event: Announced) -> None:
    """The money of an invoice is complete; orders are not ours."""
    if event.payload["subject_kind"] == "invoice":
        _follow(event, UUID(event.payload["subject_id"]))


def _follow(event: Announced, invoice_id: UUID) -> None:
    actor = system_actor()
    invoice = billing.get_document(actor=actor, document_id=invoice_id)
    for subscription_id in sorted({line.subscription_id for line in invoice.lines if line.subscription_id}):
        follow_payment(actor=actor, now=event.at, subscription_id=subscription_id)
