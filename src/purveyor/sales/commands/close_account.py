"""The month is over: what a reseller gathered becomes one invoice, split by customer and subscription."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import hold_account, issue_invoice, issue_or_hold, settle_account
from purveyor.billing.held import why_held
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
from purveyor.billing.types_held import Booking, Why
from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization, ResellerProfile, Seller
from purveyor.payments.commands import open_payable, release_held
from purveyor.payments.types import Payable
from purveyor.renewals.commands import link_gathered
from purveyor.sales import events, models
from purveyor.tax import queries as tax
from purveyor.tax.decision import TaxLine, compute_tax

_BOOKING = "sale"


@dataclass(frozen=True, slots=True)
class _Bill:
    """What is billed, for whom, with which tax."""

    closing: Closing
    reseller: Organization
    profile: ResellerProfile
    seller: Seller
    tax: TaxLine
    tax_record: dict[str, object]
    document_id: UUID

    @property
    def gross(self) -> Money:
        """Net and tax."""
        return self.closing.net + self.tax.amount

    @property
    def reference(self) -> str:
        """How the sale is booked, now or when its invoice is released."""
        return f"account:{self.closing.gathering_id}:{self.closing.due_at.isoformat()}"


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
    if not closing.net:
        settle_account(actor=actor, now=now, closing=closing, document_id=None)
        _announce(actor, now, closing.reseller_id, closing.net, None, len(closing.lines))
        return None
    bill, waits = _priced(actor, closing)
    why = why_held(_draft(bill), now=now, number_unknown=waits)
    if why is None:
        return _issue(actor, now, bill).id
    document = _hold(actor, now, bill, why)
    return None if document is None else document.id


@command
def note_account_invoice(*, actor: Actor, now: datetime, document_id: UUID) -> None:
    """What was on account and whose invoice was held is billed now: orders and renewals are pointed to it.

    Raises: NotFound; Forbidden for everybody but the operator and its jobs.
    Emits: account.billed.
    """
    authority.require(actor, "operate")
    document = billing.get_document(actor=actor, document_id=document_id)
    rows = billing.list_billed(actor=actor, document_id=document_id)
    _point_there(actor, now, rows, document)
    _announce(actor, now, document.reseller_id, document.net, document, len(document.lines))


def _priced(actor: Actor, closing: Closing) -> tuple[_Bill, bool]:
    """The bill, and whether it waits for an answer about the reseller's VAT number."""
    reseller = parties.get_organization(actor=actor, organization_id=closing.reseller_id)
    seller = parties.get_seller()
    proven = tax.decide_with_proof(actor=actor, seller=seller, bill_to=reseller, on=_last_day(closing))
    bill = _Bill(
        closing=closing,
        reseller=reseller,
        profile=parties.get_reseller_profile(reseller_id=reseller.id),
        seller=seller,
        tax=compute_tax(closing.net, proven.decision),
        tax_record=proven.record,
        document_id=new_id(),
    )
    return bill, proven.waits


def _last_day(closing: Closing) -> date:
    """The supplies of a month are complete when it expires (Dir. 2006/112 art. 64): its last day has the rate."""
    return business_date(closing.due_at) - timedelta(days=1)


def _issue(actor: Actor, now: datetime, bill: _Bill) -> Document:
    closing, reseller = bill.closing, bill.reseller
    payable = open_payable(
        actor=actor,
        now=now,
        reseller_id=reseller.id,
        customer_id=reseller.id,
        payer_id=reseller.id,
        subject_kind="invoice",
        subject_id=bill.document_id,
        amount=bill.gross,
        method="bank_transfer",
    )
    post(
        actor=actor,
        now=now,
        reseller_id=reseller.id,
        kind=_BOOKING,
        reference=bill.reference,
        legs=movements.sale(payer_id=reseller.id, net=closing.net, vat=bill.tax.amount),
        payer_id=reseller.id,
    )
    document = issue_invoice(actor=actor, now=now, draft=_draft(bill, payable))
    _check(closing, document)
    settle_account(actor=actor, now=now, closing=closing, document_id=document.id)
    _point_there(actor, now, closing.lines, document)
    _announce(actor, now, reseller.id, document.net, document, len(closing.lines))
    return document


def _hold(actor: Actor, now: datetime, bill: _Bill, why: Why) -> Document | None:
    """The whole month waits; the document, where the answer came meanwhile."""
    closing = bill.closing
    held = issue_or_hold(
        actor=actor,
        now=now,
        draft=_draft(bill),
        why=why,
        subject_kind="account",
        subject_id=closing.gathering_id,
        booking=Booking(_BOOKING, bill.reference),
        supplied_on=_last_day(closing),
    )
    settle_account(actor=actor, now=now, closing=closing, document_id=None, held_id=held.id)
    activity.record(
        actor,
        now=now,
        kind="account.invoice_held",
        subject_kind="reseller",
        subject_id=closing.reseller_id,
        reseller_id=closing.reseller_id,
        payer_id=closing.reseller_id,
        facts={"lines": len(closing.lines)},
    )
    return release_held(actor=system_actor(), now=now, held_id=held.id)


def _draft(bill: _Bill, payable: Payable | None = None) -> DocumentDraft:
    """The invoice; without a payable until it is known what asks for the money."""
    seller, reseller, line = bill.seller, bill.reseller, bill.tax
    return DocumentDraft(
        reseller_id=reseller.id,
        customer_id=reseller.id,
        payer_id=reseller.id,
        bill_to_id=reseller.id,
        seller=PartySnapshot.of(seller.organization),
        buyer=PartySnapshot.of(reseller),
        lines=tuple(_line(one) for one in bill.closing.lines),
        taxes=(DocumentTax.of(line),),
        tax_decision=bill.tax_record,
        net=bill.closing.net,
        vat=line.amount,
        gross=bill.gross,
        due_days=bill.profile.gathered_due_days,
        payment=None if payable is None else PaymentDetails.of(seller, payable.reference),
        reseller_code=bill.profile.code,
        document_id=bill.document_id,
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


def _point_there(actor: Actor, now: datetime, rows: Sequence[AccountRow], document: Document) -> None:
    """The orders and renewals behind the rows say where they were billed."""
    orders = {row.order_id for row in rows if row.order_id is not None}
    models.Order.objects.filter(id__in=orders, on_account=True).update(
        invoice_id=document.id, invoice_number=document.number
    )
    link_gathered(
        actor=actor,
        now=now,
        invoice_id=document.id,
        renewals=[(row.subscription_id, row.period_start) for row in rows if row.kind == "renewal"],
    )


def _announce(
    actor: Actor, now: datetime, reseller_id: UUID, net: Money, document: Document | None, lines: int
) -> None:
    outbox.emit(
        events.AccountBilled(
            reseller_id=str(reseller_id),
            invoice_id=None if document is None else str(document.id),
            lines=lines,
            net=net.amount,
            currency=net.currency,
        ),
        now=now,
        subject_id=reseller_id,
        reseller_id=reseller_id,
        payer_id=reseller_id,
    )
    facts: dict[str, str | int] = {"lines": lines}
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
