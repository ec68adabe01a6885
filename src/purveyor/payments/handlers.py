"""What this room does when it hears of something; inside a transaction, as the system."""

from __future__ import annotations

from uuid import UUID

from purveyor.billing.commands import wake_held
from purveyor.billing.held import list_provisional
from purveyor.infra import parking, tx
from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.kernel.errors import DomainError
from purveyor.payments import commands
from purveyor.payments.commands import bank, funds
from purveyor.payments.commands.cards import ask_card_refund
from purveyor.payments.commands.cards.disputes import hold_if_disputed


def on_number_changed(event: Announced) -> None:
    """A party's data were corrected, or more is known of its VAT number than before: the invoices that waited for it
    are looked at again, and those that were issued with VAT meanwhile are corrected, each for itself."""
    actor = system_actor()
    wake_held(actor=actor, now=event.at, bill_to_id=event.subject_id)
    for invoice_id in list_provisional(actor=actor, bill_to_id=event.subject_id):
        try:
            with tx.attempt():
                commands.correct_vat(actor=actor, now=event.at, invoice_id=invoice_id)
        except DomainError as error:
            parking.park(source="payments.correct_vat", piece=str(invoice_id), due_at=event.at, reason=error)


def on_seller_changed(event: Announced) -> None:
    """The seller's data were corrected: the invoices that would have broken a rule of the norm are looked at again."""
    wake_held(actor=system_actor(), now=event.at, reason="would_not_validate")


def on_rates_uploaded(event: Announced) -> None:
    """Exchange rates came: the invoices that waited for one are looked at again."""
    wake_held(actor=system_actor(), now=event.at, reason="rate_missing")


def on_invoice_overdue(event: Announced) -> None:
    """An invoice that is overdue gets its dunning case, unless it was paid before this was heard."""
    commands.open_case(actor=system_actor(), now=event.at, invoice_id=event.subject_id)
    # One whose chargeback is not decided rests.
    hold_if_disputed(system_actor(), event.at, event.subject_id)


def on_refund_asked(event: Announced) -> None:
    """A refund by card is sent to the card it came from; others are not ours."""
    if event.payload["method"] == "card":
        ask_card_refund(actor=system_actor(), now=event.at, refund_id=event.subject_id)


def on_balance_changed(event: Announced) -> None:
    """A balance grew, or money leaves it to its bank: whoever watches it looks."""
    payer_id = event.payload.get("organization_id") or event.payer_id
    if payer_id is not None:
        funds.watch_balance(
            actor=system_actor(),
            now=event.at,
            payer_id=UUID(str(payer_id)),
            currency=event.payload["currency"],
        )


def on_statement_waiting(event: Announced) -> None:
    """Entries of a bank statement were not looked at yet: the next of them are."""
    bank.go_on(actor=system_actor(), now=event.at, statement_id=event.subject_id)
