"""Cards in the demo world: one is kept and pays, one is declined. Only where the card provider is the double."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings

from purveyor.interfaces.cli.demo_story import Step, Story
from purveyor.interfaces.doubles import card
from purveyor.kernel.actor import Actor
from purveyor.parties.types import Organization
from purveyor.payments import cards
from purveyor.payments.commands.cards import begin_keeping, drive

_GOOD, _KEPT_THEN_DECLINED = "4242424242424242", "4000000000000341"


class CardNotKept(RuntimeError):
    """The double did not take a card."""


def chapters(story: Story) -> Iterator[Step]:
    """Every step, in any order; none where somebody set a provider of their own, whose pages only a person fills in."""
    if settings.STRIPE_KEY != card.KEY:
        return
    yield from _kept(story)
    yield from _declined(story)


def _kept(story: Story) -> Iterator[Step]:
    """The German reseller keeps a card; an order is paid by it at once, and so is each month of it."""
    yield story.before(76, 14), "a card is kept", partial(_keep_resellers, story)
    name = "gutshofkeller:sealedmail-eco-1m"
    yield (
        story.before(76, 15),
        "an order by card",
        partial(story.buy, "gutshofkeller", "sealedmail-eco-1m", 6, pay="card"),
    )
    yield story.before(75, 15), "renews by card", partial(story.renew_by, name, pay="card")
    yield story.before(75, 16), "members", partial(story.assign, name, 5, accept=4)


def _declined(story: Story) -> Iterator[Step]:
    """A direct customer's card is declined at its renewal, tried again, and the invoice is dunned."""
    name = "tuliptravel:sealedmail-advanced-1m"
    buy = partial(story.buy, "tuliptravel", "sealedmail-advanced-1m", 8, pay="bank_transfer")
    yield story.before(51), "SealedMail for Tulip Travel", buy
    yield story.before(50), "money for it", partial(story.receive, name)
    yield story.before(50, 11), "members", partial(story.assign, name, 6, accept=6)
    yield story.before(50, 14), "a card is kept", partial(_keep_customers, story)
    yield story.before(49), "by card from now on", partial(story.renew_by, name, pay="card")


def _keep_resellers(story: Story, now: datetime) -> None:
    _keep(story.houses.reseller_admin("adlerit"), story.houses.resellers["adlerit"], _GOOD, now)


def _keep_customers(story: Story, now: datetime) -> None:
    customer = story.houses.customers["tuliptravel"]
    _keep(story.houses.operator_actor, customer, _KEPT_THEN_DECLINED, now)


def _keep(actor: Actor, payer: Organization, number: str, now: datetime) -> None:
    """What its holder does: goes to the provider's page, enters the card there, and comes back."""
    url = begin_keeping(actor=actor, now=now, payer_id=payer.id)
    _, attempt_id = cards.read_token(url.rpartition("/")[2])
    assert attempt_id is not None  # just begun
    page = drive.lead(now=now, payable_id=None, attempt_id=attempt_id, keep=True, language=payer.language)
    given = urllib.parse.urlencode({"number": number, "expiry": f"12/{now.year % 100 + 6}", "cvc": "123"})
    try:
        _opener.open(page, given.encode(), timeout=10).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        if answer.code == HTTPStatus.SEE_OTHER:
            drive.look(attempt_id=attempt_id, now=now)
            return
    raise CardNotKept(number)


class _Stay(urllib.request.HTTPRedirectHandler):
    """The page leads back to the web server, which need not run for this."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)
