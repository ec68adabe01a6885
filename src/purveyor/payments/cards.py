"""Reads about cards, and the address at which a payer pays by card."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.ports import Adapters
from purveyor.payments.types_cards import (
    Attempt,
    AttemptKind,
    AttemptStatus,
    Card,
    DeclineKind,
    Dispute,
    DisputeStatus,
)

LIMIT_MAX = 200
Row = TypeVar("Row", models.Card, models.CardAttempt, models.CardDispute)
_SIGNER = Signer(salt="purveyor.payments.card", sep=".")


def is_offered() -> bool:
    """Whether one can pay by card here at all."""
    return Adapters.cards.is_ready


def pay_url(payable_id: UUID) -> str:
    """Where the payable is paid by card. Whoever has the address may pay, and learns what is to be paid."""
    return f"{settings.BASE_URL}/pay/{_SIGNER.sign(show('pbl', payable_id))}"


def keep_url(attempt_id: UUID) -> str:
    """Where a card is given to be kept, for the one who asked for it."""
    return f"{settings.BASE_URL}/pay/{_SIGNER.sign(show('cat', attempt_id))}"


def read_token(token: str) -> tuple[UUID | None, UUID | None]:
    """(payable, attempt) of the last part of such an address: one of them. Raises NotFound."""
    try:
        text = _SIGNER.unsign(token)
        if text.startswith("pbl_"):
            return read("pbl", text), None
        return None, read("cat", text)
    except (BadSignature, ValueError) as error:
        raise NotFound(kind="payable") from error


def list_cards(*, actor: Actor, payer_id: UUID, removed: bool = False) -> list[Card]:
    """The cards that a payer lets us keep, the default first, then the newest."""
    rows = scoped_cards(actor).filter(payer_id=payer_id)
    if not removed:
        rows = rows.filter(removed_at__isnull=True)
    return [card_of(row) for row in rows.order_by("-is_default", "-added_at", "-id")[:LIMIT_MAX]]


def get_card(*, actor: Actor, card_id: UUID) -> Card:
    """A card of the actor's own, or any for the operator. Raises NotFound."""
    row = scoped_cards(actor).filter(id=card_id).first()
    if row is None:
        raise NotFound(kind="card")
    return card_of(row)


def find_default(*, actor: Actor, payer_id: UUID) -> Card | None:
    """The card that is charged where none is named."""
    row = scoped_cards(actor).filter(payer_id=payer_id, is_default=True, removed_at__isnull=True).first()
    return None if row is None else card_of(row)


def expiring(*, payer_ids: Collection[UUID]) -> dict[UUID, date]:
    """From which day the default card of each of these payers cannot pay any more; the system's question."""
    rows = models.Card.objects.filter(payer_id__in=payer_ids, is_default=True, removed_at__isnull=True)
    return {row.payer_id: card_of(row).expires_on for row in rows}


def list_attempts(
    *,
    actor: Actor,
    payable_id: UUID | None = None,
    payer_id: UUID | None = None,
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Attempt]:
    """Attempts to charge, newest first: the operator's all, everybody else's own."""
    rows = _mine(actor, models.CardAttempt.objects.exclude(kind="keep"))
    if payable_id is not None:
        rows = rows.filter(payable_id=payable_id)
    if payer_id is not None:
        rows = rows.filter(payer_id=payer_id)
    if cursor is not None:
        rows = rows.filter(Q(opened_at__lt=cursor[0]) | Q(opened_at=cursor[0], id__lt=cursor[1]))
    return [attempt_of(row) for row in rows.order_by("-opened_at", "-id")[: min(limit, LIMIT_MAX)]]


def get_attempt(*, actor: Actor, attempt_id: UUID) -> Attempt:
    """One attempt. Raises NotFound."""
    row = _mine(actor, models.CardAttempt.objects.all()).filter(id=attempt_id).first()
    if row is None:
        raise NotFound(kind="attempt")
    return attempt_of(row)


def list_disputes(
    *, actor: Actor, payment_id: UUID | None = None, invoice_id: UUID | None = None, limit: int = 50
) -> list[Dispute]:
    """Chargebacks, newest first: the operator's all, everybody else's own."""
    rows = _mine(actor, models.CardDispute.objects.all())
    if payment_id is not None:
        rows = rows.filter(payment_id=payment_id)
    if invoice_id is not None:
        rows = rows.filter(invoice_id=invoice_id)
    return [dispute_of(row) for row in rows.order_by("-opened_at", "-id")[: min(limit, LIMIT_MAX)]]


def scoped_cards(actor: Actor) -> QuerySet[models.Card]:
    """The rows that the actor may see."""
    return _mine(actor, models.Card.objects.all())


def card_of(row: models.Card) -> Card:
    """The row, frozen."""
    return Card(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        brand=row.brand,
        last4=row.last4,
        exp_month=row.exp_month,
        exp_year=row.exp_year,
        is_default=row.is_default,
        added_at=row.added_at,
        added_by=row.added_by,
        removed_at=row.removed_at,
    )


def attempt_of(row: models.CardAttempt) -> Attempt:
    """The row, frozen."""
    return Attempt(
        id=row.id,
        payer_id=row.payer_id,
        kind=cast(AttemptKind, row.kind),
        payable_id=row.payable_id,
        card_id=row.card_id,
        number=row.number,
        amount=Money(row.amount, row.currency) if row.amount else None,
        status=cast(AttemptStatus, row.status),
        decline_kind=cast(DeclineKind, row.decline_kind),
        decline_code=row.decline_code,
        charge_id=row.charge_id,
        fee=None if row.fee is None else Money(row.fee, row.currency),
        tries=row.tries,
        due_at=row.due_at,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        ended_at=row.ended_at,
    )


def dispute_of(row: models.CardDispute) -> Dispute:
    """The row, frozen."""
    return Dispute(
        id=row.id,
        payer_id=row.payer_id,
        payment_id=row.payment_id,
        invoice_id=row.invoice_id,
        amount=Money(row.amount, row.currency),
        reason=row.reason,
        status=cast(DisputeStatus, row.status),
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _mine(actor: Actor, rows: QuerySet[Row]) -> QuerySet[Row]:
    if actor.scope == "reseller":
        return rows.filter(Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id))
    if actor.scope == "customer":
        return rows.filter(Q(customer_id=actor.customer_id, payer_id=actor.customer_id))
    return rows
