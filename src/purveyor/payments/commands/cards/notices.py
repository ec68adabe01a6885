"""What the provider tells: kept once, and handled by looking at the object itself, in whatever order it comes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import tx
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.commands.cards import _rows, apply, disputes, drive, refunds
from purveyor.payments.commands.cards.keep import drop
from purveyor.payments.ports import Adapters, Notice, ProviderDispute, ProviderRefused, ProviderUnavailable

# By the beginning of the type; everything else is kept and ignored.
_KNOWN = (
    *("payment_intent.", "checkout.session.", "charge.", "refund."),
    *("payment_method.detached", "payment_method.automatically_updated", "payment_method.updated"),
)


@command
def store_notice(*, actor: Actor, now: datetime, notice: Notice) -> bool:
    """Keep a notice that was verified, once by its id; False for one that is known. The worker handles it.

    Raises: Forbidden.
    """
    authority.require(actor, "operate")
    is_known = notice.type.startswith(_KNOWN)
    row = models.CardEvent(
        id=new_id(),
        event_id=notice.id,
        type=notice.type,
        object_id=notice.object_id,
        received_at=now,
        due_at=now if is_known else None,
        handled_at=None if is_known else now,
        outcome="" if is_known else "ignored",
    )
    models.CardEvent.objects.bulk_create([row], ignore_conflicts=True)
    is_new = models.CardEvent.objects.filter(id=row.id).exists()
    if is_new and is_known:
        _rows.defer(_rows.NOTICE_TASK, row.id)
    return is_new


def handle(*, notice_id: UUID, now: datetime) -> str:
    """Look at the object of a notice and apply what it is now; the outcome. Safe to repeat. Never in a transaction."""
    _rows.outside()
    with tx.enter(system_actor()):
        row = models.CardEvent.objects.select_for_update(no_key=True).filter(id=notice_id).first()
        if row is None or row.due_at is None or row.due_at > now:
            return "not_due"
        row.tries, row.due_at = row.tries + 1, now + drive.LEASE
        row.save(update_fields=["tries", "due_at"])
    try:
        outcome = _follow(row, now)
    except ProviderRefused:
        outcome = "unknown_object"
    except ProviderUnavailable:
        with tx.enter(system_actor()):
            models.CardEvent.objects.filter(id=notice_id).update(due_at=now + drive.wait(row.tries))
        return "later"
    with tx.enter(system_actor()):
        models.CardEvent.objects.filter(id=notice_id).update(outcome=outcome, handled_at=now, due_at=None)
    return outcome


def _follow(row: models.CardEvent, now: datetime) -> str:
    provider = Adapters.cards
    if row.type.startswith("charge.dispute."):
        return _dispute(provider.read_dispute(row.object_id), now)
    if row.type.startswith("refund."):
        return refunds.follow(now=now, found=provider.read_refund(row.object_id))
    if row.type.startswith("checkout.session."):
        attempt_id = _attempt(session_id=row.object_id)
        if attempt_id is None:
            attempt_id = _ours(provider.read_session(row.object_id).attempt)
            # It came before our own call had returned: that call will keep the page, and then it is looked at.
            return "early" if attempt_id else "not_ours"
        drive.look(attempt_id=attempt_id, now=now)
        return "applied"
    if row.type.startswith("payment_method."):
        return _card_changed(row.object_id, now)
    return _charge(row.object_id, now)


def _charge(charge_id: str, now: datetime) -> str:
    charge = Adapters.cards.read_charge(charge_id)
    attempt_id = _attempt(charge_id=charge.id) or _ours(charge.attempt)
    if attempt_id is None:
        return "not_ours"
    apply.apply_charge(now=now, attempt_id=attempt_id, charge=charge)
    drive.look(attempt_id=attempt_id, now=now)
    return "applied"


def _dispute(found: ProviderDispute, now: datetime) -> str:
    """A chargeback may be told of before the payment that it takes back: that one is counted first. No money has
    moved for a bank that only asks."""
    if found.status == "inquiry":
        return "inquiry"
    outcome = disputes.follow(now=now, found=found)
    if outcome != "not_ours" or not found.charge or _charge(found.charge, now) == "not_ours":
        return outcome
    return disputes.follow(now=now, found=found)


def _attempt(**where: str) -> UUID | None:
    with tx.enter(system_actor()):
        found: UUID | None = models.CardAttempt.objects.filter(**where).values_list("id", flat=True).first()
        return found


def _ours(text: str) -> UUID | None:
    """The attempt that the provider was told of, if it is one of ours."""
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    with tx.enter(system_actor()):
        return wanted if models.CardAttempt.objects.filter(id=wanted).exists() else None


def _card_changed(provider_id: str, now: datetime) -> str:
    """A bank gave the holder a new expiry, or the card was detached at the provider."""
    found = Adapters.cards.read_card(provider_id)
    system = system_actor()
    with tx.enter(system):
        row = models.Card.objects.select_for_update(no_key=True).filter(provider_id=provider_id).first()
        if row is None or row.removed_at is not None:
            return "not_ours"
        if not found.payer:
            drop(system, now, row)
        row.exp_month, row.exp_year, row.last4 = found.exp_month, found.exp_year, found.last4
        row.save(update_fields=["exp_month", "exp_year", "last4"])
    return "applied"
