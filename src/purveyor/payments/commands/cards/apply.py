"""Apply what the provider says about a charge or a page. Any number of times, in any order: it is its present state."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import system_actor
from purveyor.payments import events, models
from purveyor.payments.commands._cases import follow_tries, step_at
from purveyor.payments.commands._rows import lock_payable
from purveyor.payments.commands.cards import _rows
from purveyor.payments.commands.cards.keep import store_card
from purveyor.payments.commands.cards.receive import book_fee, receive
from purveyor.payments.ports import ProviderCard, ProviderCharge, ProviderSession
from purveyor.payments.rules.cards import kind_of, next_retry
from purveyor.payments.types import Payable

# A bank that takes its time is asked again.
_PROCESSING_AGAIN = timedelta(hours=1)
# Tried again by itself: what is owed without its payer being there. Whoever orders or pays in is told, and acts.
_RETRIED = ("invoice", "renewal")


def apply_charge(*, now: datetime, attempt_id: UUID, charge: ProviderCharge) -> None:
    """Count the money, or note the decline and what follows from it. Locks the payable, then the attempt.

    Emits: as ``receive``; card.declined or card.action_needed for a charge without its holder.
    """
    actor = system_actor()
    with tx.enter(actor):
        payable_id = models.CardAttempt.objects.get(id=attempt_id).payable_id
        if payable_id is None:
            return
        payable = lock_payable(id=payable_id)
        row = models.CardAttempt.objects.select_for_update(no_key=True).get(id=attempt_id)
        if charge.id and row.charge_id != charge.id:
            row.charge_id = charge.id
            row.save(update_fields=["charge_id"])
        if charge.status == "succeeded":
            _succeeded(now, payable, row, charge)
        elif row.status in ("succeeded", "declined", "cancelled"):
            return
        elif row.kind == "on_session":
            # Its holder is still at it: the page tells him, and lets him try another card.
            row.decline_code, row.decline_kind = charge.decline_code, kind_of(charge.decline_code or "x")
            if charge.status in ("declined", "authentication") and charge.decline_code:
                row.save(update_fields=["decline_code", "decline_kind"])
        elif charge.status in ("declined", "authentication", "cancelled"):
            _declined(now, payable, row, charge)
        else:
            row.status, row.due_at = "sending", now + _PROCESSING_AGAIN
            row.save(update_fields=["status", "due_at"])


def _succeeded(now: datetime, payable: Payable, row: models.CardAttempt, charge: ProviderCharge) -> None:
    actor = system_actor()
    if row.status != "succeeded":
        _rows.end(row, "succeeded", now, decline_code="", decline_kind="")
        receive(actor, now, payable, charge.amount, charge_id=charge.id)
        _rows.cancel_planned(payable, now)
    if charge.fee is not None and row.fee is None:
        row.fee = charge.fee.amount
        row.save(update_fields=["fee"])
        if charge.fee:
            book_fee(actor, now, row, charge.fee)


def _declined(now: datetime, payable: Payable, row: models.CardAttempt, charge: ProviderCharge) -> None:
    code = charge.decline_code or "generic_decline"
    kind = "authentication" if charge.status == "authentication" else kind_of(code)
    _rows.end(row, "declined", now, decline_code=code[:100], decline_kind=kind)
    if payable.status not in ("open", "partially_paid"):
        return
    today = business_date(now)
    day = None
    if kind == "soft" and payable.subject_kind in _RETRIED:
        day = next_retry(series_on=row.series_on, today=today)
    if day is not None:
        _rows.open_attempt(
            actor=system_actor(),
            now=now,
            payable=payable,
            kind="off_session",
            card_id=row.card_id,
            series_on=row.series_on,
            due_at=step_at(day),
        )
    follow_tries(payable)
    event = events.CardActionNeeded if kind == "authentication" else events.CardDeclined
    told = event(
        payable_id=str(payable.id),
        subject_kind=payable.subject_kind,
        subject_id=str(payable.subject_id),
        payer_id=str(payable.payer_id),
        amount=row.amount,
        currency=row.currency,
        reason=code,
        next_on=None if day is None else day.isoformat(),
    )
    _rows.announce(payable, told, now, payable.id)
    _rows.note(
        system_actor(), payable, now, "card.declined", ("payable", payable.id),
        amount=row.amount, currency=row.currency, reason=code,
    )  # fmt: skip


def apply_page(
    *, now: datetime, attempt_id: UUID, session: ProviderSession, card: ProviderCard | None
) -> None:
    """Keep the card that its holder left on a page; end an attempt whose page is over.

    Emits: card.added.
    """
    actor = system_actor()
    with tx.enter(actor):
        row = models.CardAttempt.objects.select_for_update(no_key=True).get(id=attempt_id)
        if card is not None and card.payer:
            store_card(actor, now, row, card)
        if row.kind == "keep" and card is not None and row.status != "succeeded":
            _rows.end(row, "succeeded", now)
        elif session.status == "expired" and row.status in ("planned", "waiting"):
            _rows.end(row, "cancelled", now)
