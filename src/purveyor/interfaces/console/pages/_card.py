"""What a page says about paying something by card: the way to do it, what is under way, what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.texts import declines, formats
from purveyor.payments import cards
from purveyor.payments.types import Payable
from purveyor.payments.types_cards import Attempt, Card


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt, in words. ``status`` is that of a badge; ``code`` the provider's word, for the operator alone."""

    at: datetime
    status: str
    what: str
    why: str
    code: str
    charge: str


@dataclass(frozen=True, slots=True)
class Panel:
    """``url`` leads to the way to pay, where the reader is the one who pays; ``waiting`` says it is under way."""

    url: str
    waiting: bool
    here: str
    tries: tuple[Try, ...]
    next_on: str


def panel(desk: Desk, payable: Payable | None) -> Panel | None:
    """The panel of a payable; None where there is nothing to say about cards."""
    if payable is None:
        return None
    tried = cards.list_attempts(actor=desk.actor, payable_id=payable.id, limit=20)
    is_open = payable.status in ("open", "partially_paid")
    may_pay = is_open and cards.is_offered() and desk.may("buy") and payable.payer_id == desk.organization.id
    if not tried and not may_pay:
        return None
    named = names(desk, tried)
    planned = next((one for one in tried if one.status == "planned" and one.due_at is not None), None)
    waiting = is_open and any(
        one.status == "sending"
        or (one.status == "planned" and one.due_at is not None and one.due_at <= desk.now)
        for one in tried
    )
    later = (
        planned if planned is not None and planned.due_at is not None and planned.due_at > desk.now else None
    )
    return Panel(
        desk.url("card_pay", payable_id=payable.id) if may_pay else "",
        waiting,
        desk.request.get_full_path(),
        tuple(attempt(one, named) for one in tried if one is not later),
        formats.day_text(later.due_at.date()) if later is not None and later.due_at is not None else "",
    )


def names(desk: Desk, tried: list[Attempt]) -> dict[UUID, str]:
    """The cards of attempts in words, removed ones too."""
    payers = {one.payer_id for one in tried if one.card_id is not None}
    found: list[Card] = []
    for payer_id in payers:
        found += cards.list_cards(actor=desk.actor, payer_id=payer_id, removed=True)
    return {card.id: declines.card_name(card) for card in found}


def attempt(one: Attempt, named: dict[UUID, str]) -> Try:
    """An attempt in words."""
    by_page = _("On the provider's page")
    what = named.get(one.card_id, _("Kept card")) if one.card_id is not None else by_page
    why = declines.sentence(one.decline_code) if one.decline_kind else ""
    return Try(one.opened_at, one.status, what, why, one.decline_code, one.charge_id or "")


def card_way(desk: Desk, payer_id: UUID) -> list[tuple[str, str]]:
    """Paying by card as a choice of a form: with the kept card, or with one that is entered; none where not offered."""
    if not cards.is_offered():
        return []
    card = cards.find_default(actor=desk.actor, payer_id=payer_id)
    if card is not None and card.is_good_on(desk.today):
        return [("card", _("Card. %(card)s is charged at once.") % {"card": declines.card_name(card)})]
    return [
        ("card", _("Card. You enter it on the page of our payment provider; the order completes at once."))
    ]


def renewal_way(desk: Desk, payer_id: UUID) -> list[tuple[str, str]]:
    """Renewing by card as a choice of a form; none where cards are not offered."""
    if not cards.is_offered():
        return []
    card = cards.find_default(actor=desk.actor, payer_id=payer_id)
    if card is not None:
        return [
            (
                "card",
                _("Card. %(card)s is charged when the next term begins.")
                % {"card": declines.card_name(card)},
            )
        ]
    return [
        ("card", _("Card. None is kept yet: you get a mail with a link to pay when the next term begins."))
    ]
