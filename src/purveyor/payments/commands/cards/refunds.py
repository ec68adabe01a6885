"""Send refunds back to the card they came from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import tx
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.commands.cards import _rows, drive
from purveyor.payments.commands.finish_refund import finish_refund
from purveyor.payments.errors import RefundOver
from purveyor.payments.ports import ProviderRefund, ProviderRefused, ProviderUnavailable


@command
def ask_card_refund(*, actor: Actor, now: datetime, refund_id: UUID) -> bool:
    """Put a refund by card on its way; False for one that is not by card, or is on its way. Safe to repeat.

    Where it cannot be told which charge it was, it fails at once, and its money goes to the balance.

    Raises: Forbidden.
    """
    authority.require(actor, "operate")
    refund = models.Refund.objects.select_related("payment").filter(id=refund_id, method="card").first()
    if refund is None or refund.status != "pending":
        return False
    if refund.payment is None or refund.payment.method != "card":
        finish_refund(actor=actor, now=now, refund_id=refund_id, outcome="failed", reason="no_charge")
        return False
    row = models.CardRefund(
        id=refund.id,
        reseller_id=refund.reseller_id,
        customer_id=refund.customer_id,
        payer_id=refund.payer_id,
        charge_id=refund.payment.reference,
        amount=refund.amount,
        currency=refund.currency,
        opened_at=now,
        due_at=now,
    )
    models.CardRefund.objects.bulk_create([row], ignore_conflicts=True)
    _rows.defer(_rows.REFUND_TASK, row.id)
    return True


def send(*, refund_id: UUID, now: datetime) -> None:
    """Ask the provider to pay it back, or look at one that is on its way. Safe to repeat. Never in a transaction."""
    provider = _rows.outside()
    with tx.enter(system_actor()):
        row = models.CardRefund.objects.select_for_update(no_key=True).filter(id=refund_id).first()
        if row is None or row.due_at is None or row.due_at > now:
            return
        row.tries, row.due_at = row.tries + 1, now + drive.LEASE
        row.save(update_fields=["tries", "due_at"])
    try:
        found = (
            provider.read_refund(row.provider_id)
            if row.provider_id is not None
            else provider.refund(
                key=f"refund:{row.id}",
                charge_id=row.charge_id,
                amount=Money(row.amount, row.currency),
                reference=str(row.id),
            )
        )
    except ProviderUnavailable:
        with tx.enter(system_actor()):
            models.CardRefund.objects.filter(id=refund_id).update(due_at=now + drive.wait(row.tries))
        return
    except ProviderRefused as refused:
        found = ProviderRefund("", "failed", str(row.id), refused.code)
    follow(now=now, found=found)


def follow(*, now: datetime, found: ProviderRefund) -> str:
    """Apply what the provider says about a refund. Safe to repeat."""
    system = system_actor()
    try:
        refund_id = UUID(found.reference)
    except ValueError:
        return "not_ours"
    with tx.enter(system):
        row = models.CardRefund.objects.select_for_update(no_key=True).filter(id=refund_id).first()
        if row is None:
            return "not_ours"
        if row.status in ("done", "failed"):
            return "known"
        row.status, row.provider_id = found.status, found.id or row.provider_id
        row.due_at = now + drive.LOOKS[-1] if found.status == "sent" else None
        row.save(update_fields=["status", "provider_id", "due_at"])
        try:
            finish_refund(
                actor=system, now=now, refund_id=refund_id, outcome=found.status,
                provider_id=found.id, reason=found.reason,
            )  # fmt: skip
        except RefundOver:
            return "known"
    return "applied"
