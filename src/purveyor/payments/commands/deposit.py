"""Money paid in ahead, for whatever is bought later."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments.commands._rows import announce_balance, check_amount, insert_once
from purveyor.payments.events import PaymentReceived
from purveyor.payments.types import Payment


@command
def deposit(
    *,
    actor: Actor,
    now: datetime,
    organization_id: UUID,
    amount: Money,
    reference: str,
    received_on: date | None = None,
    is_another: bool = False,
) -> Payment:
    """Add money received to the prepaid balance of a reseller or customer. The operator's act.

    ``received_on`` is today unless given. The same deposit (organization, reference, amount, day) is
    recorded once, unless ``is_another`` says that a second one looks like it. Not revenue (rules.md e).

    Raises: Forbidden; NotFound; Invalid (amount, or the operator as organization); PaymentAlreadyRecorded.
    Emits: payment.received, balance.deposited.
    """
    authority.require(actor, "operate")
    check_amount(amount)
    organization = parties.get_organization(actor=actor, organization_id=organization_id)
    if organization.reseller_id is None:
        raise Invalid(field="organization", reason="no_balance")
    payment = Payment(
        id=new_id(),
        reseller_id=organization.reseller_id,
        customer_id=organization.id if organization.kind == "customer" else None,
        payer_id=organization.id,
        payable_id=None,
        amount=amount,
        allocated=Money.zero(amount.currency),
        method="bank_transfer",
        received_on=received_on or business_date(now),
        reference=reference.strip(),
        recorded_at=now,
        recorded_by=actor.name,
    )
    insert_once(payment, actor, after=None, is_another=is_another)
    post(
        actor=actor,
        now=now,
        reseller_id=payment.reseller_id,
        customer_id=payment.customer_id,
        payer_id=payment.payer_id,
        kind="deposit",
        reference=f"payment:{payment.id}",
        legs=legs.deposit(party_id=payment.payer_id, amount=amount),
    )
    _announce(actor, now, payment)
    return payment


def _announce(actor: Actor, now: datetime, payment: Payment) -> None:
    outbox.emit(
        PaymentReceived(
            payment_id=str(payment.id),
            payable_id=None,
            subject_kind=None,
            subject_id=None,
            amount=payment.amount.amount,
            currency=payment.amount.currency,
        ),
        now=now,
        subject_id=payment.id,
        reseller_id=payment.reseller_id,
        customer_id=payment.customer_id,
        payer_id=payment.payer_id,
    )
    announce_balance(
        now=now,
        reason="deposit",
        amount=payment.amount,
        reseller_id=payment.reseller_id,
        customer_id=payment.customer_id,
        payer_id=payment.payer_id,
    )
    activity.record(
        actor,
        now=now,
        kind="balance.deposited",
        subject_kind="organization",
        subject_id=payment.payer_id,
        reseller_id=payment.reseller_id,
        customer_id=payment.customer_id,
        payer_id=payment.payer_id,
        facts={
            "amount": payment.amount.amount,
            "currency": payment.amount.currency,
            "reference": payment.reference,
        },
    )
