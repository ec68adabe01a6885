"""Ask the provider: charge what is planned, lead to its pages, look at what became of them. Never in a transaction.

Each step is: claim the attempt and commit, call, apply what the provider says in a transaction of its own. Whoever
is killed between leaves an attempt that is due again a little later, and is then found at the provider by our own id,
or asked for again under the same key.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import system_actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.payments import models
from purveyor.payments.cards import keep_url, pay_url
from purveyor.payments.commands._cases import follow_tries
from purveyor.payments.commands._rows import lock_payable
from purveyor.payments.commands.cards import _rows, apply
from purveyor.payments.errors import CardsUnavailable, PayableNotOpen
from purveyor.payments.ports import (
    Adapters,
    Asked,
    ProviderCharge,
    ProviderRefused,
    ProviderSession,
    ProviderUnavailable,
)
from purveyor.payments.types import Payable

# How long a call may take before another may take it up.
LEASE = timedelta(minutes=2)
# When a page that nobody comes back from is looked at; after the last time it is closed.
LOOKS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12), timedelta(hours=24))
_WAIT_MAX = timedelta(hours=6)
# Real time (nanoseconds) in which nobody asks a provider that has just not answered.
_REST = 5_000_000_000


@dataclass
class _Rest:
    until: int = 0


_rest = _Rest()


@dataclass(frozen=True, slots=True)
class _Job:
    """A claimed charge, with all that the provider is told."""

    attempt_id: UUID
    asked: Asked
    card: str
    is_again: bool


def wait(tries: int) -> timedelta:
    """How long after so many calls without an answer the next one is made."""
    return min(timedelta(minutes=2 ** min(tries, 10)), _WAIT_MAX)


def drive(*, attempt_id: UUID, now: datetime) -> None:
    """Send a planned charge, or look at a page that somebody was led to. Safe to repeat, also at the same time."""
    provider = _rows.outside()
    job, waiting = _claim(attempt_id, now)
    if waiting:
        look(attempt_id=attempt_id, now=now, is_due=True)
    if job is None:
        return
    try:
        if time.monotonic_ns() < _rest.until:
            raise ProviderUnavailable("resting")
        found = (
            provider.find_charge(payer=job.asked.payer, attempt=job.asked.attempt) if job.is_again else None
        )
        charge = found or provider.charge(job.asked, card=job.card)
    except ProviderUnavailable:
        _rest.until = max(_rest.until, time.monotonic_ns() + _REST)
        _postpone(attempt_id, now)
        return
    except ProviderRefused as refused:
        charge = ProviderCharge("", "declined", job.asked.amount, job.asked.attempt, refused.code)
    apply.apply_charge(now=now, attempt_id=attempt_id, charge=charge)


def _claim(attempt_id: UUID, now: datetime) -> tuple[_Job | None, bool]:
    """Take the attempt for this call, committed; (the charge to make, whether there is a page to look at)."""
    with tx.enter(system_actor()):
        payable_id = (
            models.CardAttempt.objects.filter(id=attempt_id).values_list("payable_id", flat=True).first()
        )
        payable = None if payable_id is None else lock_payable(id=payable_id)
        row = models.CardAttempt.objects.select_for_update(no_key=True).filter(id=attempt_id).first()
        if row is None or row.due_at is None or row.due_at > now:
            return None, False
        if row.status == "waiting":
            return None, True
        if payable is None or row.card is None or row.kind != "off_session":
            _rows.end(row, "cancelled", now)
            return None, False
        is_again = row.status == "sending"
        # What was sent is always followed up; what was not is not sent any more for a payable that needs it not.
        if not is_again and payable.status not in ("open", "partially_paid"):
            _rows.end(row, "cancelled", now)
            follow_tries(payable)
            return None, False
        if not is_again and payable.open.amount != row.amount:
            _instead(now, row, payable)
            return None, False
        row.status, row.tries, row.due_at, row.sent_at = "sending", row.tries + 1, now + LEASE, now
        row.save(update_fields=["status", "tries", "due_at", "sent_at"])
        asked = _asked(row, payable, row.card.provider_payer)
        return _Job(row.id, asked, row.card.provider_id, is_again), False


def _instead(now: datetime, row: models.CardAttempt, payable: Payable) -> None:
    """A part was paid or credited since it was planned: another attempt asks for what is left."""
    _rows.end(row, "cancelled", now)
    _rows.open_attempt(
        actor=system_actor(),
        now=now,
        payable=payable,
        kind="off_session",
        card_id=row.card_id,
        series_on=row.series_on,
        due_at=now,
    )
    follow_tries(payable)


def _asked(row: models.CardAttempt, payable: Payable, payer: str) -> Asked:
    about = {"payable": str(payable.id), payable.subject_kind: str(payable.subject_id)}
    return Asked(
        key=f"{payable.id}:{row.number}",
        payer=payer,
        attempt=str(row.id),
        amount=Money(row.amount, row.currency),
        description=payable.reference or str(payable.id),
        about=about,
    )


def _postpone(attempt_id: UUID, now: datetime) -> None:
    with tx.enter(system_actor()):
        row = models.CardAttempt.objects.select_for_update(no_key=True).get(id=attempt_id)
        if row.status == "sending":
            row.due_at = now + wait(row.tries)
            row.save(update_fields=["due_at"])


def lead(
    *, now: datetime, payable_id: UUID | None, attempt_id: UUID | None, keep: bool, language: str
) -> str:
    """The provider's page for a payable, or for keeping a card; the same one as long as it can be used.

    Raises: NotFound; PayableNotOpen (paid meanwhile, or over); CardsUnavailable.
    """
    provider = _rows.outside()
    if not provider.is_ready:
        raise CardsUnavailable()
    row = _page_attempt(now, payable_id, attempt_id, keep)
    try:
        if row.session_id is not None:
            session = provider.read_session(row.session_id)
            if session.status == "open":
                return session.url
            look(attempt_id=row.id, now=now)
            raise PayableNotOpen(status=session.status)
        return _open_page(now, row, language)
    except (ProviderUnavailable, ProviderRefused) as error:
        raise CardsUnavailable() from error


def _page_attempt(
    now: datetime, payable_id: UUID | None, attempt_id: UUID | None, keep: bool
) -> models.CardAttempt:
    """The attempt whose page is shown: the open one over what is owed now, else a new one."""
    actor = system_actor()
    with tx.enter(actor):
        if payable_id is None:
            row = models.CardAttempt.objects.filter(Q(id=attempt_id), kind="keep").first()
            if row is None:
                raise NotFound(kind="attempt")
            if row.status not in ("planned", "waiting"):
                raise PayableNotOpen(status=row.status)
            return row
        payable = lock_payable(id=payable_id)
        if payable.status not in ("open", "partially_paid"):
            raise PayableNotOpen(status=payable.status)
        pages = models.CardAttempt.objects.filter(
            payable_id=payable_id, kind="on_session", status__in=["planned", "waiting"]
        )
        found = pages.filter(amount=payable.open.amount, keep_card=keep).order_by("-number").first()
        return found or _rows.open_attempt(
            actor=actor,
            now=now,
            payable=payable,
            kind="on_session",
            series_on=business_date(now),
            due_at=None,
            keep_card=keep,
        )


def _open_page(now: datetime, row: models.CardAttempt, language: str) -> str:
    provider = Adapters.cards
    payer = _payer(now, row)
    if row.payable_id is None:
        page = provider.keep_card(
            key=f"keep:{row.id}:{language}", payer=payer, attempt=str(row.id),
            back_url=f"{keep_url(row.id)}/back", language=language,
        )  # fmt: skip
    else:
        with tx.enter(system_actor()):
            asked = _asked(row, lock_payable(id=row.payable_id), payer)
        page = provider.ask(
            asked, keep=row.keep_card, back_url=f"{pay_url(row.payable_id)}/back", language=language
        )
    with tx.enter(system_actor()):
        still = models.CardAttempt.objects.select_for_update(no_key=True).get(id=row.id)
        if still.status in ("planned", "waiting"):
            still.status, still.session_id, still.session_url = "waiting", page.id, page.url
            still.sent_at, still.due_at, still.tries = now, now + LOOKS[0], 0
            still.save(update_fields=["status", "session_id", "session_url", "sent_at", "due_at", "tries"])
    return page.url


def _payer(now: datetime, row: models.CardAttempt) -> str:
    """The provider's id for the payer, made where it has none."""
    system = system_actor()
    with tx.enter(system):
        known = models.CardPayer.objects.filter(payer_id=row.payer_id).values_list("provider_id", flat=True)
        found = known.first()
        organization = parties.get_organization(actor=system, organization_id=row.payer_id)
    if found is not None:
        return found
    text = f"{organization.name}\n{organization.email}"
    made = Adapters.cards.open_payer(
        key=f"payer:{row.payer_id}:{hashlib.sha256(text.encode()).hexdigest()[:16]}",
        name=organization.name,
        email=organization.email,
        payer_id=str(row.payer_id),
    )
    with tx.enter(system):
        fresh = models.CardPayer(
            id=new_id(),
            reseller_id=row.reseller_id,
            customer_id=_rows.customer_of(row) if row.payer_id != row.reseller_id else None,
            payer_id=row.payer_id,
            provider_id=made,
            made_at=now,
        )
        models.CardPayer.objects.bulk_create([fresh], ignore_conflicts=True)
        return models.CardPayer.objects.values_list("provider_id", flat=True).get(payer_id=row.payer_id)


