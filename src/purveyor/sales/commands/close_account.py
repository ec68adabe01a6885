"""The month is over: what a reseller gathered becomes one invoice, split by customer and subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from purveyor.billing.commands import hold_account, issue_invoice, settle_account
from purveyor.billing.types import (
    AccountRow,
    Closing,
    Document,
    DocumentDraft,
    DraftLine,
    PartySnapshot,
    PaymentDetails,
)
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization, ResellerProfile, Seller
from purveyor.payments.commands import open_payable
from purveyor.payments.types import Payable
from purveyor.renewals.commands import link_gathered
from purveyor.sales import events, models
from purveyor.tax import queries as tax
from purveyor.tax.decision import TaxLine, compute_tax


@dataclass(frozen=True, slots=True)
class _Bill:
    """What is billed, for whom, with which tax."""

    closing: Closing
    reseller: Organization
    profile: ResellerProfile
    seller: Seller
    tax: TaxLine
    tax_record: dict[str, object]

    @property
    def gross(self) -> Money:
        """Net and tax."""
        return self.closing.net + self.tax.amount


@command
def close_account(*, actor: Actor, now: datetime, gathering_id: UUID) -> UUID | None:
    """Bill what a reseller gathered until its account fell due; returns the invoice, None where nothing was left.

    All in one transaction: invoice with every line, payable, books, the rows closed, the orders and renewals
    pointed to their invoice; the count of lines and their sum are held against what was on account before
    anything is kept. Where all was taken back the rows are closed without a document: an invoice over nothing is
    never written. VAT is that of the last day gathered (decision 14). Safe to repeat: the account is locked, and
    what is closed is not due again.

    Raises: Forbidden for everybody but the operator and its jobs; TaxUndecided, which parks it.
    Emits: account.billed, and invoice.issued where there is one.
    """
    authority.require(actor, "operate")
    closing = hold_account(actor=actor, now=now, gathering_id=gathering_id)
    if closing is None:
        return None
    document = _bill(actor, now, closing) if closing.net else None
    document_id = None if document is None else document.id
    settle_account(actor=actor, now=now, closing=closing, document_id=document_id)
    if document is not None:
        _point_there(closing, document)
        link_gathered(
            actor=actor,
            now=now,
            invoice_id=document.id,
            renewals=[
                (line.subscription_id, line.period_start) for line in closing.lines if line.kind == "renewal"
            ],
        )
    _announce(actor, now, closing, document)
    return document_id


def _bill(actor: Actor, now: datetime, closing: Closing) -> Document:
    reseller = parties.get_organization(actor=actor, organization_id=closing.reseller_id)
    seller = parties.get_seller()
    # The supplies of a month are complete when it expires (Dir. 2006/112 art. 64): its last day has the rate.
    last_day = business_date(closing.due_at) - timedelta(days=1)
    proven = tax.decide_with_proof(actor=actor, seller=seller, bill_to=reseller, on=last_day, may_hold=False)
    bill = _Bill(
        closing=closing,
        reseller=reseller,
        profile=parties.get_reseller_profile(reseller_id=reseller.id),
        seller=seller,
        tax=compute_tax(closing.net, proven.decision),
        tax_record=proven.record,
    )
    document_id = new_id()
    payable = open_payable(
        actor=actor,
        now=now,
        reseller_id=reseller.id,
        customer_id=reseller.id,
        payer_id=reseller.id,
        subject_kind="invoice",
        subject_id=document_id,
        amount=bill.gross,
        method="bank_transfer",
    )
    post(
        actor=actor,
        now=now,
        reseller_id=reseller.id,
        kind="sale",
        reference=f"account:{closing.gathering_id}:{closing.due_at.isoformat()}",
        legs=movements.sale(payer_id=reseller.id, net=closing.net, vat=bill.tax.amount),
        payer_id=reseller.id,
    )
    document = issue_invoice(actor=actor, now=now, draft=_draft(bill, payable, document_id))
    _check(closing, document)
    return document


def _draft(bill: _Bill, payable: Payable, document_id: UUID) -> DocumentDraft:
    seller, reseller, line = bill.seller, bill.reseller, bill.tax
    return DocumentDraft(
        reseller_id=reseller.id,
        customer_id=reseller.id,
        payer_id=reseller.id,
        bill_to_id=reseller.id,
        seller=PartySnapshot.of(seller.organization),
        buyer=PartySnapshot.of(reseller),
        lines=tuple(_line(one) for one in bill.closing.lines),
        taxes=(DocumentTax(line.category, line.rate_percent, line.base, line.amount, line.reason),),
        tax_decision=bill.tax_record,
        net=bill.closing.net,
        vat=line.amount,
        gross=bill.gross,
        due_days=bill.profile.gathered_due_days,
        payment=PaymentDetails.of(seller, payable.reference),
        reseller_code=bill.profile.code,
        document_id=document_id,
    )


def _line(row: AccountRow) -> DraftLine:
    return DraftLine(
        description=row.description,
        quantity=row.quantity,
        months=row.months,
        unit_price=row.unit_price,
        discount_percent=row.discount_percent,
        net=row.net,
        explanation=row.explanation,
        offer_id=row.offer_id,
        subscription_id=row.subscription_id,
        period_start=row.period_start,
        period_end=row.period_end,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        unbilled_id=row.id if row.whole else None,
    )


def _check(closing: Closing, document: Document) -> None:
    """A line that is missing on the invoice would be given away: nothing is kept then.

    Raises: ValueError.
    """
    if len(document.lines) != len(closing.lines):
        raise ValueError(f"{len(closing.lines)} lines on account, {len(document.lines)} on the invoice")
    if Money.total((line.net for line in document.lines), closing.net.currency) != closing.net:
        raise ValueError("the invoice does not sum to what was on account")


def _point_there(closing: Closing, document: Document) -> None:
    """The orders behind the rows say where they were billed."""
    orders = {row.order_id for row in closing.lines if row.order_id is not None}
    models.Order.objects.filter(id__in=orders, on_account=True).update(
        invoice_id=document.id, invoice_number=document.number
    )


def _announce(actor: Actor, now: datetime, closing: Closing, document: Document | None) -> None:
    reseller_id = closing.reseller_id
    outbox.emit(
        events.AccountBilled(
            reseller_id=str(reseller_id),
            invoice_id=None if document is None else str(document.id),
            lines=len(closing.lines),
            net=closing.net.amount,
            currency=closing.net.currency,
        ),
        now=now,
        subject_id=reseller_id,
        reseller_id=reseller_id,
        payer_id=reseller_id,
    )
    facts: dict[str, str | int] = {"lines": len(closing.lines)}
    if document is not None:
        facts["invoice"] = document.number
    activity.record(
        actor,
        now=now,
        kind="account.billed" if document is not None else "account.netted",
        subject_kind="invoice" if document is not None else "reseller",
        subject_id=document.id if document is not None else reseller_id,
        reseller_id=reseller_id,
        payer_id=reseller_id,
        facts=facts,
    )
