"""See the price while choosing, before anything is promised or written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.sales.commands._cart import price_cart
from purveyor.sales.types import LineWish, QuotePreview


@command
def preview_quote(
    *, actor: Actor, now: datetime, customer_id: UUID, lines: Sequence[LineWish]
) -> QuotePreview:
    """What :func:`make_quote` would promise at this moment, by the same function. Writes nothing.

    Raises: as :func:`make_quote`.
    """
    authority.require(actor, "buy", customer_id=customer_id)
    cart = price_cart(actor=actor, now=now, customer_id=customer_id, wishes=lines)
    composed = cart.composed
    return QuotePreview(
        customer_id=customer_id,
        payer_id=cart.roles.payer_id,
        bill_to_id=cart.roles.bill_to_id,
        lines=composed.lines,
        taxes=composed.taxes,
        net=composed.net,
        vat=composed.vat,
        gross=composed.gross,
        next_renewal=composed.next_renewal,
    )
