"""A year of monthly terms from days that not every month has, and trials that go on or end."""

from __future__ import annotations

from calendar import monthrange
from itertools import pairwise

import pytest

from tests.scenarios.stage import MONTH, YEAR, Stage, books_closed, new, open_stage, period
from tests.support.jobs import run_pending_jobs

PAID = ["subscription.renewed", "invoice.issued", "invoice.paid", "renewal.invoiced"]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2027-08-29T09:00:00+00:00")


def terms_from(start: str, count: int) -> list[tuple[str, str]]:
    """So many monthly terms from a day on, computed apart from the shop."""
    year, month, day = map(int, start.split("-"))
    days = []
    for number in range(count + 1):
        years, months = divmod(month - 1 + number, 12)
        last = monthrange(year + years, months + 1)[1]
        days.append(f"{year + years}-{months + 1:02}-{min(day, last):02}")
    return list(pairwise(days))


def test_anchors_and_trials(stage: Stage) -> None:
    with books_closed(stage):
        customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
        stage.pay_in(1_000_000)
        three = three_anchors(stage, customer)
        a_year_passes(stage, three)
        one_trial_goes_on_and_one_ends(stage, customer)


def three_anchors(stage: Stage, customer: str) -> dict[str, str]:
    """Bought on the 29th, the 30th and the 31st of August, by the month."""
    bought = {}
    for day in ("2027-08-29", "2027-08-30", "2027-08-31"):
        stage.move(f"{day}T10:00:00Z")
        bought[day] = stage.buy(customer, new(1, MONTH))["subscriptions"][0]
        body = {"renewal_payment_method": "balance"}
        stage.reseller.patch(f"/subscriptions/{bought[day]}", body).ok()
        assert period(stage.subscription(bought[day])) == terms_from(day, 1)[0]
    stage.events()
    return bought


def a_year_passes(stage: Stage, three: dict[str, str]) -> None:
    """In three steps, over 29 February 2028: each term begins where the last one ended, on its own day."""
    assert ("2028-01-31", "2028-02-29") in terms_from("2027-08-31", 12)
    assert ("2028-02-29", "2028-03-30") in terms_from("2027-08-30", 12)
    known = len(stage.invoices())
    for instant, terms in (
        ("2027-11-15T09:00:00Z", 2),
        ("2028-03-15T09:00:00Z", 6),
        ("2028-08-15T09:00:00Z", 11),
    ):
        stage.move(instant)
        for day, bought in three.items():
            assert period(stage.subscription(bought)) == terms_from(day, terms + 1)[-1]
    stage.invoiced += [(400, 0)] * 33
    assert stage.events() == PAID * 33
    billed: dict[str, list[tuple[str, str]]] = {}
    for invoice in stage.invoices()[known:]:
        (line,) = invoice["lines"]
        assert invoice["issued_on"] == line["period"]["start"]
        billed.setdefault(line["subscription"], []).append((line["period"]["start"], line["period"]["end"]))
    assert billed == {bought: terms_from(day, 12)[1:] for day, bought in three.items()}
    for bought in three.values():
        stage.reseller.patch(f"/subscriptions/{bought}", {"auto_renew": False}).ok()
    stage.move("2028-09-01T09:00:00Z")
    assert stage.events() == ["subscription.renewal_changed"] * 3 + ["subscription.ended"] * 3


def one_trial_goes_on_and_one_ends(stage: Stage, customer: str) -> None:
    """Tried for two weeks: one becomes a year of fewer seats, as was chosen; the other ends, and costs nothing."""
    other = stage.customer("Andere GmbH", "DE", vat_number="DE136695976")
    stage.events()

    def tried(who: str) -> str:
        body = {"customer": who, "offer": MONTH, "quantity": 3}
        return str(stage.reseller.post("/trials", body).ok(status=201)["id"])

    converts, ends = tried(customer), tried(other)
    stage.reseller.patch(f"/subscriptions/{converts}", {"renewal_offer": YEAR, "renewal_quantity": 2}).ok()
    stage.reseller.patch(f"/subscriptions/{ends}", {"auto_renew": False}).ok()
    assert stage.events() == ["subscription.trial_started"] * 2 + ["subscription.renewal_changed"] * 2
    assert stage.subscription(ends)["scheduled"]["ends"]
    stage.move("2028-09-14T21:59:00Z")
    assert stage.events() == []
    stage.move("2028-09-14T22:00:01Z")
    run_pending_jobs()
    stage.invoiced.append((2 * 3840, 0))
    assert sorted(stage.events()) == [
        "invoice.issued",
        "renewal.invoiced",
        "subscription.activated",
        "subscription.ended",
    ]
    found = stage.subscription(converts)
    assert (found["status"], found["quantity"], found["offer_code"]) == ("active", 2, YEAR)
    assert (period(found), found["scheduled"]) == (("2028-09-15", "2029-09-15"), None)
    over = stage.subscription(ends)
    assert (over["status"], over["end_reason"]) == ("ended", "trial_over")
    assert stage.mails("andere@buyer.example")[-1] == "Your trial of Lockbox Files Business has ended"
