"""Record a bank transfer that arrived."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from purveyor.billing.commands import apply_payments
from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.commands._rows import (
    announce_balance,
    check_amount,
    insert_once,
    lock_payable,
    new_payment,
)
from purveyor.payments.commands.bank._book import invoices_behind, lock_candidates
from purveyor.payments.commands.dunning_case import resolve_case
from purveyor.payments.events import PayableSettled, PaymentReceived
from purveyor.payments.rules.allocation import allocate
from purveyor.payments.rules.references import normalize_rf
from purveyor.payments.types import Allocated, Payable, Payment


@command
def record_transfer(
    *,
    actor: Actor,
    now: datetime,
    amount: Money,
    received_on: date,
    reference: str,
    order_id: UUID | None = None,
    invoice_id: UUID | None = None,
    payable_id: UUID | None = None,
    creditor_reference: str | None = None,
    is_another: bool = False,
) -> Payment:
    """Record money received for exactly one of an order, an invoice, a payable or a creditor reference.

    The payable takes what is open on it, the rest goes to the payer's balance; all of it when the payable
    is settled or cancelled (rules.md e). ``reference`` is what the bank says. The same transfer (target,
    reference, amount, day) is recorded once, unless ``is_another`` says that a second one looks like it.
    The operator's act.

    Raises: Forbidden; NotFound for an unknown target; Invalid (amount, currency); PaymentAlreadyRecorded.
    Emits: payment.received; payable.settled once it is paid in full (and dunning.resolved for an invoice that
        was dunned); balance.deposited for a rest.
    """
    authority.require(actor, "operate")
    payable = lock_payable(**_target(order_id, invoice_id, payable_id, creditor_reference))
    check_amount(amount, payable.amount.currency)
    allocated = allocate(payable, amount)
    reference = reference.strip()
    payment = new_payment(
        actor,
        now=now,
        payable=payable,
        amount=amount,
        allocated=allocated.to_payable,
        received_on=received_on,
        reference=reference,
        from_balance=False,
    )
    insert_once(payment, actor, after=allocated, is_another=is_another)
    counted = _counted(actor, payable, allocated.to_payable)
    _book(actor, now, payable, payment, to_invoices=bool(counted))
    for document_id, status in apply_payments(actor=actor, now=now, amounts=counted).items():
        if status == "paid":
            resolve_case(actor=actor, now=now, invoice_id=document_id)
    _announce(actor, now, payable, payment, allocated, counted)
    return payment


def _counted(actor: Actor, payable: Payable, amount: Money) -> dict[UUID, Money]:
    """How much of it which invoice is paid by: the payable's own or, where money was taken back from what an order or
    a renewal had become, those. None for what has no invoice yet."""
    if not amount.amount or payable.subject_kind == "deposit":
        return {}
    if payable.subject_kind == "invoice":
        return {payable.subject_id: amount}
    if not models.Reversal.objects.filter(payment__allocation__payable_id=payable.id).exists():
        return {}
    candidates = lock_candidates(ids=[payable.id])
    left, found = amount.amount, {}
    for named in invoices_behind(actor, candidates)[payable.id]:
        taken = min(left, named.open) if named.takes_money else 0
        if taken:
            found[named.id] = Money(taken, amount.currency)
            left -= taken
    return found


def _target(
    order_id: UUID | None, invoice_id: UUID | None, payable_id: UUID | None, reference: str | None
) -> dict[str, Any]:
    given: list[dict[str, Any]] = []
    if order_id is not None:
        given.append({"subject_kind": "order", "subject_id": order_id})
    if invoice_id is not None:
        given.append({"subject_kind": "invoice", "subject_id": invoice_id})
    if payable_id is not None:
        given.append({"id": payable_id})
    if reference is not None:
        given.append({"reference": normalize_rf(reference)})
    if len(given) != 1:
        raise Invalid(field="order", reason="one_target")
    return given[0]


def _book(actor: Actor, now: datetime, payable: Payable, payment: Payment, *, to_invoices: bool) -> None:
    # A renewal that must be paid first has no invoice yet either.
    if payable.subject_kind == "deposit":
        booked = legs.deposit(party_id=payable.payer_id, amount=payment.amount)
    elif payable.subject_kind in ("order", "renewal") and not to_invoices:
        booked = legs.transfer_for_order(
            payer_id=payable.payer_id, amount=payment.amount, to_order=payment.allocated
        )
    else:
        booked = legs.transfer_for_invoice(
            payer_id=payable.payer_id, amount=payment.amount, to_invoice=payment.allocated
        )
    post(
        actor=actor,
        now=now,
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
        kind="deposit" if payable.subject_kind == "deposit" else "transfer",
        reference=f"payment:{payment.id}",
        legs=booked,
    )


def _announce(
    actor: Actor,
    now: datetime,
    payable: Payable,
    payment: Payment,
    allocated: Allocated,
    counted: dict[UUID, Money],
) -> None:
    outbox.emit(
        PaymentReceived(
            payment_id=str(payment.id),
            payable_id=str(payable.id),
            subject_kind=payable.subject_kind,
            subject_id=str(payable.subject_id),
            amount=payment.amount.amount,
            currency=payment.amount.currency,
        ),
        now=now,
        subject_id=payment.id,
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
    )
    if allocated.status == "settled" and not payable.is_settled:
        _announce_settled(now, payable, counted)
    is_deposit = payable.subject_kind == "deposit"
    announce_balance(
        now=now,
        reason="deposit" if is_deposit else "overpaid",
        amount=payment.amount if is_deposit else allocated.to_balance,
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
    )
    activity.record(
        actor,
        now=now,
        kind="payment.recorded",
        subject_kind="payment",
        subject_id=payment.id,
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
        facts={
            "amount": payment.amount.amount,
            "currency": payment.amount.currency,
            "reference": payment.reference,
            "received_on": payment.received_on.isoformat(),
        },
    )


def _announce_settled(now: datetime, payable: Payable, counted: dict[UUID, Money]) -> None:
    """Whoever opened it goes on from here; for one that stood open again, the invoices that it had become."""
    subjects: list[tuple[str, UUID]] = [("invoice", one) for one in counted]
    for kind, subject_id in subjects or [(payable.subject_kind, payable.subject_id)]:
        outbox.emit(
            PayableSettled(
                payable_id=str(payable.id),
                subject_kind=kind,
                subject_id=str(subject_id),
                method="bank_transfer",
            ),
            now=now,
            subject_id=payable.id,
            reseller_id=payable.reseller_id,
            customer_id=payable.customer_id,
            payer_id=payable.payer_id,
        )
