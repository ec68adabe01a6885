"""Mornings before the ends of terms: who is told what, once, in one mail, with a link to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock
from purveyor.kernel.actor import system_actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import read
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.renewals.commands import choose_notices
from purveyor.renewals.jobs import give_due
from tests.scenarios.stage import MONTH, Stage, more, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.shop import START, offer_of

Told = list[tuple[str, int]]


def person(stage: Stage, email: str, organization: object, role: str, language: str) -> None:
    """Somebody who works in an organization."""
    found, _ = parties.ensure_person(
        now=clock.now(), email=email, name=email.partition("@")[0], language=language
    )
    parties.grant_membership(
        actor=system_actor(),
        now=clock.now(),
        person_id=found.id,
        organization_id=organization,  # type: ignore[arg-type]  # an id
        role=role,
    )


def told(subscription: str) -> Told:
    """The notices that were given about a subscription, in order."""
    rows = everything(
        "SELECT kind, step FROM renewals_notice WHERE subscription_id = %s ORDER BY noticed_on, kind",
        read("sub", subscription),
    )
    return [(kind, step) for kind, step in rows]


def mails(stage: Stage, to: str) -> list[dict[str, Any]]:
    """The mornings' mails to an address, oldest first."""
    rows = stage.operator.get(f"/mailbox?to={to}&limit=200").ok()["data"]
    return [row for row in reversed(rows) if "/renewals" in row["text"]]


def bought(stage: Stage, name: str, *lines: dict[str, Any], **more: Any) -> tuple[str, list[str]]:
    """A new customer with what it bought."""
    customer = stage.customer(name, "DE", **more)
    return customer, [stage.buy(customer, line)["subscriptions"][0] for line in lines]


@dataclass
class Cast:
    """What was bought on the first day; all annual terms end on 2027-01-15."""

    stage: Stage
    jahr: str
    monat: str
    eins: str
    zwei: str
    locked: str
    poor: str
    plan: str
    wahl: str


@pytest.fixture(scope="module")
def cast(db: object) -> Cast:
    stage = open_stage("2026-01-15T09:00:00+00:00")
    stage.pay_in(1_000_000)
    person(stage, "ines@adler.example", stage.house.id, "admin", "en")
    person(stage, "tom@adler.example", stage.house.id, "technician", "de")
    locked = offer_of(
        stage.shop, "locked-12m", term_months=12, terms=Terms(renewal_lock_days=10), available_from=START
    )
    catalog.set_price(
        **stage.shop.desk, price_list_id=stage.shop.eur.id, offer_id=locked.id, price=Money(1000, "EUR")
    )
    _, (jahr, monat) = bought(stage, "Jahr GmbH", new(3), new(2, MONTH))
    one, (eins,) = bought(stage, "Eins GmbH", new(1))
    two, (zwei,) = bought(stage, "Zwei GmbH", new(1))
    for customer, subscription in ((one, eins), (two, zwei)):
        stage.reseller.patch(f"/subscriptions/{subscription}", {"auto_renew": False}).ok()
        person(stage, "boss@both.example", read("cus", customer), "admin", "de")
    _, (held,) = bought(stage, "Leer GmbH", new(3, "locked-12m"))
    knapp = stage.customer("Knapp GmbH", "DE")
    stage.pay_in(6_000, knapp)
    own = stage.key_of(knapp)
    poor = stage.buy(knapp, new(1), by=own)["subscriptions"][0]
    own.patch(f"/subscriptions/{poor}", {"renewal_payment_method": "balance"}).ok()
    _, (plan,) = bought(stage, "Plan GmbH", new(5))
    _, (wahl,) = bought(stage, "Wahl GmbH", new(1))
    return Cast(stage, jahr, monat, eins, zwei, held, poor, plan, wahl)


def test_a_scheduled_number_that_a_top_up_moved_is_told_the_next_morning(cast: Cast) -> None:
    stage = cast.stage
    stage.reseller.patch(f"/subscriptions/{cast.plan}", {"renewal_quantity": 3}).ok()
    stage.buy(stage.subscription(cast.plan)["customer"], more(cast.plan, 2))
    stage.move("2026-01-17T05:00:01Z")
    assert told(cast.plan) == [("rebased", 1)]
    (mail,) = mails(stage, "ines@adler.example")
    assert mail["sent_at"].startswith("2026-01-16T05:00:00")
    assert "with 5 seats, where 3 seats were scheduled. It has 7 seats now." in mail["text"]


