"""The page where somebody pays by card, or gives a card to be kept: for whoever has its address.

It stands in mails and in the API's answers, so it asks nobody to sign in, shows no more than what is to be paid and
by whom, and changes nothing when it is opened. The card itself is entered on the provider's own page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from purveyor.billing import queries as billing
from purveyor.infra import clock, tx
from purveyor.interfaces.texts import declines, refusals
from purveyor.kernel.actor import system_actor
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.ids import show
from purveyor.parties import queries as parties
from purveyor.payments import cards
from purveyor.payments import queries as payments
from purveyor.payments.commands.cards.drive import lead, look
from purveyor.payments.types import Payable
from purveyor.payments.types_cards import Attempt


@dataclass(frozen=True)
class Asked:
    """What the page shows: ``state`` is open, waiting, paid, kept or over; ``decline`` says why the last try failed."""

    state: str
    payable: Payable | None
    attempt: Attempt | None
    payer: str
    what: str
    number: str
    seller: str
    card_name: str = ""
    decline: str = ""


@require_safe
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """What is to be paid, and the way to the provider's page; how it went, afterwards."""
    asked = _asked(token)
    return render(request, "console/cards/pay.html", {"asked": asked, "token": token}, status=_status(asked))


@require_safe
def go(request: HttpRequest, token: str) -> HttpResponse:
    """To the provider's page; the same one as long as it is open."""
    payable_id, attempt_id = _read(token)
    try:
        url = lead(
            now=clock.now(),
            payable_id=payable_id,
            attempt_id=attempt_id,
            keep="keep" in request.GET,
            language=(get_language() or "en")[:2],
        )
    except NotFound as error:
        raise Http404 from error
    except DomainError as error:
        context: dict[str, Any] = {
            "asked": _asked(token), "token": token, "sentence": refusals.sentence(error),
        }  # fmt: skip
        return render(request, "console/cards/pay.html", context, status=error.status)
    return HttpResponseRedirect(url)


@require_safe
def back(request: HttpRequest, token: str) -> HttpResponse:
    """From the provider's page: see what came of it, then show it."""
    payable_id, attempt_id = _read(token)
    if payable_id is not None:
        with tx.enter(system_actor()):
            tried = cards.list_attempts(actor=system_actor(), payable_id=payable_id)
        attempt_id = next((one.id for one in tried if one.kind == "on_session"), None)
    if attempt_id is not None:
        look(attempt_id=attempt_id, now=clock.now())
    return HttpResponseRedirect(reverse("console:pay", kwargs={"token": token}))


def _read(token: str) -> tuple[UUID | None, UUID | None]:
    try:
        return cards.read_token(token)
    except NotFound as error:
        raise Http404 from error


def _asked(token: str) -> Asked:
    payable_id, attempt_id = _read(token)
    system = system_actor()
    with tx.enter(system):
        seller = parties.get_seller().organization.name
        try:
            if payable_id is None and attempt_id is not None:
                return _keeping(cards.get_attempt(actor=system, attempt_id=attempt_id), seller)
            if payable_id is not None:
                return _paying(payments.get_payable(actor=system, payable_id=payable_id), seller)
        except NotFound as error:
            raise Http404 from error
    raise Http404


def _keeping(attempt: Attempt, seller: str) -> Asked:
    payer = parties.get_organization(actor=system_actor(), organization_id=attempt.payer_id).name
    state = {"succeeded": "kept", "cancelled": "over"}.get(attempt.status, "open")
    return Asked(state, None, attempt, payer, "card", "", seller)


def _paying(payable: Payable, seller: str) -> Asked:
    system = system_actor()
    payer = parties.get_organization(actor=system, organization_id=payable.payer_id).name
    tried = cards.list_attempts(actor=system, payable_id=payable.id, limit=1)
    last = tried[0] if tried else None
    state = {"settled": "paid", "cancelled": "over"}.get(payable.status, "open")
    if state == "open" and last is not None and last.kind == "off_session" and last.status == "sending":
        state = "waiting"
    if state == "open" and last is not None and last.status == "planned" and last.tries == 0:
        # A charge that is due now, not one of the coming days.
        state = "waiting" if last.due_at is not None and last.due_at <= clock.now() else state
    failed = next((one for one in tried if one.decline_kind), None)
    if failed is None and last is not None:
        earlier = cards.list_attempts(actor=system, payable_id=payable.id, limit=5)
        failed = next((one for one in earlier if one.status == "declined"), None)
    numbers = billing.numbers_of(actor=system, subject_ids=[payable.subject_id])
    number = numbers[payable.subject_id][1] if payable.subject_id in numbers else ""
    if not number and payable.subject_kind == "order":
        number = show("ord", payable.subject_id)
    name = ""
    if last is not None and last.card_id is not None:
        name = declines.card_name(cards.get_card(actor=system, card_id=last.card_id))
    return Asked(
        state, payable, last, payer, payable.subject_kind, number, seller, name,
        declines.sentence(failed.decline_code) if failed is not None and state == "open" else "",
    )  # fmt: skip


def _status(asked: Asked) -> int:
    return 410 if asked.state == "over" else 200
