"""Record money that came by card, and what the provider keeps of it."""

from __future__ import annotations

from datetime import datetime

from purveyor.billing.commands import apply_payment
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.payments import models
from purveyor.payments.commands._rows import announce_balance, insert_payment
from purveyor.payments.commands.cards import _rows
from purveyor.payments.commands.dunning_case import resolve_case
from purveyor.payments.events import PayableSettled, PaymentReceived
from purveyor.payments.rules.allocation import allocate
from purveyor.payments.types import Allocated, Payable, Payment


def receive(actor: Actor, now: datetime, payable: Payable, amount: Money, *, charge_id: str) -> Payment:
    """Count a card payment towards the locked payable; what it does not need goes to the payer's balance.

    ``charge_id`` is the provider's, and the payment's reference. The caller sees that it is counted once.

    Emits: payment.received; payable.settled (and dunning.resolved); balance.deposited for a rest.
    """
    allocated = allocate(payable, amount)
    customer_id = _rows.customer_of(payable)
    payment = Payment(
        id=new_id(),
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
        payable_id=payable.id,
        amount=amount,
        allocated=allocated.to_payable,
        method="card",
        received_on=business_date(now),
        reference=charge_id,
        recorded_at=now,
        recorded_by=actor.name,
    )
    if not insert_payment(payment, actor, after=allocated):
        raise RuntimeError(f"charge {charge_id} is on record for another attempt")
    # The kind of subject that is a deposit is all the payer's to spend.
    is_deposit = payable.subject_kind not in ("order", "renewal", "invoice")
    post(
        actor=actor,
        now=now,
        reseller_id=payable.reseller_id,
        customer_id=customer_id,
        payer_id=payable.payer_id,
        kind="card",
        reference=f"payment:{payment.id}",
        legs=legs.card_received(
            payer_id=payable.payer_id,
            amount=amount,
            to_order=allocated.to_payable if payable.subject_kind in ("order", "renewal") else None,
            to_invoice=allocated.to_payable if payable.subject_kind == "invoice" else None,
        ),
    )
    if payable.subject_kind == "invoice" and allocated.to_payable.amount:
        apply_payment(actor=actor, now=now, document_id=payable.subject_id, amount=allocated.to_payable)
        if allocated.status == "settled":
            resolve_case(actor=actor, now=now, invoice_id=payable.subject_id)
    _announce(now, payable, payment, allocated)
    announce_balance(
        now=now,
        reason="deposit" if is_deposit else "overpaid",
        amount=amount if is_deposit else allocated.to_balance,
        reseller_id=payable.reseller_id,
        customer_id=customer_id,
        payer_id=payable.payer_id,
    )
    _rows.note(
        actor, payable, now, "payment.by_card", ("payment", payment.id),
        amount=amount.amount, currency=amount.currency, reference=charge_id,
    )  # fmt: skip
    return payment


def _announce(now: datetime, payable: Payable, payment: Payment, allocated: Allocated) -> None:
    received = PaymentReceived(
        payment_id=str(payment.id),
        payable_id=str(payable.id),
        subject_kind=payable.subject_kind,
        subject_id=str(payable.subject_id),
        amount=payment.amount.amount,
        currency=payment.amount.currency,
    )
    _rows.announce(payable, received, now, payment.id)
    if allocated.status == "settled" and not payable.is_settled:
        settled = PayableSettled(
            payable_id=str(payable.id),
            subject_kind=payable.subject_kind,
            subject_id=str(payable.subject_id),
            method="card",
        )
        _rows.announce(payable, settled, now, payable.id)


def book_fee(actor: Actor, now: datetime, row: models.CardAttempt, fee: Money) -> None:
    """What the provider keeps of a charge, once."""
    post(
        actor=actor,
        now=now,
        reseller_id=row.reseller_id,
        customer_id=_rows.customer_of(row),
        payer_id=row.payer_id,
        kind="card_fee",
        reference=f"attempt:{row.id}:fee",
        legs=legs.card_fee(amount=fee),
    )
