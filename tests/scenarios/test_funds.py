"""Balances that are asked for, watched and filled up, and a reseller that may owe only so much."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from purveyor.infra import clock
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.payments.commands import record_transfer
from purveyor.payments.commands.cards import begin_keeping
from tests.scenarios.stage import MONTH, Stage, check_ledger, new, open_stage
from tests.support.cards import GOOD, Holder, card_provider, do_due
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs

Json = dict[str, Any]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-04T09:00:00+00:00")


def eur(amount: int) -> Json:
    return {"amount": amount, "currency": "EUR"}


def recorded(stage: Stage, reference: str, amount: int, received_on: str) -> None:
    """Money arrives with a creditor reference on it; the operator finds the payable by it."""
    stage.received.append(amount)
    record_transfer(
        actor=stage.shop.houses.operator, now=clock.now(), amount=Money(amount, "EUR"),
        received_on=date.fromisoformat(received_on), reference=reference, creditor_reference=reference,
    )  # fmt: skip
    run_pending_jobs()


def test_a_balance_is_filled_by_its_owner(stage: Stage) -> None:
    house = show("res", stage.house.id)
    asked = stage.reseller.post("/balance/top-ups", {"amount": eur(50_000)}).ok(status=201)
    assert (asked["organization"], asked["status"]) == (house, "open")
    assert asked["payment"]["amount"] == eur(50_000)
    assert asked["payment"]["reference"].startswith("RF")
    run_pending_jobs()
    assert any("500.00" in subject for subject in stage.mails(stage.house.email))
    # In two parts: each is there to spend as it comes.
    recorded(stage, asked["payment"]["reference"], 20_000, "2026-03-04")
    assert stage.available() == 20_000
    (waiting,) = stage.reseller.get("/balance/top-ups").ok()["data"]
    assert (waiting["status"], waiting["payment"]["amount"]) == ("partially_paid", eur(30_000))
    recorded(stage, asked["payment"]["reference"], 30_000, "2026-03-04")
    assert stage.available() == 50_000
    assert stage.reseller.get("/balance/top-ups").ok()["data"] == []
    # What is asked for can be taken back; what came of it stays.
    second = stage.reseller.post("/balance/top-ups", {"amount": eur(10_000)}).ok(status=201)
    recorded(stage, second["payment"]["reference"], 1_000, "2026-03-04")
    path = f"/balance/top-ups/{second['id']}/cancel"
    assert stage.reseller.post(path).ok()["status"] == "cancelled"
    assert stage.available() == 51_000
    check_ledger(stage)


def test_a_low_balance_is_told_once_and_filled_once_a_day(stage: Stage) -> None:
    stage.events()
    settings = {"currency": "EUR", "threshold": 46_000, "target": 60_000, "automatic": True}
    found = stage.reseller.put("/balance/settings", settings).ok()
    assert (found["automatic"], found["low_since"]) == (True, None)
    bad = {**settings, "target": 30_000}
    assert stage.reseller.put("/balance/settings", bad).refused(422, "invalid")["field"] == "target"
    customer = stage.customer("Low GmbH", "DE", bill_to="reseller")
    stage.buy(customer, new(20, MONTH))
    stage.move("2026-03-04T10:00:00+00:00")
    below = stage.available()
    assert below < 46_000
    (now,) = stage.reseller.get("/balance/settings").ok()["data"]
    assert now["low_since"] is not None
    (asked,) = stage.reseller.get("/balance/top-ups").ok()["data"]
    assert asked["amount"] == eur(60_000 - below)
    assert [kind for kind in stage.events() if kind in ("balance.low", "deposit.asked")] == [
        "balance.low",
        "deposit.asked",
    ]
    # Spent from again, and days later: nobody is told twice, and the transfer is waited for.
    stage.buy(customer, new(1, MONTH))
    stage.move("2026-03-07T10:00:00+00:00")
    assert [kind for kind in stage.events() if kind in ("balance.low", "deposit.asked")] == []
    recorded(stage, asked["payment"]["reference"], asked["amount"]["amount"], "2026-03-07")
    (now,) = stage.reseller.get("/balance/settings").ok()["data"]
    assert now["low_since"] is None
    # A second crossing is a second warning.
    stage.buy(customer, new(45, MONTH))
    stage.move("2026-03-08T10:00:00+00:00")
    assert [kind for kind in stage.events() if kind in ("balance.low", "deposit.asked")] == [
        "balance.low",
        "deposit.asked",
    ]
    stage.reseller.put("/balance/settings", {"currency": "EUR"}).ok()
    check_ledger(stage)


def test_a_kept_card_fills_the_balance(stage: Stage) -> None:
    settings = {
        "currency": "EUR",
        "threshold": 10**7,
        "target": 2 * 10**7,
        "automatic": True,
        "payment_method": "card",
    }
    assert stage.reseller.put("/balance/settings", settings).refused(422, "invalid")["field"] == "method"
    before = stage.available()
    with card_provider():
        actor = stage.shop.houses.reseller(stage.house)
        url = begin_keeping(actor=actor, now=clock.now(), payer_id=stage.house.id)
        Holder().pay(url, GOOD)
        stage.reseller.put("/balance/settings", settings).ok()
        do_due()
        stage.move("2026-03-09T10:00:00+00:00")
        assert stage.available() == 2 * 10**7
        waiting = stage.reseller.get("/balance/top-ups").ok()["data"]
        assert [one for one in waiting if one["payment_method"] == "card"] == []
        # By hand, on the provider's page.
        asked = stage.reseller.post("/balance/top-ups", {"amount": eur(5_000), "payment_method": "card"})
        Holder().pay(asked.ok(status=201)["payment"]["url"], GOOD)
        do_due()
        assert stage.available() == 2 * 10**7 + 5_000
    stage.reseller.put("/balance/settings", {"currency": "EUR"}).ok()
    assert stage.available() > before


def test_nobody_touches_anothers_balance(stage: Stage) -> None:
    other = show("res", stage.shop.houses.second.id)
    stage.reseller.post("/balance/top-ups", {"amount": eur(1), "organization": other}).refused(
        404, "not_found"
    )
    stage.reseller.put("/balance/settings", {"currency": "EUR", "organization": other}).refused(
        404, "not_found"
    )
    stage.reseller.get(f"/resellers/{other}/credit").refused(404, "not_found")
    own = show("res", stage.house.id)
    limit = {"currency": "EUR", "amount": 10**9}
    stage.reseller.put(f"/resellers/{own}/credit", limit).refused(403, "forbidden")


def test_above_its_credit_limit_a_reseller_waits(stage: Stage) -> None:
    own = show("res", stage.house.id)
    stage.reseller.patch(f"/resellers/{own}", {"billing_mode": "gathered"}).ok()
    customer = stage.customer("Credit GmbH", "DE", bill_to="reseller")
    first = stage.buy(customer, new(10, MONTH), method="bank_transfer")
    assert first["on_account"] is True
    price = first["net"]["amount"]
    (credit,) = stage.operator.put(f"/resellers/{own}/credit", {"currency": "EUR", "amount": price * 2}).ok()[
        "data"
    ]
    assert (credit["on_account"], credit["free"]) == (eur(price), eur(price))
    second = stage.buy(customer, new(10, MONTH), method="bank_transfer")
    assert second["status"] == "completed"
    third = stage.buy(customer, new(10, MONTH), method="bank_transfer")
    assert (third["status"], third["hold_reason"]) == ("on_hold", "credit_limit")
    assert "subscription.started" not in stage.events()[-3:]
    (credit,) = stage.reseller.get(f"/resellers/{own}/credit").ok()["data"]
    assert (credit["held_orders"], credit["held"]) == (1, third["gross"])
    # Paid at once, nothing is held: the limit is about what is owed.
    stage.pay_in(200_000)
    assert stage.buy(customer, new(10, MONTH))["status"] == "completed"
    # The limit is raised: it goes on by itself, at its price.
    stage.operator.put(f"/resellers/{own}/credit", {"currency": "EUR", "amount": price * 3}).ok()
    run_pending_jobs()
    done = stage.reseller.get(f"/orders/{third['id']}").ok()
    assert (done["status"], done["on_account"], done["hold_reason"]) == ("completed", True, None)
    assert [stage.subscription(one)["status"] for one in done["subscriptions"]] == ["active"]
    fourth = stage.buy(customer, new(10, MONTH), method="bank_transfer")
    fifth = stage.buy(customer, new(1, MONTH), method="bank_transfer")
    assert {fourth["status"], fifth["status"]} == {"on_hold"}
    stage.reseller.post(f"/orders/{fifth['id']}/cancel").ok()
    # The gathered invoice changes nothing about what is owed; its payment does.
    stage.move("2026-04-01T10:00:00+00:00")
    assert stage.reseller.get(f"/orders/{fourth['id']}").ok()["status"] == "on_hold"
    (bill,) = [one for one in stage.invoices() if one["customer"] is None]
    stage.invoiced.append((bill["net"]["amount"], bill["gross"]["amount"] - bill["net"]["amount"]))
    stage.received.append(bill["gross"]["amount"])
    paid = {
        "invoice": bill["id"], "amount": bill["gross"], "received_on": "2026-04-01", "reference": "the month",
    }  # fmt: skip
    stage.operator.post("/payments", paid).ok(status=201)
    run_pending_jobs()
    assert stage.reseller.get(f"/orders/{fourth['id']}").ok()["status"] == "completed"
    assert everything("SELECT count(*) FROM sales_order WHERE status = 'on_hold'")[0][0] == 0
    assert read("ord", fourth["id"])
