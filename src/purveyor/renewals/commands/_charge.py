"""Prices one renewal, asks for its money and writes its invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.billing.commands import issue_invoice
from purveyor.billing.types import Document, DocumentDraft, DraftLine, PartySnapshot, PaymentDetails
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.catalog import queries as catalog
from purveyor.catalog.pricing import PricedLine, price_line
from purveyor.catalog.types import PriceFound
from purveyor.kernel.actor import Actor
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.kernel.period import Period
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.ledger.errors import InsufficientBalance
from purveyor.parties.trade import Trade
from purveyor.parties.types import Seller
from purveyor.payments.commands import charge_balance, open_payable
from purveyor.payments.types import Payable
from purveyor.renewals.rules.outcome import Debtor
from purveyor.subscriptions.types import Subscription
from purveyor.tax import queries as tax
from purveyor.tax.decision import TaxLine, compute_tax


@dataclass(frozen=True, slots=True)
class Charge:
    """A renewal with its price: what will be invoiced."""

    subscription: Subscription
    debtor: Debtor
    trade: Trade
    period: Period
    line: PricedLine
    tax: TaxLine
    tax_record: dict[str, Any]
    due_days: int

    @property
    def gross(self) -> Money:
        """Net and tax."""
        return self.line.net + self.tax.amount


def price(
    *,
    actor: Actor,
    on: date,
    subscription: Subscription,
    trade: Trade,
    debtor: Debtor,
    found: PriceFound,
    period: Period,
) -> Charge:
    """Price all seats for the whole next term at the payer's price of the day (rules.md b2).

    Raises: TaxUndecided.
    """
    discount = Decimal(0)
    if debtor.is_reseller:
        discount = catalog.discount_for(reseller_id=trade.reseller_id, offer_id=subscription.offer_id, on=on)
    line = price_line(
        term_price=found.amount,
        term_months=subscription.term_months,
        months=subscription.term_months,
        quantity=subscription.renews_with,
        discount_percent=discount,
    )
    bill_to = trade.named(debtor.bill_to_id)
    decision = tax.decide_for(seller=trade.seller, bill_to=bill_to, on=on)
    offer = catalog.get_offer(offer_ref=subscription.offer_id)
    return Charge(
        subscription=subscription,
        debtor=debtor,
        trade=trade,
        period=period,
        line=line,
        tax=compute_tax(line.net, decision),
        tax_record=tax.get_decision_record(actor=actor, decision=decision, bill_to=bill_to),
        due_days=offer.terms.invoice_due_days,
    )


def collect(actor: Actor, now: datetime, charge: Charge) -> tuple[UUID, Payable | None]:
    """Take the money from the balance where that was chosen and suffices, else ask for it.

    Returns the id that the invoice will bear, and the payable: settled, open, or none for a renewal over
    nothing. Books the sale.
    """
    invoice_id = new_id()
    payable = _payable(actor, now, charge, invoice_id) if charge.gross else None
    legs = movements.sale(payer_id=charge.debtor.payer_id, net=charge.line.net, vat=charge.tax.amount)
    if legs:
        post(
            actor=actor,
            now=now,
            reseller_id=charge.trade.reseller_id,
            kind="renewal",
            reference=f"renewal:{charge.subscription.id}:{charge.period.start.isoformat()}",
            legs=legs,
            customer_id=charge.subscription.customer_id,
            payer_id=charge.debtor.payer_id,
        )
    return invoice_id, payable


def _payable(actor: Actor, now: datetime, charge: Charge, invoice_id: UUID) -> Payable:
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
            # Nothing was written. The term goes on and the invoice asks for a transfer.
            pass
    return open_payable(**owed(method="bank_transfer"))


def issue(actor: Actor, now: datetime, charge: Charge, invoice_id: UUID, payable: Payable | None) -> Document:
    """The invoice, last of all because its counter is shared: paid, or due as the offer's terms say."""
    is_paid = payable is None or payable.is_settled
    details = None if payable is None or is_paid else _details(payable, charge.trade.seller)
    tax_line = charge.tax
    draft = DocumentDraft(
        reseller_id=charge.trade.reseller_id,
        customer_id=charge.subscription.customer_id,
        payer_id=charge.debtor.payer_id,
        bill_to_id=charge.debtor.bill_to_id,
        seller=PartySnapshot.of(charge.trade.seller.organization),
        buyer=PartySnapshot.of(charge.trade.named(charge.debtor.bill_to_id)),
        lines=(_line(charge),),
        taxes=(
            DocumentTax(
                tax_line.category, tax_line.rate_percent, tax_line.base, tax_line.amount, tax_line.reason
            ),
        ),
        tax_decision=charge.tax_record,
        net=charge.line.net,
        vat=charge.tax.amount,
        gross=charge.gross,
        due_days=0 if is_paid else charge.due_days,
        paid=charge.gross if is_paid else None,
        bill_to_may_read=charge.trade.profile.documents_to_bill_to,
        payment=details,
        reseller_code=charge.trade.profile.code,
        document_id=invoice_id,
    )
    return issue_invoice(actor=actor, now=now, draft=draft)


def _details(payable: Payable, seller: Seller) -> PaymentDetails:
    return PaymentDetails(
        reference=payable.reference or "",
        iban=seller.iban,
        bic=seller.bic,
        bank_name=seller.bank_name,
        beneficiary=seller.organization.name,
    )


def _line(charge: Charge) -> DraftLine:
    found, line = charge.subscription, charge.line
    return DraftLine(
        description=Explanation(
            "line.renewal",
            {
                "product": found.product,
                "plan": found.plan,
                "offer": found.offer_code,
                "quantity": line.quantity,
                "months": line.months,
                "term_months": found.term_months,
                "from": charge.period.start.isoformat(),
                "until": charge.period.end.isoformat(),
            },
        ),
        quantity=line.quantity,
        months=line.months,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=line.net,
        explanation=line.explanation,
        offer_id=found.offer_id,
        subscription_id=found.id,
        period_start=charge.period.start,
        period_end=charge.period.end,
    )
