"""Compute a promise and keep it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.infra.rows import insert
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.sales import models
from purveyor.sales.commands._cart import price_cart
from purveyor.sales.queries import scoped_quotes
from purveyor.sales.rules import stored
from purveyor.sales.types import LineWish, QuoteView

# A day: long enough to ask the boss, short enough that nobody counts on last month's price.
QUOTE_VALID = timedelta(hours=24)


@command
def make_quote(*, actor: Actor, now: datetime, customer_id: UUID, lines: Sequence[LineWish]) -> QuoteView:
    """Price ``lines`` for ``customer_id``; nothing is written but the quote. It holds for ``QUOTE_VALID``.

    Raises: NotFound, Forbidden, Invalid, OfferNotAvailable, SubscriptionNotActive, PeriodEnded, TaxUndecided;
        those about a line name it (``field`` ``lines.0.quantity``, ``line`` 0).
    """
    authority.require(actor, "buy", customer_id=customer_id)
    cart = price_cart(actor=actor, now=now, customer_id=customer_id, wishes=lines, asking=True)
    composed = cart.composed
    row = models.Quote(
        id=new_id(),
        reseller_id=cart.trade.reseller_id,
        customer_id=customer_id,
        payer_id=cart.roles.payer_id,
        bill_to_id=cart.roles.bill_to_id,
        status="open",
        currency=composed.gross.currency,
        gross=composed.gross.amount,
        fingerprint=composed.fingerprint,
        content={
            "wishes": [stored.wish_json(wish) for wish in lines],
            "lines": [stored.line_json(line) for line in composed.lines],
            "taxes": [stored.tax_json(tax) for tax in composed.taxes],
            "net": composed.net.amount,
            "vat": composed.vat.amount,
            "next_renewal": stored.renewal_json(composed.next_renewal),
        },
        created_by=actor.person_id,
        created_at=now,
        expires_at=now + QUOTE_VALID,
    )
    insert(row)
    # What was just written, without reading it back from its stored form.
    return QuoteView(
        id=row.id, reseller_id=row.reseller_id, customer_id=customer_id, payer_id=row.payer_id,
        bill_to_id=row.bill_to_id, status="open", created_at=now, expires_at=row.expires_at, currency=row.currency,
        lines=composed.lines, taxes=composed.taxes, net=composed.net, vat=composed.vat, gross=composed.gross,
        next_renewal=composed.next_renewal,
    )  # fmt: skip


@command
def requote(*, actor: Actor, now: datetime, quote_id: UUID) -> QuoteView:
    """The same wishes at today's price, as a new quote: what to show after ``quote_outdated`` or
    ``quote_expired``.

    Call it in a transaction of its own: the refused one is rolled back.

    Raises: as :func:`make_quote`.
    """
    old = scoped_quotes(actor).filter(id=quote_id).first()
    if old is None:
        raise NotFound(kind="quote")
    wishes = [stored.wish(wish) for wish in old.content["wishes"]]
    return make_quote(actor=actor, now=now, customer_id=old.customer_id, lines=wishes)
