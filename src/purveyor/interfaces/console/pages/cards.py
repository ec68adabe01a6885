"""Kept cards of the own organization, and paying something with one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.cards import CardForm
from purveyor.interfaces.console.pages import _card
from purveyor.interfaces.console.paging import instant_cursor, pager
from purveyor.interfaces.texts import declines
from purveyor.kernel.errors import NotFound
from purveyor.kernel.paging import write_cursor
from purveyor.parties import queries as parties
from purveyor.payments import cards
from purveyor.payments import queries as payments
from purveyor.payments.commands.cards import (
    begin_keeping,
    pay_by_card,
    remove_card,
    set_default_card,
)
from purveyor.payments.types_cards import Card
from purveyor.subscriptions import queries as subscriptions

_SCOPES = ("reseller", "customer")


@page("buy", scopes=_SCOPES)
def listing(desk: Desk) -> HttpResponse:
    """The kept cards: which pays by itself, and which are about to expire."""
    found = cards.list_cards(actor=desk.actor, payer_id=desk.organization.id)
    rows = [(card, declines.card_name(card), card.is_good_on(desk.today)) for card in found]
    return desk.render("console/cards/listing.html", {"rows": rows, "is_offered": cards.is_offered()})


@page("buy", scopes=_SCOPES)
def add(desk: Desk) -> HttpResponse:
    """Begin to keep a card; it is entered on the provider's page."""

    def act() -> str:
        return begin_keeping(actor=desk.actor, now=desk.now, payer_id=desk.organization.id)

    if desk.posted:
        done = desk.submit(None, act)
        if done:
            return done
    return desk.render("console/cards/add.html", {"back_url": desk.url("cards")})


@page("buy", scopes=_SCOPES)
def make_default(desk: Desk, card_id: UUID) -> HttpResponse:
    """Let this card pay where none is named."""
    card = _own(desk, card_id)

    def act() -> str:
        set_default_card(actor=desk.actor, now=desk.now, card_id=card_id)
        return desk.url("cards")

    if desk.posted:
        said = _("%(card)s pays from now on.") % {"card": declines.card_name(card)}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    context = {"name": declines.card_name(card), "back_url": desk.url("cards")}
    return desk.render("console/cards/default.html", context)


@page("buy", scopes=_SCOPES)
def remove(desk: Desk, card_id: UUID) -> HttpResponse:
    """Keep a card no longer, told what follows from it."""
    card = _own(desk, card_id)

    def act() -> str:
        remove_card(actor=desk.actor, now=desk.now, card_id=card_id)
        return desk.url("cards")

    if desk.posted:
        said = _("%(card)s is not kept any more.") % {"card": declines.card_name(card)}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    others = [one for one in cards.list_cards(actor=desk.actor, payer_id=card.payer_id) if one.id != card.id]
    context = {
        "name": declines.card_name(card),
        "heir": declines.card_name(others[0]) if others and card.is_default else "",
        "is_last": not others,
        "renewing": subscriptions.count_renewing_by(
            actor=desk.actor, payer_id=card.payer_id, payment_method="card"
        ),
        "back_url": desk.url("cards"),
        "danger": True,
    }
    return desk.render("console/cards/remove.html", context)


@page("buy", scopes=_SCOPES)
def pay(desk: Desk, payable_id: UUID) -> HttpResponse:
    """Pay something that is owed with a kept card, or with another one on the provider's page."""
    payable = payments.get_payable(actor=desk.actor, payable_id=payable_id)
    kept = [
        one
        for one in cards.list_cards(actor=desk.actor, payer_id=payable.payer_id)
        if one.is_good_on(desk.today)
    ]
    if not kept and not desk.posted:
        return HttpResponseRedirect(cards.pay_url(payable.id))
    form = CardForm(desk.request.POST or None, cards=kept)

    def act() -> str:
        return pay_by_card(actor=desk.actor, now=desk.now, payable_id=payable_id, card_id=form.chosen()).url

    if desk.posted and form.is_valid():
        done = desk.submit(form, act)
        if done:
            return done
    context = {"payable": payable, "form": form}
    return desk.render("console/cards/pay_with.html", context, status=422 if desk.posted else 200)


@page("operate", scopes=("operator",))
def attempts(desk: Desk) -> HttpResponse:
    """All attempts to charge cards, with the provider's words, and the chargebacks."""
    cursor = instant_cursor(desk.request)
    found = cards.list_attempts(actor=desk.actor, cursor=cursor, limit=51)
    more, found = len(found) > 50, found[:50]
    named = _card.names(desk, found)
    payers = parties.names_of(actor=desk.actor, ids={one.payer_id for one in found})
    disputes = cards.list_disputes(actor=desk.actor, limit=20) if cursor is None else []
    disputers = parties.names_of(actor=desk.actor, ids={one.payer_id for one in disputes})
    context = {
        "rows": [(one, _card.attempt(one, named), payers.get(one.payer_id, "")) for one in found],
        "disputes": [(one, disputers.get(one.payer_id, "")) for one in disputes],
        "is_offered": cards.is_offered(),
        "pager": pager(
            desk.request, write_cursor(found[-1].opened_at.isoformat(), str(found[-1].id)) if more else None
        ),
    }
    return desk.render("console/cards/attempts.html", context)


def _own(desk: Desk, card_id: UUID) -> Card:
    card = cards.get_card(actor=desk.actor, card_id=card_id)
    if card.removed_at is not None:
        raise NotFound(kind="card")
    return card
