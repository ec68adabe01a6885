"""Terms that begin on days that not every month has, walked through by the clock."""

from __future__ import annotations

import pytest

from tests.scenarios.stage import MONTH, Stage, books_closed, more, new, open_stage, period


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2028-01-31T09:00:00+00:00")


def test_the_last_of_january_and_the_twenty_ninth_of_february(stage: Stage) -> None:
    with books_closed(stage):
        customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
        stage.pay_in(100_000)
        leap = from_the_thirty_first(stage, customer)
        from_a_leap_day(stage, customer, leap)
        a_year_on(stage, leap)


def from_the_thirty_first(stage: Stage, customer: str) -> str:
    """31 January, 29 February (a leap year), 31 March: counted from the start, never from the last end.

    On the leap day a year of two seats is bought; its id is returned.
    """
    leap = ""
    bought = stage.buy(customer, new(1, MONTH))["subscriptions"][0]
    assert period(stage.subscription(bought)) == ("2028-01-31", "2028-02-29")
    change = {"renewal_payment_method": "balance"}
    stage.reseller.patch(f"/subscriptions/{bought}", change).ok()
    for instant, expected in (
        ("2028-02-28T23:00:30Z", ("2028-02-29", "2028-03-31")),
        ("2028-03-31T09:00:00Z", ("2028-03-31", "2028-04-30")),
        ("2028-04-30T09:00:00Z", ("2028-04-30", "2028-05-31")),
    ):
        if instant.startswith("2028-03"):
            leap = stage.buy(customer, new(2))["subscriptions"][0]
        stage.events()
        stage.move(instant)
        stage.invoiced.append((400, 0))
        assert stage.events() == [
            "subscription.renewed",
            "invoice.issued",
            "invoice.paid",
            "renewal.invoiced",
        ]
        assert period(stage.subscription(bought)) == expected
    stage.reseller.patch(f"/subscriptions/{bought}", {"auto_renew": False}).ok()
    return str(leap)


def from_a_leap_day(stage: Stage, customer: str, leap: str) -> None:
    """Bought on 29 February for a year: it ends on the 28th, and the last month is counted to that day."""
    assert period(stage.subscription(leap)) == ("2028-02-29", "2029-02-28")
    for instant, months in (("2029-01-28T09:00:00Z", 2), ("2029-01-29T09:00:00Z", 1)):
        stage.move(instant)
        assert stage.quote(customer, more(leap, 1))["lines"][0]["months"] == months


def a_year_on(stage: Stage, leap: str) -> None:
    """The anchor is kept through three short years; the 29th is back in 2032. Late work catches up in order."""
    stage.reseller.patch(f"/subscriptions/{leap}", {"renewal_payment_method": "balance"}).ok()
    stage.events()
    stage.move("2031-03-01T09:00:00Z")
    stage.invoiced += [(2 * 3840, 0)] * 3
    once = ["subscription.renewed", "invoice.issued", "invoice.paid", "renewal.invoiced"]
    assert stage.events() == once * 3
    assert period(stage.subscription(leap)) == ("2031-02-28", "2032-02-29")
    issued = [invoice["issued_on"] for invoice in stage.invoices()[-3:]]
    assert issued == ["2029-02-28", "2030-02-28", "2031-02-28"], "each on its own day"