def look(*, attempt_id: UUID, now: datetime, is_due: bool = False) -> None:
    """See what became of a page or a charge, and apply it. The provider not answering changes nothing."""
    provider = _rows.outside()
    with tx.enter(system_actor()):
        row = models.CardAttempt.objects.filter(id=attempt_id).first()
    if row is None:
        return
    try:
        if row.session_id is not None:
            _look_at_page(now, row, provider.read_session(row.session_id), is_due=is_due)
        elif row.charge_id is not None:
            apply.apply_charge(now=now, attempt_id=row.id, charge=provider.read_charge(row.charge_id))
    except (ProviderUnavailable, ProviderRefused):
        if is_due:
            _look_again(row.id, now)


def _look_at_page(now: datetime, row: models.CardAttempt, session: ProviderSession, *, is_due: bool) -> None:
    provider = Adapters.cards
    if is_due and session.status == "open" and row.tries + 1 >= len(LOOKS):
        provider.close_session(session.id)
        session = provider.read_session(session.id)
    card = provider.read_card(session.card) if session.card else None
    charge = provider.read_charge(session.charge) if session.charge else None
    if row.keep_card and card is None and charge is not None and charge.status == "succeeded" and charge.card:
        card = provider.read_card(charge.card)
    if charge is not None:
        apply.apply_charge(now=now, attempt_id=row.id, charge=charge)
    apply.apply_page(now=now, attempt_id=row.id, session=session, card=card)
    if is_due and session.status == "open":
        _look_again(row.id, now)


def _look_again(attempt_id: UUID, now: datetime) -> None:
    with tx.enter(system_actor()):
        row = models.CardAttempt.objects.select_for_update(no_key=True).get(id=attempt_id)
        if row.status == "waiting":
            row.tries += 1
            row.due_at = now + LOOKS[min(row.tries, len(LOOKS) - 1)]
            row.save(update_fields=["tries", "due_at"])