def test_thirty_days_before_everybody_has_one_mail(cast: Cast) -> None:
    stage = cast.stage
    # Eleven months go by with one word: of the seats of a month that nobody holds, when that was news.
    stage.move("2026-12-16T04:59:00Z")
    assert (told(cast.jahr), told(cast.monat)) == ([], [("unused", 7)])
    stage.events(notices=True)
    # Six in the morning in Stockholm.
    stage.move("2026-12-16T05:00:01Z")
    assert told(cast.jahr) == told(cast.locked) == [("commits", 30), ("unused", 30)]
    assert told(cast.eins) == told(cast.zwei) == [("ends", 30)]
    assert told(cast.poor) == [("commits", 30), ("payment", 30)]
    # The reseller and its seven customers.
    assert stage.events(notices=True) == ["notices.given"] * 8
    *_, last = mails(stage, "ines@adler.example")
    assert last["sent_at"].startswith("2026-12-16T05:00:00")
    about = (cast.jahr, cast.eins, cast.zwei, cast.locked, cast.poor, cast.plan, cast.wahl)
    assert all(subscription in last["text"] for subscription in about)
    assert cast.monat not in last["text"]
    assert f"/subscriptions/{cast.jahr}/renewal" in last["text"]
    # Three seats less twenty percent.
    assert "115.20" in last["text"]


def test_giving_them_again_gives_nothing_again(cast: Cast) -> None:
    stage = cast.stage
    count = everything("SELECT count(*) FROM renewals_notice")
    sent = len(mails(stage, "ines@adler.example"))
    ((daily, due_at),) = everything("SELECT id, due_at FROM renewals_daily WHERE name = 'notices'")
    give_due(daily, due_at - timedelta(days=1))
    run_pending_jobs()
    assert everything("SELECT count(*) FROM renewals_notice") == count
    assert everything("SELECT due_at FROM renewals_daily WHERE name = 'notices'") == [(due_at,)]
    assert len(mails(stage, "ines@adler.example")) == sent


def test_each_in_its_own_language_and_across_its_organizations(cast: Cast) -> None:
    stage = cast.stage
    assert {mail["language"] for mail in mails(stage, "tom@adler.example")} == {"de"}
    (mail,) = mails(stage, "boss@both.example")
    assert (mail["language"], cast.eins in mail["text"], cast.zwei in mail["text"]) == ("de", True, True)
    # An organization's own address is for those that have nobody.
    assert mails(stage, "eins@buyer.example") == []
    (own,) = mails(stage, "jahr@buyer.example")
    # Money is the payer's business, and so is the change.
    assert "€" not in own["text"]
    assert f"/subscriptions/{cast.jahr}" in own["text"]
    assert f"/subscriptions/{cast.jahr}/renewal" not in own["text"]


def test_who_pays_itself_hears_of_its_balance_alone(cast: Cast) -> None:
    (mail,) = mails(cast.stage, "knapp@buyer.example")
    assert "/balance" in mail["text"]
    assert f"/subscriptions/{cast.poor}/renewal" in mail["text"]
    assert all("/balance" not in one["text"] for one in mails(cast.stage, "ines@adler.example"))


def test_seats_are_told_of_while_they_can_be_given_back_and_roles_choose(cast: Cast) -> None:
    stage = cast.stage
    kinds = ("renews", "ends", "commits", "unused", "pending", "payment", "rebased", "price")
    choose_notices(
        actor=stage.shop.houses.reseller(stage.house),
        now=clock.now(),
        wanted={("technician", kind): False for kind in kinds},
    )
    stage.pay_in(50_000, stage.subscription(cast.poor)["payer"])
    before = {to: len(mails(stage, to)) for to in ("ines@adler.example", "tom@adler.example")}
    stage.move("2027-01-08T04:59:00Z")
    assert len(mails(stage, "ines@adler.example")) == before["ines@adler.example"]
    stage.move("2027-01-14T22:00:00Z")
    # Ten days before its end the one was locked, the other can still be made smaller.
    assert told(cast.locked) == [("commits", 30), ("unused", 30), ("commits", 7)]
    assert told(cast.jahr) == [("commits", 30), ("unused", 30), ("commits", 7), ("unused", 7)]
    # The balance suffices now.
    assert ("payment", 7) not in told(cast.poor)
    assert len(mails(stage, "tom@adler.example")) == before["tom@adler.example"]
    assert len(mails(stage, "ines@adler.example")) == before["ines@adler.example"] + 1
    assert "can no longer be changed" in mails(stage, "ines@adler.example")[-1]["text"]


def test_an_administrator_hears_of_prices_whatever_it_chose(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        choose_notices(
            actor=cast.stage.shop.houses.reseller(cast.stage.house),
            now=clock.now(),
            wanted={("admin", "price"): False},
        )
    assert refused.value.facts["reason"] == "always_told"
