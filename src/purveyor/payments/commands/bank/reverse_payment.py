"""Take a payment back, whole: the bank returned it, or it was matched by mistake."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import withdraw_payment
from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.ledger.commands import post
from purveyor.ledger.errors import InsufficientBalance
from purveyor.ledger.types import AccountKind, Leg
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.commands.bank._book import invoices_behind, lock_candidates
from purveyor.payments.errors_bank import EntryNotMatched, MoneySpent
from purveyor.payments.events import PaymentReversed
from purveyor.payments.types_bank import Candidate


@command
def reverse_payment(
    *, actor: Actor, now: datetime, payment_id: UUID, reason: Literal["returned", "unmatched"]
) -> UUID:
    """Reverse a bank transfer: what it paid stands open again, and what went to the balance is taken from it.

    Entries of the ledger are never changed: a reversing transaction is booked. Invoices past their due date fall
    overdue with the next due work. The operator's act. Safe to repeat: a payment is reversed once.

    Raises: Forbidden; NotFound; EntryNotMatched for one that was no transfer; MoneySpent when its rest, or the
        money of an order that was held or cancelled, is not on the balance any more. Then nothing is written.
    Emits: payment.reversed.
    """
    authority.require(actor, "operate")
    payment = models.Payment.objects.filter(id=payment_id).first()
    if payment is None:
        raise NotFound(kind="payment")
    if payment.method != "bank_transfer":
        raise EntryNotMatched(status=payment.method)
    known = models.Reversal.objects.filter(payment_id=payment_id).values_list("id", flat=True).first()
    if known is not None:
        return known
    allocations = list(models.Allocation.objects.filter(payment_id=payment_id).order_by("payable_id"))
    candidates = {one.id: one for one in lock_candidates(ids=[one.payable_id for one in allocations])}
    places: dict[AccountKind, int] = defaultdict(int)
    places[AccountKind.CUSTOMER_PREPAID] = payment.amount - payment.allocated
    for one in allocations:
        for place, amount in _take_back(actor, now, candidates[one.payable_id], one.amount).items():
            places[place] += amount
    _book(actor, now, payment, places)
    reversal = models.Reversal(
        id=new_id(),
        payment_id=payment_id,
        reseller_id=payment.reseller_id,
        customer_id=payment.customer_id,
        payer_id=payment.payer_id,
        amount=payment.amount,
        currency=payment.currency,
        reason=reason,
        reversed_at=now,
        reversed_by=actor.name,
    )
    reversal.save(force_insert=True)
    _announce(actor, now, payment, reason)
    return reversal.id


def _take_back(actor: Actor, now: datetime, payable: Candidate, amount: int) -> dict[AccountKind, int]:
    """Open the payable again by ``amount``; from which accounts the money comes back."""
    behind = invoices_behind(actor, [payable])[payable.id]
    places: dict[AccountKind, int] = defaultdict(int)
    left = amount
    rows = models.Payable.objects.filter(id=payable.id)
    if payable.status == "cancelled" or _held(payable):
        # Its money went to the balance when it was cancelled or held; nothing is asked for it any more.
        places[AccountKind.CUSTOMER_PREPAID] += left
        rows.update(paid=payable.paid - amount, status="cancelled", settled_at=None)
    else:
        for named in behind:
            withdrawn = _withdraw(actor, now, named.id, left, payable.currency)
            places[AccountKind.RECEIVABLE] += withdrawn
            left -= withdrawn
        waiting = AccountKind.CUSTOMER_PREPAID if payable.subject_kind == "deposit" else AccountKind.ADVANCE
        places[waiting] += left
        payable.paid -= amount
        status = "partially_paid" if payable.paid else "open"
        rows.update(paid=payable.paid, status=status, settled_at=None)
    return places


def _withdraw(actor: Actor, now: datetime, invoice_id: UUID, wanted: int, currency: str) -> int:

    paid = billing.get_document(actor=actor, document_id=invoice_id).paid.amount
    amount = min(wanted, paid)
    if amount:
        withdraw_payment(actor=actor, now=now, document_id=invoice_id, amount=Money(amount, currency))
    return amount


def _held(payable: Candidate) -> bool:
    """Whether the order's money was released to the balance, because it could not be carried out any more."""
    return payable.subject_kind == "order" and ledger.is_posted(
        reseller_id=payable.reseller_id, reference=f"order:{payable.subject_id}:held"
    )


def _book(actor: Actor, now: datetime, payment: models.Payment, places: dict[AccountKind, int]) -> None:
    legs = [
        Leg(kind, Money(amount, payment.currency), payment.payer_id)
        for kind, amount in places.items()
        if amount
    ]
    try:
        post(
            actor=actor,
            now=now,
            reseller_id=payment.reseller_id,
            customer_id=payment.customer_id,
            payer_id=payment.payer_id,
            kind="reversal",
            reference=f"payment:{payment.id}:reversed",
            legs=[Leg(AccountKind.CASH_CLEARING, Money(-payment.amount, payment.currency)), *legs],
        )
    except InsufficientBalance as error:
        raise MoneySpent(**error.facts) from error


def _announce(actor: Actor, now: datetime, payment: models.Payment, reason: str) -> None:
    whose = {
        "reseller_id": payment.reseller_id,
        "customer_id": payment.customer_id,
        "payer_id": payment.payer_id,
    }
    outbox.emit(
        PaymentReversed(
            payment_id=str(payment.id),
            payable_id=None if payment.payable_id is None else str(payment.payable_id),
            amount=payment.amount,
            currency=payment.currency,
            reason=reason,
        ),
        now=now,
        subject_id=payment.id,
        **whose,
    )
    activity.record(
        actor,
        now=now,
        kind=f"payment.{reason}",
        subject_kind="payment",
        subject_id=payment.id,
        facts={
            "amount": payment.amount,
            "currency": payment.currency,
            "reference": payment.reference,
            "received_on": payment.received_on.isoformat(),
        },
        **whose,
    )
