"""Mails about corrections: a credit note to whoever pays, and money that could not go back."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.billing.types import Document
from purveyor.infra.registry import Announced, Handler
from purveyor.interfaces.mail import links, sending
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import formats
from purveyor.kernel.actor import system_actor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import refunds
from purveyor.payments.types_refunds import Refund


def on_credit_note_issued(event: Announced) -> None:
    """To the payer: what was credited, why, and where its money goes."""
    system = system_actor()
    note = billing.get_document(actor=system, document_id=UUID(event.payload["document_id"]))
    if note.answers_id is None:
        return
    invoice = billing.get_document(actor=system, document_id=note.answers_id)
    back = refunds.refunds_of(actor=system, credit_note_ids=[note.id]).get(note.id, [])
    payer = parties.get_organization(actor=system, organization_id=note.payer_id)
    customer = parties.get_organization(actor=system, organization_id=note.customer_id)
    sending.post(
        event,
        "credit_note",
        sending.contact(payer),
        sending.towards(payer),
        lambda: credit_note_issued(payer, note, invoice, back, customer=customer.name),
    )


def on_refund_failed(event: Announced) -> None:
    """To the payer: the money could not go back, and is on the balance."""
    refund = refunds.get_refund(actor=system_actor(), refund_id=UUID(event.payload["refund_id"]))
    payer = parties.get_organization(actor=system_actor(), organization_id=refund.payer_id)
    sending.post(
        event,
        "refund",
        sending.contact(payer),
        sending.towards(payer),
        lambda: refund_failed(payer, refund),
    )


def credit_note_issued(
    payer: Organization, note: Document, invoice: Document, back: list[Refund], *, customer: str
) -> Letter:
    """To the payer: the credit note, and what becomes of its money."""
    return Letter(
        subject=_("Credit note %(number)s for invoice %(invoice)s")
        % {"number": note.number, "invoice": invoice.number},
        greeting=greeting(payer.name),
        paragraphs=(
            _("We have corrected invoice %(invoice)s by a credit note.") % {"invoice": invoice.number},
            *_money(note, invoice, back),
        ),
        facts=(
            *([] if note.customer_id == payer.id or note.is_gathered else [(_("Customer"), customer)]),
            (_("Number"), note.number),
            (_("Reason"), note.reason),
            (_("Net"), formats.money_text(note.net)),
            (_("VAT"), formats.money_text(note.vat)),
            (_("Total"), formats.money_text(note.gross)),
        ),
        action=Action(_("Open the credit note"), links.document(payer, note.id)),
    )


def refund_failed(payer: Organization, refund: Refund) -> Letter:
    """To the payer: where the money is now."""
    return Letter(
        subject=_("Your refund of %(amount)s is on your balance")
        % {"amount": formats.money_text(refund.amount)},
        greeting=greeting(payer.name),
        paragraphs=(
            _(
                "The money could not be paid back the way it came. It is on your balance now, for you to spend."
            ),
        ),
        facts=(
            *([(_("Credit note"), refund.number)] if refund.number else []),
            (_("Amount"), formats.money_text(refund.amount)),
        ),
        action=Action(_("Open the balance"), links.balance(payer)),
    )


def _money(note: Document, invoice: Document, back: list[Refund]) -> list[str]:
    """Where the amount goes: off the invoice, to the balance, or on its way."""
    said = []
    returned = sum(one.amount.amount for one in back)
    settled = note.gross.amount - returned
    if settled:
        said.append(
            _("%(amount)s is taken off what is open on the invoice; %(open)s is still to be paid.")
            % {
                "amount": formats.money_text(type(note.gross)(settled, note.gross.currency)),
                "open": formats.money_text(invoice.open),
            }
        )
    for one in back:
        amount = {"amount": formats.money_text(one.amount)}
        if one.method == "balance":
            said.append(_("%(amount)s is on your balance.") % amount)
        elif one.method == "card":
            said.append(_("%(amount)s goes back to the card it was paid with.") % amount)
        else:
            said.append(_("%(amount)s will be transferred back to your bank account.") % amount)
    return said


# (event, stable name of the delivery, handler), for config/wiring.py.
LISTENERS: tuple[tuple[str, str, Handler], ...] = (
    ("credit_note.issued", "mail.credit_note_issued", on_credit_note_issued),
    ("refund.failed", "mail.refund_failed", on_refund_failed),
)
