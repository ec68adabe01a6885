"""A refund is sent, has arrived, or could not be paid out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import settle_credit_note
from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.text import clean_line
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.parties import authority
from purveyor.payments import events, models
from purveyor.payments.commands._rows import announce_balance
from purveyor.payments.errors import RefundOver
from purveyor.payments.rows import refund_of
from purveyor.payments.rules.bank import account_number
from purveyor.payments.types_refunds import Refund, RefundOutcome


@command
def finish_refund(
    *,
    actor: Actor,
    now: datetime,
    refund_id: UUID,
    outcome: RefundOutcome,
    provider_id: str = "",
    reason: str = "",
) -> Refund:
    """Say what became of a refund: ``sent`` (ordered, not seen to leave), ``done`` or ``failed``.

    Done: it is booked out of the bank or the card provider. Failed: the money goes to the payer's balance, and
    ``reason`` says why. Safe to repeat: the same outcome again changes nothing.

    Raises: Forbidden; NotFound; RefundOver when it has come to the other end before.
    Emits: refund.done; refund.failed and balance.deposited.
    """
    authority.require(actor, "operate")
    row = _lock(refund_id)
    if row.status == outcome or (outcome == "sent" and row.status == "done"):
        return refund_of(row)
    if row.done_at is not None:
        raise RefundOver(status=row.status)
    row.status, row.provider_id = outcome, provider_id or row.provider_id
    if outcome == "sent":
        row.sent_at = now
        row.save(update_fields=["status", "provider_id", "sent_at"])
        return refund_of(row)
    row.done_at = now
    row.why = reason.strip()[:500]
    row.save(update_fields=["status", "provider_id", "done_at", "why"])
    _book(actor, now, row)
    if row.credit_note_id is not None:
        amount = Money(row.amount, row.currency)
        settle_credit_note(actor=actor, now=now, document_id=row.credit_note_id, amount=amount)
    announce(events.RefundDone if outcome == "done" else events.RefundFailed, row, now)
    note(actor, now, row, f"refund.{outcome}")
    return refund_of(row)


@command
def name_refund_account(*, actor: Actor, now: datetime, refund_id: UUID, iban: str, name: str) -> Refund:
    """Say to which account a refund by transfer goes, as long as it was not sent. Safe to repeat.

    Raises: Forbidden; NotFound; RefundOver once it was sent; Invalid (iban, name).
    """
    authority.require(actor, "operate")
    row = _lock(refund_id)
    if row.status != "pending" or row.method != "bank_transfer":
        raise RefundOver(status=row.status)
    row.iban, row.name = account_number.check(iban), clean_line(name, field="name")
    row.save(update_fields=["iban", "name"])
    return refund_of(row)


def announce(
    event: type[events.RefundAsked] | type[events.RefundDone] | type[events.RefundFailed],
    row: models.Refund,
    now: datetime,
) -> None:
    """Emit ``event`` about the refund, for its payer and the operator."""
    outbox.emit(
        event(
            refund_id=str(row.id),
            credit_note_id=None if row.credit_note_id is None else str(row.credit_note_id),
            number=row.number,
            payer_id=str(row.payer_id),
            method=row.method,
            amount=row.amount,
            currency=row.currency,
        ),
        now=now,
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )


def note(actor: Actor, now: datetime, row: models.Refund, kind: str) -> None:
    """Put what became of the refund on record."""
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="refund",
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts={"number": row.number, "amount": row.amount, "currency": row.currency, "method": row.method},
    )


def _lock(refund_id: UUID) -> models.Refund:
    row = models.Refund.objects.select_for_update(no_key=True).filter(id=refund_id).first()
    if row is None:
        raise NotFound(kind="refund")
    return row


def _book(actor: Actor, now: datetime, row: models.Refund) -> None:
    amount = Money(row.amount, row.currency)
    booked = (
        legs.refund_done(payer_id=row.payer_id, amount=amount, by_card=row.method == "card")
        if row.status == "done"
        else legs.refund_failed(payer_id=row.payer_id, amount=amount)
    )
    post(
        actor=actor,
        now=now,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        kind="refund" if row.status == "done" else "refund_failed",
        reference=f"refund:{row.id}:{row.status}",
        legs=booked,
    )
    if row.status == "failed":
        announce_balance(
            now=now,
            reason="refund_failed",
            amount=amount,
            reseller_id=row.reseller_id,
            customer_id=row.customer_id,
            payer_id=row.payer_id,
        )
