"""Pay an order by card: with the payer's kept card where there is one, else on the page that the order names."""

from __future__ import annotations

from datetime import datetime

from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.payments.cards import find_default
from purveyor.payments.commands.cards import pay_by_card
from purveyor.payments.types import Payable


def charge_by_card(*, actor: Actor, now: datetime, payable: Payable) -> bool:
    """Charge the default card for an order's new payable; False where its payer must act."""
    card = find_default(actor=actor, payer_id=payable.payer_id)
    if card is None or not card.is_good_on(business_date(now)):
        return False
    pay_by_card(actor=actor, now=now, payable_id=payable.id, card_id=card.id)
    return True
