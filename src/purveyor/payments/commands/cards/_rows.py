"""What the commands about cards write, lock and announce alike."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from procrastinate.contrib.django import app

from purveyor.infra import activity, outbox, tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id
from purveyor.payments import models
from purveyor.payments.commands._cases import follow_tries
from purveyor.payments.ports import Adapters, CardProvider
from purveyor.payments.types import Payable

DRIVE_TASK, NOTICE_TASK, REFUND_TASK = "purveyor.card", "purveyor.card_notice", "purveyor.card_refund"
FORGET_TASK = "purveyor.card_forget"


def need_cards() -> None:
    """Refuse where no provider is configured. Raises Invalid (``payment_method``)."""
    if not Adapters.cards.is_ready:
        raise Invalid(field="payment_method", reason="card_not_available")


def outside() -> CardProvider:
    """The provider, for whoever is in no transaction: no row stays locked while somebody else's machine thinks."""
    if tx.in_transaction():
        raise RuntimeError("the card provider is asked outside of transactions")
    return Adapters.cards


def defer(task: str, id: UUID | str) -> None:
    """Let the worker do it as soon as this transaction is committed; the due row does it should that be lost."""
    app.configure_task(task, queue="cards").defer(id=str(id))


def open_attempt(
    *,
    actor: Actor,
    now: datetime,
    payable: Payable,
    kind: str,
    card_id: UUID | None = None,
    series_on: date,
    due_at: datetime | None,
    keep_card: bool = False,
) -> models.CardAttempt:
    """The next attempt on a payable whose row is locked, over what is open on it now."""
    last = models.CardAttempt.objects.filter(payable_id=payable.id).aggregate(last=Max("number"))["last"]
    row = models.CardAttempt(
        id=new_id(),
        reseller_id=payable.reseller_id,
        customer_id=payable.customer_id,
        payer_id=payable.payer_id,
        kind=kind,
        payable_id=payable.id,
        card_id=card_id,
        number=(last or 0) + 1,
        amount=payable.open.amount,
        currency=payable.open.currency,
        keep_card=keep_card,
        status="planned",
        series_on=series_on,
        due_at=due_at,
        opened_at=now,
        opened_by=actor.name,
    )
    row.save(force_insert=True)
    return row


def cancel_planned(payable: Payable, now: datetime) -> int:
    """Nothing more is tried on this locked payable by itself; what was sent already is not touched."""
    planned = models.CardAttempt.objects.filter(payable_id=payable.id, kind="off_session", status="planned")
    cancelled = planned.update(status="cancelled", due_at=None, ended_at=now)
    if cancelled:
        follow_tries(payable)
    return cancelled


def end(row: models.CardAttempt, status: str, now: datetime, **more: Any) -> None:
    """The attempt is over, in this way."""
    row.status, row.due_at, row.ended_at = status, None, now
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["status", "due_at", "ended_at", *more])


def announce(row: Any, event: Event, now: datetime, subject_id: UUID) -> None:
    """Emit ``event`` for the payer of ``row`` and the operator."""
    outbox.emit(
        event,
        now=now,
        subject_id=subject_id,
        reseller_id=row.reseller_id,
        customer_id=customer_of(row),
        payer_id=row.payer_id,
    )


def note(
    actor: Actor, row: Any, now: datetime, kind: str, subject: tuple[str, UUID], **facts: str | int
) -> None:
    """Put an act on record, for the payer of ``row`` and the operator."""
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        reseller_id=row.reseller_id,
        customer_id=customer_of(row),
        payer_id=row.payer_id,
        facts=dict(facts),
    )


def customer_of(row: Any) -> UUID | None:
    """A payable over many customers bears its reseller in the customer's place: that is nobody's."""
    found: UUID | None = row.customer_id
    return None if found == row.reseller_id else found
