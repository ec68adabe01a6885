"""Pay what is owed by card: charge a kept one, or send the payer to the page where it pays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.payments import models
from purveyor.payments.cards import find_default, pay_url, scoped_cards
from purveyor.payments.commands._rows import lock_payable, require_payer
from purveyor.payments.commands.cards import _rows
from purveyor.payments.errors import CardNotFound, PayableNotOpen
from purveyor.payments.events import CardActionNeeded
from purveyor.payments.types import Payable
from purveyor.payments.types_cards import CardPayment


@command
def pay_by_card(*, actor: Actor, now: datetime, payable_id: UUID, card_id: UUID | None = None) -> CardPayment:
    """Pay what is open on a payable by card: with a kept card at once and without its holder, else on a page.

    The attempt is written here and the provider asked by a job after the commit, under the key (payable, number), so
    that a crash between loses nothing and charges nothing twice. ``payable.settled`` follows when the money is
    there. What was planned to be tried later is not; one that is under way already is the answer.

    Raises: NotFound for another's payable; PayableNotOpen; CardNotFound; Invalid where cards are not offered.
    """
    _rows.need_cards()
    payable = lock_payable(id=payable_id)
    require_payer(actor, payable.payer_id)
    if payable.status not in ("open", "partially_paid"):
        raise PayableNotOpen(status=payable.status)
    url = pay_url(payable.id)
    if card_id is None:
        return CardPayment("action_needed", url)
    cards = scoped_cards(actor).filter(payer_id=payable.payer_id, removed_at__isnull=True)
    if not cards.filter(id=card_id).exists():
        raise CardNotFound(field="card")
    _charge(actor, now, payable, card_id)
    return CardPayment("processing", url)


@command
def charge_kept_card(*, actor: Actor, now: datetime, payable_id: UUID) -> CardPayment:
    """Charge the payer's default card for what is open on a payable; without one, ask the payer to act.

    For what is paid by card by itself: renewals, orders by card, top-ups.

    Raises: NotFound; PayableNotOpen; Invalid where cards are not offered.
    Emits: card.action_needed where there is no card.
    """
    _rows.need_cards()
    payable = lock_payable(id=payable_id)
    require_payer(actor, payable.payer_id)
    if payable.status not in ("open", "partially_paid"):
        raise PayableNotOpen(status=payable.status)
    card = find_default(actor=actor, payer_id=payable.payer_id)
    if card is None:
        _rows.announce(payable, about(payable, reason="no_card"), now, payable.id)
        return CardPayment("action_needed", pay_url(payable.id))
    _charge(actor, now, payable, card.id)
    return CardPayment("processing", pay_url(payable.id))


def about(payable: Payable, *, reason: str) -> CardActionNeeded:
    """That the payer itself must act on this payable."""
    return CardActionNeeded(
        payable_id=str(payable.id),
        subject_kind=payable.subject_kind,
        subject_id=str(payable.subject_id),
        payer_id=str(payable.payer_id),
        amount=payable.open.amount,
        currency=payable.open.currency,
        reason=reason,
        next_on=None,
    )


def _charge(actor: Actor, now: datetime, payable: Payable, card_id: UUID) -> None:
    _rows.cancel_planned(payable, now)
    if models.CardAttempt.objects.filter(
        payable_id=payable.id, kind="off_session", status="sending"
    ).exists():
        return
    row = _rows.open_attempt(
        actor=actor,
        now=now,
        payable=payable,
        kind="off_session",
        card_id=card_id,
        series_on=business_date(now),
        due_at=now,
    )
    _rows.defer(_rows.DRIVE_TASK, row.id)
