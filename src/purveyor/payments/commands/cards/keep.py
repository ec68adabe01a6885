"""Keep a card, choose the one that pays, and let one go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import events, models
from purveyor.payments.cards import card_of, keep_url, scoped_cards
from purveyor.payments.commands._rows import require_payer
from purveyor.payments.commands.cards import _rows
from purveyor.payments.ports import ProviderCard
from purveyor.payments.types_cards import Card


@command
def begin_keeping(*, actor: Actor, now: datetime, payer_id: UUID) -> str:
    """Begin to keep a card for a payer; returns the address that leads to the provider's page.

    Nothing is kept before its holder has agreed there. Such an address serves for a day.

    Raises: Forbidden; NotFound; Invalid where cards are not offered.
    """
    authority.require(actor, "buy")
    _rows.need_cards()
    require_payer(actor, payer_id)
    organization = parties.get_organization(actor=actor, organization_id=payer_id)
    if organization.reseller_id is None:
        raise NotFound(kind="organization")
    row = models.CardAttempt(
        id=new_id(),
        reseller_id=organization.reseller_id,
        customer_id=organization.id if organization.kind == "customer" else None,
        payer_id=organization.id,
        kind="keep",
        keep_card=True,
        status="planned",
        series_on=business_date(now),
        opened_at=now,
        opened_by=actor.name,
    )
    row.save(force_insert=True)
    return keep_url(row.id)


@command
def set_default_card(*, actor: Actor, now: datetime, card_id: UUID) -> Card:
    """Let this card pay from now on where none is named. Safe to repeat.

    Raises: Forbidden, NotFound.
    """
    authority.require(actor, "buy")
    row = _lock(actor, card_id)
    if not row.is_default:
        models.Card.objects.filter(payer_id=row.payer_id, is_default=True).update(is_default=False)
        row.is_default = True
        row.save(update_fields=["is_default"])
        _rows.note(actor, row, now, "card.made_default", ("card", row.id), brand=row.brand, last4=row.last4)
    return card_of(row)


@command
def remove_card(*, actor: Actor, now: datetime, card_id: UUID) -> Card:
    """Keep a card no longer: the provider is told, and nothing that was planned with it is tried. Safe to repeat.

    The newest other card pays from then on; without one, what is to be paid by card asks its payer to act.

    Raises: Forbidden, NotFound. Emits: card.removed.
    """
    authority.require(actor, "buy")
    row = _lock(actor, card_id)
    if row.removed_at is not None:
        return card_of(row)
    _rows.defer(_rows.FORGET_TASK, row.provider_id)
    return drop(actor, now, row)


def drop(actor: Actor, now: datetime, row: models.Card) -> Card:
    """The locked card is gone, here; the job tells the provider."""
    was_default = row.is_default
    row.removed_at, row.is_default = now, False
    row.save(update_fields=["removed_at", "is_default"])
    planned = models.CardAttempt.objects.filter(card_id=row.id, status="planned")
    planned.update(status="cancelled", due_at=None, ended_at=now)
    if was_default:
        others = models.Card.objects.filter(payer_id=row.payer_id, removed_at__isnull=True)
        heir = others.order_by("-added_at", "-id").values_list("id", flat=True).first()
        models.Card.objects.filter(Q(id=heir)).update(is_default=True)
    event = events.CardRemoved(str(row.id), str(row.payer_id), row.brand, row.last4)
    _rows.announce(row, event, now, row.id)
    _rows.note(actor, row, now, "card.removed", ("card", row.id), brand=row.brand, last4=row.last4)
    return card_of(row)


def store_card(actor: Actor, now: datetime, attempt: models.CardAttempt, found: ProviderCard) -> models.Card:
    """Keep what may be known of a card that its holder left with the provider. Safe to repeat."""
    known = models.Card.objects.filter(provider_id=found.id).first()
    if known is not None:
        return known
    is_first = not models.Card.objects.filter(payer_id=attempt.payer_id, removed_at__isnull=True).exists()
    row = models.Card(
        id=new_id(),
        reseller_id=attempt.reseller_id,
        customer_id=_rows.customer_of(attempt),
        payer_id=attempt.payer_id,
        provider_payer=found.payer,
        provider_id=found.id,
        brand=found.brand[:40],
        last4=found.last4,
        exp_month=found.exp_month,
        exp_year=found.exp_year,
        is_default=is_first,
        added_at=now,
        added_by=attempt.opened_by,
    )
    row.save(force_insert=True)
    event = events.CardAdded(str(row.id), str(row.payer_id), row.brand, row.last4)
    _rows.announce(row, event, now, row.id)
    _rows.note(actor, row, now, "card.added", ("card", row.id), brand=row.brand, last4=row.last4)
    return row


def _lock(actor: Actor, card_id: UUID) -> models.Card:
    # All of the payer's, so that two who choose at once do so one after the other.
    payer_id = scoped_cards(actor).filter(id=card_id).values_list("payer_id", flat=True).first()
    rows = scoped_cards(actor).filter(Q(payer_id=payer_id)).order_by("id")
    row = next((one for one in rows.select_for_update(no_key=True) if one.id == card_id), None)
    if row is None:
        raise NotFound(kind="card")
    return row
