"""A card provider of the test's own: the double over HTTP, the official SDK, and somebody who holds cards."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client, override_settings

from purveyor.infra import clock
from purveyor.interfaces.doubles.card import KEY, SECRET, CardDouble
from purveyor.payments.adapters.stripe_cards import StripeCards
from purveyor.payments.ports import Adapters
from tests.support.jobs import run_pending_jobs

GOOD, DECLINED, POOR, LOST = "4242424242424242", "4000000000000002", "4000000000009995", "4000000000009987"
SECURE_ONCE, SECURE, KEPT_THEN_DECLINED = "4000002500003155", "4000000000003220", "4000000000000341"
FRAUD = "4000000000000259"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


@contextmanager
def card_provider() -> Iterator[CardDouble]:
    """The double answers, and the adapter in use talks to it; its notices wait for ``tell``."""
    double = CardDouble(hold=True).start()
    before = Adapters.cards
    Adapters.cards = StripeCards(key=KEY, webhook_secret=SECRET, url=double.url)
    try:
        with override_settings(STRIPE_KEY=KEY):
            yield double
    finally:
        Adapters.cards = before
        double.stop()


def fill(url: str, number: str, *acts: str) -> str:
    """Enter a card on the provider's page and go through 3-D Secure; where it leads back to, or the page's text."""
    answer = _post(url, number=number, expiry="12/34", cvc="123")
    for act in acts:
        answer = _post(url, act=act)
    return answer


def _post(url: str, **given: str) -> str:
    try:
        with _opener.open(url, urllib.parse.urlencode(given).encode()) as response:
            return str(response.read().decode())
    except urllib.error.HTTPError as answer:
        if answer.code != 303:
            raise
        return str(answer.headers["Location"])


class Holder:
    """Somebody at a browser, not signed in, who has the address of a page to pay on."""

    def __init__(self) -> None:
        self.client = Client()

    def page(self, url: str, **given: str) -> Any:
        """Our page behind an address of ours."""
        return self.client.get(path_of(url), given)

    def hosted(self, url: str, *, keep: bool = False) -> str:
        """The provider's page that our page leads to."""
        response = self.client.get(path_of(url) + "/go", {"keep": "1"} if keep else {})
        assert response.status_code == 302, response.content
        return str(response["Location"])

    def pay(self, url: str, number: str, *acts: str, keep: bool = False) -> str:
        """Go to the provider's page, pay there, and come back where it leads."""
        led = fill(self.hosted(url, keep=keep), number, *acts)
        if led.startswith("http"):
            assert self.client.get(path_of(led)).status_code == 302
        return led


def path_of(url: str) -> str:
    """The path of one of our own addresses."""
    return re.sub(r"^https?://[^/]+", "", url)


def tell(double: CardDouble, *, twice: bool = False, shuffled: bool = False, work: bool = True) -> int:
    """Send the notices that were held back, and let the worker handle them; how many were new."""
    client, new = Client(), 0
    for body, signature in double.take_held(twice=twice, shuffled=shuffled):
        response = post_notice(client, body, signature)
        assert response.status_code == 200, response.content
        new += response.json()["new"]
    if work:
        do_due()
    return new


def post_notice(client: Client, body: bytes, signature: str) -> Any:
    """A notice as the provider posts it."""
    return client.post(
        "/webhooks/card", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def do_due() -> None:
    """What the scanner and the worker do now."""
    clock.run_due(clock.now())
    run_pending_jobs()


def switch(double: CardDouble, card: str, outcome: str, times: int = -1) -> None:
    """From now on a kept card (its last four digits) does this."""
    body = urllib.parse.urlencode({"card": card, "outcome": outcome, "times": times}).encode()
    urllib.request.urlopen(f"{double.url}/_double/cards", body)
