"""What sales does when something happens below it."""

from __future__ import annotations

from uuid import UUID

from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.sales.commands import (
    note_account_invoice,
    note_invoice,
    release_credit_holds,
    replace_invoice,
    settle_order,
)


def on_payable_settled(event: Announced) -> None:
    """The money of an order is complete: carry it out. Other subjects are not ours."""
    if event.payload["subject_kind"] == "order":
        settle_order(actor=system_actor(), now=event.at, order_id=UUID(event.payload["subject_id"]))


def on_credit_changed(event: Announced) -> None:
    """A reseller owes less, or may owe more: what waited for room goes on."""
    if event.reseller_id is not None and event.payer_id == event.reseller_id:
        release_credit_holds(actor=system_actor(), now=event.at, reseller_id=event.reseller_id)


def on_account_lowered(event: Announced) -> None:
    """Seats were taken back from the account: what waited for room goes on."""
    if event.reseller_id is not None:
        release_credit_holds(actor=system_actor(), now=event.at, reseller_id=event.reseller_id)


def on_invoice_released(event: Announced) -> None:
    """The invoice of an order, or of what was on account, was held and is issued now. Other subjects are not ours."""
    if event.payload["subject_kind"] == "account":
        note_account_invoice(
            actor=system_actor(), now=event.at, document_id=UUID(event.payload["document_id"])
        )
    if event.payload["subject_kind"] == "order":
        note_invoice(
            actor=system_actor(),
            now=event.at,
            order_id=UUID(event.payload["subject_id"]),
            invoice_id=UUID(event.payload["document_id"]),
            number=event.payload["number"],
        )


def on_invoice_replaced(event: Announced) -> None:
    """The invoice of orders was credited and issued anew: they point to the new one."""
    replace_invoice(
        actor=system_actor(),
        now=event.at,
        invoice_id=event.subject_id,
        by_id=UUID(event.payload["by_id"]),
        number=event.payload["number"],
    )
