"""Orders on account that would bring a reseller above its credit limit wait for room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from django.db import connection

from purveyor.infra import outbox
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money, round_half_up
from purveyor.parties.credit import find_credit_limit
from purveyor.sales import events, models
from purveyor.sales.commands._fulfil import note, open_for
from purveyor.sales.credit import HELD, Credit, get_credit

# Two orders at once could each find the same room: of one reseller and currency, one looks at a time.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('purveyor.credit:' || %s, 0))"


def why_beyond(actor: Actor, order: models.Order) -> Credit | None:
    """What the reseller owes and may owe, where this order on account would be above it; None where there is room,
    or no limit. Holds other orders of the reseller off until the commit.

    What is on account counts with the VAT that this order bears: one invoice will bill both.
    """
    if find_credit_limit(actor=actor, reseller_id=order.reseller_id, currency=order.currency) is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"{order.reseller_id}:{order.currency}"])
    found = get_credit(actor=actor, reseller_id=order.reseller_id, currency=order.currency)
    with_vat = Fraction(order.gross, order.net) if order.net else Fraction(1)
    unbilled = Money(round_half_up(found.on_account.amount * with_vat), order.currency)
    after = found.invoices + unbilled + Money(order.gross, order.currency)
    return found if found.limit is not None and after > found.limit else None


def hold_for_credit(
    actor: Actor, now: datetime, order: models.Order, lines: Sequence[models.OrderLine]
) -> None:
    """Let the order wait: its new subscriptions are opened, but nothing runs and nothing is owed for it.

    Emits: order.held.
    """
    for line in lines:
        if line.type == "new":
            line.subscription_id = open_for(actor, now, order, line, running=False)
    order.status, order.hold_reason = "on_hold", HELD
    say_held(actor, now, order)


def say_held(actor: Actor, now: datetime, order: models.Order) -> None:
    """Announce why an order is held, and put it on record."""
    outbox.emit(
        events.OrderHeld(
            order_id=str(order.id), customer_id=str(order.customer_id), reason=order.hold_reason
        ),
        now=now,
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
    )
    note(actor, now, order, "order.held", reason=order.hold_reason)
