"""VAT that was charged while nobody knew the buyer's number, and is not owed: credited, and invoiced anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.billing.commands import issue_invoice
from purveyor.billing.credits import credited_seats
from purveyor.billing.events import InvoiceReplaced
from purveyor.billing.types import Document, DocumentDraft, DraftLine, PartySnapshot, PaymentDetails
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.infra import outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.ledger import legs as movements
from purveyor.ledger.commands import post
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization, Seller
from purveyor.payments.commands.balance import charge_balance
from purveyor.payments.commands.credit_invoice import credit_invoice
from purveyor.payments.commands.open_payable import open_payable
from purveyor.payments.types_refunds import CreditLine
from purveyor.tax import queries as tax
from purveyor.tax.decision import Proven, TaxUndecided, compute_tax

_DUE_DAYS = 14


@command
def correct_vat(*, actor: Actor, now: datetime, invoice_id: UUID) -> Document | None:
    """Credit an invoice in full and issue it anew without the VAT, where its buyer's number was unknown and is found
    valid; None where there is nothing to correct. The seller's policy ``charge_then_correct``.

    The law of the day of the supply holds. What was paid goes to the payer's balance with the credit note, and the new
    invoice is paid from there; what was open is asked for by the new one. An invoice of which a part was credited
    already is a person's affair. Safe to repeat: what is credited is not credited again.

    Raises: Forbidden for everybody but the operator and its jobs; NotFound.
    Emits: credit_note.issued, invoice.issued, invoice.replaced, and what paying announces.
    """
    authority.require(actor, "operate")
    invoice = billing.get_document(actor=actor, document_id=invoice_id)
    evidence = invoice.tax_decision.get("evidence", {})
    if invoice.kind != "invoice" or evidence.get("meanwhile") != "charge_then_correct":
        return None
    buyer = parties.get_organization(actor=actor, organization_id=invoice.bill_to_id)
    if buyer.vat_number != evidence.get("number") or credited_seats(actor=actor, invoice_id=invoice_id):
        return None
    seller = parties.get_seller()
    try:
        proven = tax.decide_with_proof(
            actor=actor, seller=seller, bill_to=buyer, on=business_date(invoice.issued_at or now)
        )
    except TaxUndecided:
        return None
    vat = compute_tax(invoice.net, proven.decision).amount
    if buyer.vat_status != "valid" or vat >= invoice.vat:
        return None
    was_paid = invoice.status == "paid"
    credit_invoice(
        actor=actor,
        now=now,
        invoice_id=invoice_id,
        lines=[CreditLine(line.id, line.quantity) for line in invoice.lines],
        refund_to="balance",
        reason=_reason(buyer),
    )
    made = _issue_anew(
        actor, now, invoice, _draft(invoice, buyer, seller, proven), seller, from_balance=was_paid
    )
    outbox.emit(
        InvoiceReplaced(
            document_id=str(invoice.id), by_id=str(made.id), number=made.number, paid=made.status == "paid"
        ),
        now=now,
        subject_id=invoice.id,
        reseller_id=invoice.reseller_id,
        customer_id=None if invoice.is_gathered else invoice.customer_id,
        payer_id=invoice.payer_id,
    )
    return made


def _reason(buyer: Organization) -> str:
    """What the credit note says, in its reader's language."""
    with translation.override(buyer.language):
        return _("The VAT number %(number)s was found valid") % {"number": buyer.vat_number}


def _draft(invoice: Document, buyer: Organization, seller: Seller, proven: Proven) -> DocumentDraft:
    line = compute_tax(invoice.net, proven.decision)
    return DocumentDraft(
        reseller_id=invoice.reseller_id,
        customer_id=invoice.customer_id,
        payer_id=invoice.payer_id,
        bill_to_id=invoice.bill_to_id,
        seller=PartySnapshot.of(seller.organization),
        buyer=PartySnapshot.of(buyer),
        lines=tuple(
            DraftLine(
                description=one.description,
                quantity=one.quantity,
                months=one.months,
                unit_price=one.unit_price,
                discount_percent=one.discount_percent,
                net=one.net,
                explanation=one.explanation,
                offer_id=one.offer_id,
                subscription_id=one.subscription_id,
                period_start=one.period_start,
                period_end=one.period_end,
                customer_id=one.customer_id,
                customer_name=one.customer_name,
            )
            for one in invoice.lines
        ),
        taxes=(DocumentTax.of(line),),
        tax_decision=proven.record,
        net=invoice.net,
        vat=line.amount,
        gross=invoice.net + line.amount,
        order_id=invoice.order_id,
        bill_to_may_read=parties.get_reseller_profile(reseller_id=invoice.reseller_id).documents_to_bill_to,
        document_id=new_id(),
    )


def _issue_anew(
    actor: Actor, now: datetime, before: Document, draft: DocumentDraft, seller: Seller, *, from_balance: bool
) -> Document:
    """Book the new invoice, pay it from the balance to which the old one's money went, or ask for the money."""
    document_id = draft.document_id
    if document_id is None:
        raise ValueError("an invoice has its id before its payable")
    scope: dict[str, UUID] = {
        "reseller_id": draft.reseller_id,
        "customer_id": draft.customer_id,
        "payer_id": draft.payer_id,
    }
    if from_balance:
        charge_balance(
            actor=actor,
            now=now,
            subject_kind="invoice",
            subject_id=document_id,
            amount=draft.gross,
            **scope,
        )
        draft = replace(draft, paid=draft.gross)
    else:
        payable = open_payable(
            actor=actor,
            now=now,
            subject_kind="invoice",
            subject_id=document_id,
            amount=draft.gross,
            method="bank_transfer",
            **scope,
        )
        days = max((before.due_on - business_date(now)).days, _DUE_DAYS)
        draft = replace(draft, due_days=days, payment=PaymentDetails.of(seller, payable.reference))
    post(
        actor=actor,
        now=now,
        kind="sale",
        reference=f"corrected:{before.id}",
        legs=movements.sale(payer_id=draft.payer_id, net=draft.net, vat=draft.vat),
        **scope,
    )
    return issue_invoice(actor=actor, now=now, draft=draft)
