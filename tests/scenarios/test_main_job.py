"""A year of the main job: a customer, five seats, its members, two more seats late in the term, and the renewal."""

from __future__ import annotations

import pytest

from tests.scenarios.stage import Stage, books_closed, more, new, open_stage, period


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-01-15T09:00:00+00:00")


def test_a_year_with_one_customer(stage: Stage) -> None:
    with books_closed(stage):
        stage.pay_in(25_000)
        assert stage.events() == ["payment.received", "balance.deposited"]
        customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
        assert stage.events() == ["customer.created"]
        subscription = five_seats_bought(stage, customer)
        two_seats_given(stage, subscription)
        two_more_seats_late_in_the_term(stage, customer, subscription)
        the_term_rolls_on(stage, subscription)


def five_seats_bought(stage: Stage, customer: str) -> str:
    quote = stage.quote(customer, new(5))
    assert quote["lines"][0]["months"] == 12
    assert quote["lines"][0]["unit_price"]["amount"] == 4800
    assert quote["net"]["amount"] == 5 * 3840
    assert quote["next_renewal"]["date"] == "2027-01-15"
    assert quote["next_renewal"]["net"]["amount"] == 5 * 3840
    assert stage.events() == []
    order = stage.buy(customer, new(5))
    assert order["invoice"]["number"] == "2026-R001-000001"
    subscription = order["subscriptions"][0]
    assert stage.events() == [
        "order.placed",
        "subscription.activated",
        "invoice.issued",
        "invoice.paid",
        "order.completed",
    ]
    assert stage.available() == 25_000 - 19_200
    assert period(stage.subscription(subscription)) == ("2026-01-15", "2027-01-15")
    return str(subscription)


def two_seats_given(stage: Stage, subscription: str) -> None:
    for name in ("ann", "ben"):
        path = f"/subscriptions/{subscription}/assignments"
        stage.reseller.post(path, {"email": f"{name}@kunde.example"}).ok(status=201)
        assert stage.events() == ["member.invited", "seat.assigned"]
    stage.move("2026-01-15T09:05:00Z")
    assert len(stage.mails("ann@kunde.example")) == 1


def two_more_seats_late_in_the_term(stage: Stage, customer: str, subscription: str) -> None:
    # Fifty days before the end: two months a seat, whatever the length of the months.
    stage.move("2026-11-26T09:00:00Z")
    stage.events()
    quote = stage.quote(customer, more(subscription, 2))
    line = quote["lines"][0]
    assert (line["months"], line["unit_price"]["amount"], line["net"]["amount"]) == (2, 800, 2 * 640)
    assert quote["next_renewal"]["net"]["amount"] == 7 * 3840
    order = stage.buy(customer, more(subscription, 2))
    assert order["invoice"]["number"] == "2026-R001-000002"
    assert stage.events() == [
        "order.placed",
        "subscription.seats_added",
        "invoice.issued",
        "invoice.paid",
        "order.completed",
    ]
    assert period(stage.subscription(subscription)) == ("2026-01-15", "2027-01-15")
    assert stage.available() == 25_000 - 19_200 - 1_280


def the_term_rolls_on(stage: Stage, subscription: str) -> None:
    # The term rolls at midnight in Stockholm; the renewal asks for a transfer.
    stage.move("2027-01-14T22:59:00Z")
    assert period(stage.subscription(subscription))[1] == "2027-01-15"
    assert stage.events() == []
    stage.move("2027-01-14T23:00:01Z")
    stage.invoiced.append((7 * 3840, 0))
    assert stage.events() == ["subscription.renewed", "invoice.issued", "renewal.invoiced"]
    found = stage.subscription(subscription)
    assert (period(found), found["quantity"]) == (("2027-01-15", "2028-01-15"), 7)
    invoice = stage.invoices()[-1]
    assert (invoice["number"], invoice["status"]) == ("2027-R001-000001", "issued")
    assert (invoice["issued_on"], invoice["due_on"]) == ("2027-01-15", "2027-01-29")

    stage.move("2027-02-01T09:00:00Z")
    assert stage.events() == ["invoice.overdue", "dunning.reminded"]
    assert stage.invoices()[-1]["status"] == "overdue"
    assert stage.subscription(subscription)["payment_status"] == "past_due"
    stage.transfer(invoice, 26_880, "2027-02-01")
    assert stage.subscription(subscription)["payment_status"] == "ok"
    assert stage.invoices()[-1]["status"] == "paid"
    assert stage.events() == [
        "invoice.paid",
        "dunning.resolved",
        "payment.received",
        "payable.settled",
    ]
