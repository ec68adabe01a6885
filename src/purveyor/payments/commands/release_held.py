"""Set aside what was paid for an invoice that is held, and book and issue it when it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.billing.commands import hold_on, issue_held, issue_or_hold, last_instant, lock_held
from purveyor.billing.held import why_held
from purveyor.billing.types import Document, DocumentDraft, PartySnapshot, PaymentDetails
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.billing.types_held import Booking, HeldInvoice, HeldSubject, Why
from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.ledger import legs as movements
from purveyor.ledger.commands import post
from purveyor.ledger.types import AccountKind, Leg
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.types import Seller
from purveyor.payments.commands._rows import announce_balance
from purveyor.payments.commands.open_payable import open_payable
from purveyor.tax import queries as tax
from purveyor.tax.decision import TaxUndecided, compute_tax


@command
def hold_or_settle(
    *,
    actor: Actor,
    now: datetime,
    draft: DocumentDraft,
    why: Why,
    subject_kind: HeldSubject,
    subject_id: UUID,
    booking: Booking,
    from_balance: bool,
) -> Document | None:
    """Hold the invoice over a supply whose price was promised, or issue it at once where the answer came meanwhile.

    ``draft.paid`` is what was paid for it: taken from the balance a moment ago (``from_balance``), received ahead, or
    nothing. It waits as an advance. Returns the document, or None while it is held.

    Emits: invoice.held; and what :func:`release_held` does.
    """
    held = issue_or_hold(
        actor=actor,
        now=now,
        draft=draft,
        why=why,
        subject_kind=subject_kind,
        subject_id=subject_id,
        booking=booking,
    )
    if not isinstance(held, HeldInvoice):
        return held
    if from_balance and held.paid:
        post(
            actor=actor,
            now=now,
            kind="invoice_held",
            reference=f"held:{held.id}",
            legs=_to_advance(draft.payer_id, held.paid),
            **_scope(draft),
        )
    return release_held(actor=system_actor(), now=now, held_id=held.id)


@command
def release_held(
    *, actor: Actor, now: datetime, held_id: UUID, waiting_is_over: bool = False
) -> Document | None:
    """Issue an invoice that is held, if nothing is in its way any more; None where it goes on waiting.

    The VAT is decided anew, by the law of the day of the supply and what is known of the buyer's number now. Where the
    answer came that it is valid, less may be owed than was paid: the difference goes to the payer's balance. It never
    becomes more than was promised and paid. ``waiting_is_over`` issues it with the VAT of a consumer though nobody
    answered: at its last day, or by a person. Safe to repeat: it is locked, and issued once.

    Raises: Forbidden for everybody but the operator and its jobs; NotFound.
    Emits: invoice.issued, invoice.paid where nothing is open, invoice.released, balance.deposited.
    """
    authority.require(actor, "operate")
    held = lock_held(actor=actor, now=now, held_id=held_id)
    if held.released_at is not None:
        return None
    seller = parties.get_seller()
    over = waiting_is_over or now >= last_instant(held.supplied_on)
    draft, waits = _decided_anew(actor, held, seller, over)
    why = why_held(draft, now=now, number_unknown=waits)
    if why is not None:
        hold_on(actor=actor, now=now, held=held, why=why)
        return None
    draft = _booked(actor, now, held, draft, seller)
    document = issue_held(actor=actor, now=now, held=held, draft=draft)
    activity.record(
        actor,
        now=now,
        kind="invoice.released",
        subject_kind="invoice",
        subject_id=document.id,
        reseller_id=document.reseller_id,
        customer_id=None if document.is_gathered else document.customer_id,
        payer_id=document.payer_id,
        facts={"invoice": document.number},
    )
    return document


def _decided_anew(
    actor: Actor, held: HeldInvoice, seller: Seller, waiting_is_over: bool
) -> tuple[DocumentDraft, bool]:
    """The draft with the parties and the VAT as they are known now, and whether it goes on waiting for an answer."""
    draft = held.draft
    buyer = parties.get_organization(actor=actor, organization_id=draft.bill_to_id)
    draft = replace(draft, buyer=PartySnapshot.of(buyer), seller=PartySnapshot.of(seller.organization))
    if "meanwhile" not in draft.tax_decision.get("evidence", {}):
        return draft, False
    try:
        proven = tax.decide_with_proof(
            actor=actor,
            seller=seller,
            bill_to=buyer,
            on=held.supplied_on,
            promised=not waiting_is_over,
        )
    except TaxUndecided:
        return draft, not waiting_is_over
    line = compute_tax(draft.net, proven.decision)
    if line.amount > draft.vat and held.paid:
        # Another rate by another address: what was promised and paid holds, for the buyer as it was then.
        return replace(draft, buyer=held.draft.buyer), proven.waits
    decided = replace(
        draft,
        taxes=(DocumentTax.of(line),),
        tax_decision=proven.record,
        vat=line.amount,
        gross=draft.net + line.amount,
    )
    return decided, proven.waits


def _booked(
    actor: Actor, now: datetime, held: HeldInvoice, draft: DocumentDraft, seller: Seller
) -> DocumentDraft:
    """Book the sale, take the advance for it or ask for the money; the draft as it is issued."""
    legs = movements.sale(payer_id=draft.payer_id, net=draft.net, vat=draft.vat)
    if not legs:
        return replace(draft, paid=None)
    if held.paid:
        legs += movements.from_advance(payer_id=draft.payer_id, amount=draft.gross)
        draft = replace(draft, paid=draft.gross, due_days=0, payment=None)
    else:
        if draft.document_id is None:
            raise ValueError("an invoice that asks for money has its id before its payable")
        payable = open_payable(
            actor=actor,
            now=now,
            subject_kind="invoice",
            subject_id=draft.document_id,
            amount=draft.gross,
            method="bank_transfer",
            **_scope(draft),
        )
        draft = replace(draft, paid=None, payment=PaymentDetails.of(seller, payable.reference))
    post(
        actor=actor,
        now=now,
        kind=held.booking.kind,
        reference=held.booking.reference,
        legs=legs,
        **_scope(draft),
    )
    _give_back(actor, now, held, draft)
    return draft


def _give_back(actor: Actor, now: datetime, held: HeldInvoice, draft: DocumentDraft) -> None:
    """What was paid for VAT that is not owed is the payer's to spend."""
    if not held.paid:
        return
    rest: Money = held.paid - draft.gross
    if not rest:
        return
    post(
        actor=actor,
        now=now,
        kind="invoice_held",
        reference=f"held:{held.id}:rest",
        legs=movements.advance_to_balance(payer_id=draft.payer_id, amount=rest),
        **_scope(draft),
    )
    announce_balance(
        now=now,
        reason="vat_not_owed",
        amount=rest,
        reseller_id=draft.reseller_id,
        customer_id=None if draft.customer_id == draft.reseller_id else draft.customer_id,
        payer_id=draft.payer_id,
    )


def _to_advance(payer_id: UUID, amount: Money) -> list[Leg]:
    """What was paid from the balance waits for the invoice, as if it had arrived ahead."""
    return [Leg(AccountKind.RECEIVABLE, amount, payer_id), Leg(AccountKind.ADVANCE, -amount, payer_id)]


def _scope(draft: DocumentDraft) -> dict[str, Any]:
    return {
        "reseller_id": draft.reseller_id,
        "customer_id": draft.customer_id,
        "payer_id": draft.payer_id,
    }
