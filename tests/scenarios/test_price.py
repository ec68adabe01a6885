"""A price rises at the renewal: told in time, agreed to or not, and what follows from each answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.interfaces.api.consent import PriceConsent
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import Money
from tests.scenarios.stage import Stage, books_closed, new, open_stage
from tests.scenarios.test_notices import mails, person
from tests.scenarios.test_notices import told as all_told
from tests.support.filled import everything, uuid_of
from tests.support.shop import offer_of

ASKING = Terms(notice_days=(7,), price_notice_days=10, price_consent_percent=10)
TELLING = Terms(notice_days=(7,), price_notice_days=10)
# The new list has held for nineteen days when the terms end: not long enough for these.
SLOW = Terms(notice_days=(7,), price_notice_days=25, price_consent_percent=10)


def told(subscription: str) -> list[tuple[str, int]]:
    """The notices about it, but for those of seats that nobody holds."""
    return [one for one in all_told(subscription) if one[0] != "unused"]


@dataclass
class Cast:
    """Five months that began on the same day, at 10.00 a seat; from December on 13.00."""

    stage: Stage
    customer: str
    accepted: str
    refused: str
    silent: str
    told_only: str
    kept: str


@pytest.fixture(scope="module")
def cast(db: object) -> Cast:
    stage = open_stage("2026-11-20T09:00:00+00:00")
    stage.pay_in(1_000_000)
    person(stage, "ines@adler.example", stage.house.id, "admin", "en")
    codes = {"asking-1m": ASKING, "telling-1m": TELLING, "slow-1m": SLOW}
    offers = {code: offer_of(stage.shop, code, terms=terms) for code, terms in codes.items()}
    for offer in offers.values():
        _price(stage, stage.shop.eur.id, offer.id, 1000)
    december = catalog.create_price_list(
        **stage.shop.desk,
        code="eur-december",
        currency="EUR",
        valid_from=date(2026, 12, 1),
        copy_from=stage.shop.eur.id,
    )
    for offer in offers.values():
        _price(stage, december.id, offer.id, 1300)
    customer = stage.customer("Preis GmbH", "FR", "75001", vat_number="FR40303265045")

    def running(code: str, quantity: int) -> str:
        return str(stage.buy(customer, new(quantity, code))["subscriptions"][0])

    names = ("asking-1m", "asking-1m", "asking-1m", "telling-1m", "slow-1m")
    found = [running(code, quantity) for quantity, code in enumerate(names, start=1)]
    stage.events(notices=True)
    return Cast(stage, customer, *found)


def _price(stage: Stage, price_list_id: Any, offer_id: Any, amount: int) -> None:
    catalog.set_price(
        **stage.shop.desk, price_list_id=price_list_id, offer_id=offer_id, price=Money(amount, "EUR")
    )


def renewal_of(subscription: str) -> str:
    """The id that the next renewal bears."""
    ((found,),) = everything(
        "SELECT renewal_id FROM subscriptions_subscription WHERE id = %s", uuid_of(subscription)
    )
    return show("ren", found)


def test_a_price_rises(cast: Cast) -> None:
    stage = cast.stage
    with books_closed(stage):
        the_rise_is_told_in_time(cast)
        the_payer_answers(cast)
        nobody_else_answers(cast)
        the_terms_end(cast)


def the_rise_is_told_in_time(cast: Cast) -> None:
    stage = cast.stage
    stage.move("2026-12-10T04:00:00Z")
    assert stage.events(notices=True) == []
    stage.move("2026-12-10T05:00:01Z")
    for subscription in (cast.accepted, cast.refused, cast.silent, cast.told_only):
        assert told(subscription) == [("price", 10)]
    assert told(cast.kept) == []
    # The reseller pays, so its customer hears nothing of it.
    assert stage.events(notices=True) == ["notices.given"]
    (mail,) = mails(stage, "ines@adler.example")
    assert f"/subscriptions/{cast.accepted}/price" in mail["text"]
    assert "30% more" in mail["text"].replace("\N{NO-BREAK SPACE}", "")
    assert ("€13.00" in mail["text"], "€10.00" in mail["text"]) == (True, True)
    assert mails(stage, "preis@buyer.example") == []


def answer(stage: Stage, subscription: str, *, accept: bool) -> dict[str, Any]:
    """The payer's answer through the API."""
    path = f"/renewals/{renewal_of(subscription)}/price-consent"
    found: dict[str, Any] = stage.reseller.post(path, {"accept": accept}).ok(PriceConsent)
    return found


def the_payer_answers(cast: Cast) -> None:
    stage = cast.stage
    found = answer(stage, cast.accepted, accept=True)
    assert (found["answer"], found["percent"]) == ("accepted", 30)
    assert (found["seat_now"]["amount"], found["seat_then"]["amount"]) == (1000, 1300)
    # One seat less twenty percent.
    assert (found["net_now"]["amount"], found["net_then"]["amount"]) == (800, 1040)
    # A mind can be changed until the end of the term; the last answer counts, the same twice is one.
    answer(stage, cast.refused, accept=True)
    assert answer(stage, cast.refused, accept=False)["answer"] == "refused"
    assert answer(stage, cast.refused, accept=False)["answer"] == "refused"
    assert stage.events(notices=True) == ["renewal.price_answered"] * 3


def nobody_else_answers(cast: Cast) -> None:
    stage = cast.stage
    path = f"/renewals/{renewal_of(cast.silent)}/price-consent"
    stage.key_of(cast.customer).post(path, {"accept": True}).refused(403, "forbidden")
    stage.reseller.post(path, {"accept": "yes"}).refused(422, "invalid")
    for subscription in (cast.told_only, cast.kept):
        other = f"/renewals/{renewal_of(subscription)}/price-consent"
        stage.reseller.post(other, {"accept": True}).refused(409, "price_not_asked")
    nothing = f"/renewals/{show('ren', new_id())}/price-consent"
    stage.reseller.post(nothing, {"accept": True}).refused(404, "not_found")
    assert stage.events(notices=True) == []


def the_terms_end(cast: Cast) -> None:
    stage = cast.stage
    stage.move("2026-12-13T05:00:01Z")
    assert told(cast.accepted) == [("price", 10)]
    assert told(cast.refused) == [("price", 10), ("ends", 7)]
    assert told(cast.silent) == told(cast.told_only) == [("price", 10), ("price", 7)]
    # The customer learns of the one that ends.
    assert stage.events(notices=True) == ["notices.given", "notices.given"]
    stage.move("2026-12-19T22:59:00Z")
    assert stage.events(notices=True) == []
    before = len(stage.invoices())
    stage.move("2026-12-19T23:00:01Z")
    kinds = stage.events()
    assert kinds.count("subscription.renewed") == kinds.count("renewal.invoiced") == 3
    assert kinds.count("subscription.ended") == kinds.count("renewal.missed") == 2
    # One seat and four at the new price, five at the old one, each less twenty percent.
    nets = [1 * 1040, 4 * 1040, 5 * 800]
    issued = stage.invoices()[before:]
    assert sorted(invoice["net"]["amount"] for invoice in issued) == sorted(nets)
    stage.invoiced += [(invoice["net"]["amount"], invoice["vat"]["amount"]) for invoice in issued]
    reasons = {
        subscription: stage.subscription(subscription)["end_reason"]
        for subscription in (cast.refused, cast.silent)
    }
    assert reasons == {cast.refused: "price_refused", cast.silent: "price_missing"}
    assert stage.subscription(cast.accepted)["status"] == "active"
    # What was accepted is no yes to the next rise.
    assert everything("SELECT count(*) FROM renewals_priceconsent") == [(3,)]
