"""A card that a payer lets us keep, without any provider."""

from __future__ import annotations

from purveyor.infra import clock, tx
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id, read, show
from purveyor.parties.types import Organization
from purveyor.payments.models import (
    Card,
    CardAttempt,
    CardDispute,
    CardDisputePart,
    CardEvent,
    CardPayer,
    CardRefund,
    PaidInvoice,
    Payment,
)
from purveyor.payments.queries import find_payable_for


def kept_card(payer: Organization, customer: Organization, order: str) -> dict[str, str]:
    """A kept card of the payer with a history, and the payable of an order that it could pay, by their prefixes."""
    actor = system_actor()
    with tx.enter(actor):
        card = Card(
            id=new_id(),
            reseller_id=customer.reseller_id or payer.id,
            customer_id=payer.id if payer.kind == "customer" else None,
            payer_id=payer.id,
            provider_payer=f"cus_{new_id().hex}",
            provider_id=f"pm_{new_id().hex}",
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=2090,
            is_default=not Card.objects.filter(payer_id=payer.id).exists(),
            added_at=clock.now(),
            added_by="Somebody",
        )
        card.save(force_insert=True)
        dispute = _history(card)
        payable = find_payable_for(actor=actor, subject_kind="order", subject_id=read("ord", order))
        assert payable is not None
        of_both = {
            "reseller_id": card.reseller_id, "customer_id": customer.id, "payer_id": payer.id, "amount": 1,
            "invoice_id": new_id(),
        }  # fmt: skip
        PaidInvoice.objects.create(id=new_id(), payable_id=payable.id, **of_both)
        CardDisputePart.objects.create(id=new_id(), dispute=dispute, asked_id=payable.id, **of_both)
    return {"crd": show("crd", card.id), "pbl": show("pbl", payable.id)}


def _history(card: Card) -> CardDispute:
    """What a provider would have left: who the payer is there, a try that ended, a refund, a chargeback, a notice."""
    whose = {"reseller_id": card.reseller_id, "customer_id": card.customer_id, "payer_id": card.payer_id}
    now = clock.now()
    if not CardPayer.objects.filter(payer_id=card.payer_id).exists():
        CardPayer.objects.create(id=new_id(), provider_id=card.provider_payer, made_at=now, **whose)
    CardAttempt.objects.create(
        id=new_id(),
        kind="keep",
        card=card,
        status="cancelled",
        series_on=clock.business_date(now),
        opened_at=now,
        opened_by="Somebody",
        ended_at=now,
        **whose,
    )
    CardRefund.objects.create(
        id=new_id(), charge_id="pi_1", amount=1, currency="EUR", status="done", opened_at=now, **whose
    )
    payment = Payment.objects.filter(payer_id=card.payer_id).first()
    assert payment is not None
    dispute = CardDispute.objects.create(
        id=new_id(),
        payment=payment,
        provider_id=f"dp_{new_id().hex}",
        amount=1,
        currency="EUR",
        reason="fraudulent",
        status="won",
        opened_at=now,
        closed_at=now,
        **whose,
    )
    CardEvent.objects.create(
        id=new_id(),
        event_id=f"evt_{new_id().hex}",
        type="test",
        object_id="pi_1",
        received_at=now,
        handled_at=now,
    )
    return dispute
