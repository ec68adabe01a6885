"""Mails about balances and credit limits: to the organization whose money it is."""

from __future__ import annotations

from uuid import UUID

from purveyor.infra.registry import Announced, Handler
from purveyor.interfaces.mail import letters_funds as letters
from purveyor.interfaces.mail import links, sending
from purveyor.kernel.actor import system_actor
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import queries as payments
from purveyor.sales import credit
from purveyor.sales import queries as sales


def _owner(event: Announced) -> Organization:
    return parties.get_organization(
        actor=system_actor(), organization_id=UUID(event.payload["organization_id"])
    )


def on_deposit_asked(event: Announced) -> None:
    """How to transfer it. By card nothing is to be written on a transfer: the page says what to do."""
    found = payments.get_payable(actor=system_actor(), payable_id=event.subject_id)
    if event.payload["method"] != "bank_transfer" or found.status not in ("open", "partially_paid"):
        return
    owner, seller = _owner(event), parties.get_seller()
    automatic = bool(event.payload["automatic"])
    sending.post(
        event,
        "deposit",
        sending.contact(owner),
        sending.operator(),
        lambda: letters.deposit_asked(owner, found, seller, automatic=automatic),
    )


def on_balance_low(event: Announced) -> None:
    """Once a crossing, as it was announced."""
    owner, currency = _owner(event), event.payload["currency"]
    available, threshold = (Money(event.payload[name], currency) for name in ("available", "threshold"))
    sending.post(
        event,
        "low",
        sending.contact(owner),
        sending.operator(),
        lambda: letters.balance_low(owner, available, threshold),
    )


def on_order_held(event: Announced) -> None:
    """Above the credit limit: to the reseller, with the numbers. Other holds are shown where the order is."""
    if event.payload["reason"] != credit.HELD or event.payer_id is None:
        return
    system = system_actor()
    order = sales.get_order(actor=system, order_id=event.subject_id)
    if order.hold_reason != credit.HELD:
        return
    owner = parties.get_organization(actor=system, organization_id=event.payer_id)
    figures = credit.get_credit(actor=system, reseller_id=owner.id, currency=order.gross.currency)
    sending.post(
        event,
        "credit_limit",
        sending.contact(owner),
        sending.operator(),
        lambda: letters.order_above_limit(owner, links.order(owner, order.id), order.gross, figures),
    )


def on_order_released(event: Announced) -> None:
    """It waited for room: to the reseller, with how many wait on."""
    if event.payer_id is None:
        return
    system = system_actor()
    order = sales.get_order(actor=system, order_id=event.subject_id)
    owner = parties.get_organization(actor=system, organization_id=event.payer_id)
    waiting = int(event.payload["still_waiting"])
    sending.post(
        event,
        "released",
        sending.contact(owner),
        sending.operator(),
        lambda: letters.order_goes_on(
            owner,
            links.order(owner, order.id),
            order.gross,
            is_asked=event.payload["status"] == "awaiting_payment",
            waiting=waiting,
        ),
    )


# (event, stable name of the delivery, handler), for config/wiring.py.
LISTENERS: tuple[tuple[str, str, Handler], ...] = (
    ("deposit.asked", "mail.deposit_asked", on_deposit_asked),
    ("balance.low", "mail.balance_low", on_balance_low),
    ("order.held", "mail.order_held", on_order_held),
    ("order.released", "mail.order_released", on_order_released),
)
