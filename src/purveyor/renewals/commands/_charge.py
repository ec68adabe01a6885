"""Prices one renewal, asks for its money and writes its invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.billing.commands import issue_invoice
from purveyor.billing.held import why_held
from purveyor.billing.types import Document, DocumentDraft, DraftLine, PartySnapshot, PaymentDetails
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.billing.types_held import Booking, Why
from purveyor.catalog import queries as catalog
from purveyor.catalog.pricing import PricedLine, price_line
from purveyor.catalog.types import Offer
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.kernel.period import Period
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.ledger.errors import InsufficientBalance
from purveyor.parties.trade import Trade, get_trade
from purveyor.payments.cards import is_offered
from purveyor.payments.commands import charge_balance, hold_or_settle, open_payable
from purveyor.payments.commands.cards import charge_kept_card
from purveyor.payments.types import Payable
from purveyor.renewals.prices import NextPrice
from purveyor.renewals.rules.line import renewal_line
from purveyor.renewals.rules.outcome import Debtor, debtor
from purveyor.seats import commands as seats
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.types import Subscription
from purveyor.tax import queries as tax
from purveyor.tax.decision import TaxLine, compute_tax


@dataclass(frozen=True, slots=True)
class Charge:
    """A renewal with its price: what will be invoiced, for a next term of ``offer`` at ``price``."""

    subscription: Subscription
    offer: Offer
    price: NextPrice
    debtor: Debtor
    trade: Trade
    period: Period
    line: PricedLine
    tax: TaxLine
    tax_record: dict[str, Any]
    # Nobody knows the buyer's VAT number, and the seller holds the invoice then.
    waits: bool

    @property
    def gross(self) -> Money:
        """Net and tax."""
        return self.line.net + self.tax.amount


def price_renewal(
    *,
    actor: Actor,
    on: date,
    subscription: Subscription,
    offer: Offer,
    price: NextPrice,
) -> Charge:
    """Price all seats for the whole next term, of ``offer``, at the payer's price of the day (rules.md b2).

    Raises: TaxUndecided.
    """
    trade = get_trade(actor=actor, customer_id=subscription.customer_id)
    owing = debtor(
        payer_id=subscription.payer_id,
        customer_id=subscription.customer_id,
        reseller_id=subscription.reseller_id,
        bill_to=trade.customer.bill_to,
    )
    discount = Decimal(0)
    if owing.is_reseller:
        discount = catalog.discount_for(reseller_id=trade.reseller_id, offer_id=offer.id, on=on)
    line = price_line(
        term_price=price.amount,
        term_months=offer.term_months,
        months=offer.term_months,
        quantity=subscription.renews_with,
        discount_percent=discount,
    )
    bill_to = trade.named(owing.bill_to_id)
    proven = tax.decide_with_proof(actor=actor, seller=trade.seller, bill_to=bill_to, on=on)
    return Charge(
        subscription=subscription,
        offer=offer,
        price=price,
        debtor=owing,
        trade=trade,
        period=subscriptions.next_period(subscription, offer.term_months),
        line=line,
        tax=compute_tax(line.net, proven.decision),
        tax_record=proven.record,
        waits=proven.waits and bool(line.net),
    )


def collect(actor: Actor, now: datetime, charge: Charge) -> tuple[UUID, Payable | None]:
    """Take the money from the balance where that was chosen and suffices, else ask for it.

    Returns the id that the invoice will bear, and the payable: settled, open, or none for a renewal over
    nothing. Books the sale. An invoice that is held asks for nothing and is booked when it is issued; what the balance
    paid for it waits.

    Raises: InsufficientBalance for an offer that is paid first, before anything is written.
    """
    invoice_id = new_id()
    held = why(charge, now) is not None
    payable = _payable(actor, now, charge, invoice_id, held=held) if charge.gross else None
    if held:
        return invoice_id, payable
    legs = movements.sale(payer_id=charge.debtor.payer_id, net=charge.line.net, vat=charge.tax.amount)
    if legs:
        post(
            actor=actor,
            now=now,
            reseller_id=charge.trade.reseller_id,
            kind="renewal",
            reference=_reference(charge),
            legs=legs,
            customer_id=charge.subscription.customer_id,
            payer_id=charge.debtor.payer_id,
        )
    return invoice_id, payable


def _reference(charge: Charge) -> str:
    return f"renewal:{charge.subscription.id}:{charge.period.start.isoformat()}"


def _payable(actor: Actor, now: datetime, charge: Charge, invoice_id: UUID, *, held: bool) -> Payable | None:
    def owed(**more: Any) -> dict[str, Any]:
        return {
            "actor": actor,
            "now": now,
            "reseller_id": charge.trade.reseller_id,
            "customer_id": charge.subscription.customer_id,
            "payer_id": charge.debtor.payer_id,
            "subject_kind": "invoice",
            "subject_id": invoice_id,
            "amount": charge.gross,
            **more,
        }

    if charge.subscription.renewal_payment_method == "balance":
        try:
            return charge_balance(**owed())
        except InsufficientBalance:
            # Nothing was written. The term goes on and the invoice asks for a transfer, unless money comes first.
            if charge.offer.terms.prepay:
                raise
    if held:
        return None
    if charge.subscription.renewal_payment_method == "card" and is_offered():
        payable = open_payable(**owed(method="card"))
        charge_kept_card(actor=actor, now=now, payable_id=payable.id)
        return payable
    return open_payable(**owed(method="bank_transfer"))


def begin_next_term(actor: Actor, now: datetime, charge: Charge) -> Subscription:
    """Let the priced term begin where the old one ended: who was to go has gone, another offer holds from then on.

    The balance is charged and the sale booked before it, the invoice issued after it.
    """
    found = charge.subscription
    if found.seats_leaving:
        seats.release_leavers(actor=actor, now=now, subscription_id=found.id)
    return subscriptions.roll_term(
        actor=actor,
        now=now,
        subscription_id=found.id,
        starts_on=charge.period.start,
        term_price=charge.price.amount,
        price_list=charge.price.price_list,
        term_months=charge.offer.term_months,
    )


def issue(
    actor: Actor, now: datetime, charge: Charge, invoice_id: UUID, payable: Payable | None
) -> Document | None:
    """The invoice, last of all because its counter is shared: paid, or due as the offer's terms say. None where it is
    held."""
    paid = is_paid(charge, payable)
    bill = draft(
        charge,
        due_days=0 if paid else charge.offer.terms.invoice_due_days,
        paid=charge.gross if paid else None,
        payable=None if paid else payable,
        document_id=invoice_id,
    )
    held = why(charge, now)
    if held is None:
        return issue_invoice(actor=actor, now=now, draft=bill)
    return hold_or_settle(
        actor=actor,
        now=now,
        draft=bill,
        why=held,
        subject_kind="renewal",
        subject_id=charge.subscription.id,
        booking=Booking("renewal", _reference(charge)),
        from_balance=paid,
    )


def why(charge: Charge, now: datetime) -> Why | None:
    """Why the invoice over this renewal must wait while the term goes on; None where it need not."""
    if not charge.gross:
        return None
    return why_held(draft(charge, due_days=0), now=now, number_unknown=charge.waits)


def is_paid(charge: Charge, payable: Payable | None) -> bool:
    """Whether nothing is left to be asked for: a renewal over nothing, or one that the balance paid."""
    return not charge.gross or (payable is not None and payable.is_settled)


def draft(
    charge: Charge,
    *,
    due_days: int,
    paid: Money | None = None,
    payable: Payable | None = None,
    document_id: UUID | None = None,
) -> DocumentDraft:
    """What the renewal's invoice or pro-forma says; ``payable`` is what it asks to be paid."""
    return DocumentDraft(
        reseller_id=charge.trade.reseller_id,
        customer_id=charge.subscription.customer_id,
        payer_id=charge.debtor.payer_id,
        bill_to_id=charge.debtor.bill_to_id,
        seller=PartySnapshot.of(charge.trade.seller.organization),
        buyer=PartySnapshot.of(charge.trade.named(charge.debtor.bill_to_id)),
        lines=(draft_line(charge),),
        taxes=(DocumentTax.of(charge.tax),),
        tax_decision=charge.tax_record,
        net=charge.line.net,
        vat=charge.tax.amount,
        gross=charge.gross,
        due_days=due_days,
        paid=paid,
        bill_to_may_read=charge.trade.profile.documents_to_bill_to,
        payment=None if payable is None else PaymentDetails.of(charge.trade.seller, payable.reference),
        reseller_code=charge.trade.profile.code,
        document_id=document_id,
    )


def draft_line(charge: Charge) -> DraftLine:
    """The line that bills the renewal."""
    offer, line = charge.offer, charge.line
    return DraftLine(
        description=renewal_line(
            product=offer.product,
            plan=offer.plan,
            offer=offer.code,
            quantity=line.quantity,
            term_months=offer.term_months,
            period=charge.period,
        ),
        quantity=line.quantity,
        months=line.months,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=line.net,
        explanation=line.explanation,
        offer_id=offer.id,
        subscription_id=charge.subscription.id,
        period_start=charge.period.start,
        period_end=charge.period.end,
    )
