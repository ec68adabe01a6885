"""A card that a payer lets us keep, without any provider."""

from __future__ import annotations

from purveyor.infra import clock, tx
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id, read, show
from purveyor.parties.types import Organization
from purveyor.payments.models import Card
from purveyor.payments.queries import find_payable_for


def kept_card(payer: Organization, customer: Organization, order: str) -> dict[str, str]:
    """A kept card of the payer, and the payable of an order that it could pay, by their prefixes."""
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
        payable = find_payable_for(actor=actor, subject_kind="order", subject_id=read("ord", order))
        assert payable is not None
    return {"crd": show("crd", card.id), "pbl": show("pbl", payable.id)}
