"""What renewals does when an invoice falls overdue, or when its money arrives after all."""

from __future__ import annotations

from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.kernel.period import Period
from purveyor.payments import queries as payments
from purveyor.renewals.commands import (
    close_renewal,
    follow_invoice,
    follow_payment,
    note_invoice,
    note_rebased,
    pay_next_waiting,
    replace_invoice,
    settle_renewal,
)
from purveyor.subscriptions import queries as subscriptions


def on_invoice_overdue(event: Announced) -> None:
    """The subscriptions of the invoice are past due, and the renewals it bills at risk."""
    follow_invoice(actor=system_actor(), now=event.at, invoice_id=event.subject_id, status="at_risk")
    _follow(event, event.subject_id)


def on_invoice_released(event: Announced) -> None:
    """The invoice of a renewal was held and is issued now. Other subjects are not ours."""
    if event.payload["subject_kind"] != "renewal":
        return
    actor = system_actor()
    invoice = billing.get_document(actor=actor, document_id=UUID(event.payload["document_id"]))
    for line in invoice.lines:
        if line.subscription_id and line.period_start and line.period_end:
            note_invoice(
                actor=actor,
                now=event.at,
                subscription_id=line.subscription_id,
                period=Period(line.period_start, line.period_end),
                invoice_id=invoice.id,
                paid=invoice.status == "paid",
            )


def on_invoice_replaced(event: Announced) -> None:
    """The invoice of renewals was credited and issued anew: they follow the new one."""
    replace_invoice(
        actor=system_actor(),
        now=event.at,
        invoice_id=event.subject_id,
        by_id=UUID(event.payload["by_id"]),
        paid=event.payload["paid"],
    )


def on_payable_settled(event: Announced) -> None:
    """The money of an invoice, or of a renewal that waited for it, is complete; orders are not ours."""
    subject_kind, subject_id = event.payload["subject_kind"], UUID(event.payload["subject_id"])
    if subject_kind == "invoice":
        follow_invoice(actor=system_actor(), now=event.at, invoice_id=subject_id, status="paid")
        _follow(event, subject_id)
    if subject_kind == "renewal":
        actor = system_actor()
        value_date = payments.find_value_date(actor=actor, payable_id=event.subject_id)
        settle_renewal(
            actor=actor, now=event.at, renewal_id=subject_id, source="advance", value_date=value_date
        )


def on_subscription_ended(event: Announced) -> None:
    """Somebody ended it while its renewal waited for money: nothing is asked for it any more."""
    close_renewal(
        actor=system_actor(), now=event.at, subscription_id=event.subject_id, reason=event.payload["reason"]
    )


def on_balance_deposited(event: Announced) -> None:
    """Renewals that wait and may be taken from the balance are: each in a transaction of its own."""
    payer_id, currency = UUID(event.payload["organization_id"]), event.payload["currency"]
    actor, before = system_actor(), None
    while True:
        paid = pay_next_waiting(actor=actor, now=event.at, payer_id=payer_id, currency=currency)
        if paid is None or paid == before:
            return
        before = paid


def _follow(event: Announced, invoice_id: UUID) -> None:
    actor = system_actor()
    invoice = billing.get_document(actor=actor, document_id=invoice_id)
    for subscription_id in sorted({line.subscription_id for line in invoice.lines if line.subscription_id}):
        follow_payment(actor=actor, now=event.at, subscription_id=subscription_id)


def on_renewal_rebased(event: Announced) -> None:
    """Seats were added while another number was scheduled: told with the next morning's notices."""
    actor = system_actor()
    found = subscriptions.get_subscription(actor=actor, subscription_id=event.subject_id)
    if found.period_end is None:
        return
    numbers = {name: event.payload[name] for name in ("quantity_from", "quantity_to", "quantity_now")}
    note_rebased(
        actor=actor,
        now=event.at,
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.payer_id,
        subscription_id=found.id,
        period_end=found.period_end,
        facts={"customer": found.customer_name, "product": found.product, "plan": found.plan, **numbers},
    )
