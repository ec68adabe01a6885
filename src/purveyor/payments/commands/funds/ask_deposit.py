"""An organization asks how to pay in: a payable of its own, by transfer or by card."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import models
from purveyor.payments.commands._rows import lock_payable, require_payer
from purveyor.payments.commands.cancel_payable import cancel_payable
from purveyor.payments.commands.open_payable import open_payable
from purveyor.payments.events import DepositAsked
from purveyor.payments.types import Payable
from purveyor.payments.types_funds import TopUpMethod

# Whoever asks without end asks for something else.
OPEN_MAX = 20


@command
def ask_deposit(
    *,
    actor: Actor,
    now: datetime,
    organization_id: UUID,
    amount: Money,
    method: TopUpMethod = "bank_transfer",
    automatic: bool = False,
) -> Payable:
    """Open a payable over a deposit to the own balance, with a creditor reference of its own; what arrives on it is
    on the balance at once, whole or in parts. By card, paying it is ``pay_by_card``. It is no debt: nobody is
    reminded of it, and it may be dropped.

    Raises: Forbidden without the right to spend; NotFound for another's balance; Invalid (``amount``, ``currency``,
        ``organization``: the operator has no balance; ``too_many`` open at once).
    Emits: deposit.asked.
    """
    authority.require(actor, "buy")
    require_payer(actor, organization_id)
    organization = parties.get_organization(actor=actor, organization_id=organization_id)
    if organization.reseller_id is None:
        raise Invalid(field="organization", reason="no_balance")
    waiting = models.Payable.objects.filter(
        payer_id=organization_id, subject_kind="deposit", status__in=["open", "partially_paid"]
    )
    if waiting.count() >= OPEN_MAX:
        raise Invalid(field="amount", reason="too_many", max=OPEN_MAX)
    payable = open_payable(
        actor=actor,
        now=now,
        reseller_id=organization.reseller_id,
        customer_id=organization.id,
        payer_id=organization.id,
        subject_kind="deposit",
        subject_id=new_id(),
        amount=amount,
        method=method,
    )
    _announce(actor, now, payable, automatic)
    return payable


@command
def drop_deposit(*, actor: Actor, now: datetime, payable_id: UUID) -> Payable:
    """Take back what was asked for; what had come of it stays on the balance. Safe to repeat.

    Raises: Forbidden; NotFound for another's, or for what is no deposit; PayableNotOpen once it is settled.
    """
    authority.require(actor, "buy")
    payable = lock_payable(id=payable_id)
    require_payer(actor, payable.payer_id)
    if payable.subject_kind != "deposit":
        raise NotFound(kind="deposit")
    return cancel_payable(actor=actor, now=now, payable_id=payable.id)


def _announce(actor: Actor, now: datetime, payable: Payable, automatic: bool) -> None:
    # A reseller stands in the customer's place of its own payable: that is nobody's.
    customer_id = None if payable.customer_id == payable.reseller_id else payable.customer_id
    outbox.emit(
        DepositAsked(
            payable_id=str(payable.id),
            organization_id=str(payable.payer_id),
            amount=payable.amount.amount,
            currency=payable.amount.currency,
            method=payable.method,
            automatic=automatic,
        ),
        now=now,
        subject_id=payable.id,
        reseller_id=payable.reseller_id,
        customer_id=customer_id,
        payer_id=payable.payer_id,
    )
    activity.record(
        actor,
        now=now,
        kind="deposit.asked",
        subject_kind="payable",
        subject_id=payable.id,
        reseller_id=payable.reseller_id,
        customer_id=customer_id,
        payer_id=payable.payer_id,
        facts={"amount": payable.amount.amount, "currency": payable.amount.currency},
    )
