"""Many at once through the API: the last seat is given once, the last money spent once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.api.caller import Answer, Caller
from tests.rooms.seatworld import together
from tests.scenarios.stage import MONTH, Stage, books_closed, more, new, open_stage

CROWD = 20


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-07-01T09:00:00+00:00")


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")


def _codes(answers: list[Answer]) -> Counter[str]:
    for answer in answers:
        assert isinstance(answer, Answer), answer
    return Counter("ok" if answer.status < 300 else str(answer["code"]) for answer in answers)


def _again(caller: Caller) -> Caller:
    """The same key, with a client of its own."""
    other = Caller(None)
    other.headers = caller.headers
    return other


def test_twenty_for_one_free_seat(stage: Stage, customer: str) -> None:
    with books_closed(stage):
        stage.pay_in(400)
        bought = stage.buy(customer, new(1, MONTH))["subscriptions"][0]
        path = f"/subscriptions/{bought}/assignments"

        def take(number: int) -> Answer:
            return _again(stage.reseller).post(path, {"email": f"p{number}@kunde.example"})

        answers = together([lambda n=n: take(n) for n in range(CROWD)])  # type: ignore[misc]  # bound at once
        assert _codes(answers) == {"ok": 1, "seats_exhausted": CROWD - 1}
        found = stage.subscription(bought)
        assert (found["quantity"], found["seats_assigned"]) == (1, 1)
        members = stage.reseller.get(f"/customers/{customer}/members?limit=200").ok()["data"]
        assert len(members) == 1, "who got no seat was not invited either"


def test_twenty_orders_and_money_for_seven(stage: Stage, customer: str) -> None:
    with books_closed(stage):
        stage.pay_in(400)
        bought = stage.buy(customer, new(1, MONTH))["subscriptions"][0]
        stage.pay_in(7 * 400)
        quotes = [stage.quote(customer, more(bought, 1))["id"] for _ in range(CROWD)]

        def accept(quote: str) -> Answer:
            return _again(stage.reseller).post("/orders", {"quote": quote, "payment_method": "balance"})

        answers = together([lambda q=q: accept(q) for q in quotes])  # type: ignore[misc]  # bound at once
        assert _codes(answers) == {"ok": 7, "insufficient_balance": CROWD - 7}
        stage.invoiced += [(400, 0)] * 7
        assert stage.subscription(bought)["quantity"] == 8
        assert stage.available() == 0


def test_one_quote_accepted_by_twenty(stage: Stage, customer: str) -> None:
    with books_closed(stage):
        stage.pay_in(1200)
        quote = stage.quote(customer, new(1, MONTH))["id"]

        def accept() -> Answer:
            body = {"quote": quote, "payment_method": "balance"}
            return _again(stage.reseller).post("/orders", body)

        assert _codes(together([accept] * CROWD)) == {"ok": 1, "quote_already_accepted": CROWD - 1}
        stage.invoiced.append((400, 0))
        assert stage.available() == 800


def test_one_key_sent_by_twenty(stage: Stage, customer: str) -> None:
    """The same purchase sent again and again while it runs: done once, told to all who waited for the answer."""
    with books_closed(stage):
        quote = stage.quote(customer, new(1, MONTH))["id"]

        def accept() -> Answer:
            body = {"quote": quote, "payment_method": "balance"}
            return _again(stage.reseller).post("/orders", body, key="once")

        codes = _codes(together([accept] * CROWD))
        assert set(codes) <= {"ok", "in_progress"}
        assert codes["ok"] >= 1
        stage.invoiced.append((400, 0))
        assert stage.available() == 400
