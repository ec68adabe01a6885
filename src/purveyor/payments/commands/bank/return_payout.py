"""A refund by transfer that left the account and came back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.ledger.commands import post
from purveyor.ledger.types import AccountKind, Leg
from purveyor.parties import authority
from purveyor.payments import events, models
from purveyor.payments.commands._rows import announce_balance
from purveyor.payments.commands.finish_refund import announce, finish_refund, note
from purveyor.payments.errors import RefundOver
from purveyor.payments.rows import refund_of
from purveyor.payments.types_refunds import Refund


@command
def return_payout(*, actor: Actor, now: datetime, refund_id: UUID, reason: str = "") -> Refund:
    """Say that the money of a refund came back: it goes to the payer's balance, and ``reason`` is kept.

    One that was seen to leave (``done``) is booked from the bank, one that was only ``sent`` from what was owed. Safe
    to repeat: a refund comes back once.

    Raises: Forbidden; NotFound; RefundOver for one that was never paid out by transfer.
    Emits: refund.failed, balance.deposited.
    """
    authority.require(actor, "operate")
    row = models.Refund.objects.select_for_update(no_key=True).filter(id=refund_id).first()
    if row is None:
        raise NotFound(kind="refund")
    if row.status == "failed":
        return refund_of(row)
    if row.method != "bank_transfer" or row.status == "pending":
        raise RefundOver(status=row.status)
    if row.status == "sent":
        return finish_refund(actor=actor, now=now, refund_id=refund_id, outcome="failed", reason=reason)
    row.status, row.done_at, row.why = "failed", now, reason.strip()[:500]
    row.save(update_fields=["status", "done_at", "why"])
    amount = Money(row.amount, row.currency)
    post(
        actor=actor,
        now=now,
        kind="refund_failed",
        reference=f"refund:{row.id}:returned",
        legs=[
            Leg(AccountKind.CASH_CLEARING, amount),
            Leg(AccountKind.CUSTOMER_PREPAID, -amount, row.payer_id),
        ],
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )
    announce_balance(
        now=now,
        reason="refund_failed",
        amount=amount,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )
    announce(events.RefundFailed, row, now)
    note(actor, now, row, "refund.failed")
    return refund_of(row)
