"""Gathered billing, walked through by the clock: one invoice a month, split by customer, never one over nothing."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.kernel.ids import read, show
from tests.scenarios.stage import MONTH, Stage, books_closed, check_ledger, more, new, open_stage
from tests.support.filled import everything

Json = dict[str, Any]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-04T09:00:00+00:00")


def account(stage: Stage) -> tuple[int, list[Json]]:
    """What is on account, in cents, and its lines."""
    found = stage.reseller.get("/on-account").ok()
    held = found["accounts"]
    assert len(held) <= 1
    return (held[0]["net"]["amount"] if held else 0), found["data"]


def bought(stage: Stage, customer: str, line: Json) -> Json:
    """An order of the reseller's, by bank transfer."""
    return stage.buy(customer, line, method="bank_transfer")


def more_seats(stage: Stage, subscription: str, quantity: int) -> Json:
    """More seats of a subscription, on account."""
    order = bought(stage, stage.subscription(subscription)["customer"], more(subscription, quantity))
    assert order["on_account"] is True
    return order


def gathered(stage: Stage) -> list[Json]:
    """The gathered invoices, oldest first."""
    return [one for one in stage.invoices() if one["customer"] is None]


def split_of(invoice: Json) -> list[tuple[str, int, int]]:
    """Its lines: customer, seats, net."""
    return [(line["customer_name"], line["quantity"], line["net"]["amount"]) for line in invoice["lines"]]


def test_a_month_is_one_invoice(stage: Stage) -> None:
    with books_closed(stage):
        ours = {name: stage.customer(name, "DE", bill_to="reseller") for name in ("Zeta GmbH", "Alpha GmbH")}
        own = stage.customer("Own Name GmbH", "DE", bill_to="customer")
        allowing_it(stage)
        seats = buying_on_account(stage, ours)
        what_bears_its_own_name_is_billed_at_once(stage, own)
        taking_seats_back(stage, seats)
        the_first_of_april(stage, ours, seats)
        a_renewal_is_gathered_and_follows_its_payment(stage, seats)
        a_month_in_which_all_is_taken_back(stage, seats)
        an_unpaid_one_falls_overdue(stage, seats)
        beyond_the_cap_and_back_to_at_once(stage, ours)


def allowing_it(stage: Stage) -> None:
    """The reseller chooses it, unless the operator says no."""
    reseller = f"/resellers/{show('res', stage.house.id)}"
    stage.operator.patch(reseller, {"gathering_allowed": False}).ok()
    stage.reseller.patch(reseller, {"billing_mode": "gathered"}).refused(409, "gathering_not_allowed")
    stage.reseller.patch(reseller, {"gathering_allowed": True}).refused(403, "forbidden")
    stage.operator.patch(reseller, {"gathering_allowed": True, "gathered_due_days": 10}).ok()
    assert stage.reseller.patch(reseller, {"billing_mode": "gathered"}).ok()["billing_mode"] == "gathered"
    stage.events()


def buying_on_account(stage: Stage, ours: dict[str, str]) -> dict[str, str]:
    """Orders are done at once, without an invoice: 4.80 and 48.00 a seat before 20 percent."""
    seats = {}
    for name, quantity in (("Zeta GmbH", 2), ("Alpha GmbH", 3)):
        order = bought(stage, ours[name], new(quantity))
        assert (order["status"], order["on_account"]) == ("completed", True)
        assert "invoice" not in order
        assert "payment" not in order
        seats[name] = order["subscriptions"][0]
    assert stage.events() == [
        *("order.placed", "subscription.activated", "order.completed") * 2,
    ]
    assert account(stage)[0] == 5 * 3840
    assert stage.invoices() == []
    return seats


def what_bears_its_own_name_is_billed_at_once(stage: Stage, own: str) -> None:
    order = bought(stage, own, new(1, MONTH))
    assert (order["status"], order["on_account"]) == ("awaiting_payment", False)
    stage.reseller.post(f"/orders/{order['id']}/cancel", {}).ok()


def taking_seats_back(stage: Stage, seats: dict[str, str]) -> None:
    """4 and 2 more, then 3 and 1 back, the newest first; what was bought first stays, and so does who sits there."""
    zeta = seats["Zeta GmbH"]
    stage.move("2026-03-10T09:00:00Z")
    more_seats(stage, zeta, 4)
    stage.move("2026-03-12T09:00:00Z")
    more_seats(stage, zeta, 2)
    stage.events()
    back = stage.reseller.post(f"/subscriptions/{zeta}/take-back", {"quantity": 3}).ok()
    assert (back["quantity"], back["net"]["amount"]) == (5, 3 * 3840)
    assert stage.events() == ["subscription.seats_removed"]
    assert stage.subscription(zeta)["quantity"] == 5
    facts = stage.reseller.post(f"/subscriptions/{zeta}/take-back", {"quantity": 4}).refused(
        409, "not_on_account"
    )
    assert facts["left"] == 3
    for name in ("a", "b", "c", "d"):
        stage.reseller.post(f"/subscriptions/{zeta}/assignments", {"email": f"{name}@zeta.example"}).ok(
            status=201
        )
    stage.reseller.post(f"/subscriptions/{zeta}/take-back", {"quantity": 2}).refused(409, "seats_in_use")
    assert account(stage)[0] == (5 + 3) * 3840


def the_first_of_april(stage: Stage, ours: dict[str, str], seats: dict[str, str]) -> None:
    """One document, by customer, with what is left of each line; due in the operator's ten days; 20 percent off."""
    stage.events()
    stage.move("2026-03-31T22:00:30Z")  # midnight in Stockholm, which is on summer time
    invoice = gathered(stage)[-1]
    assert split_of(invoice) == [
        ("Alpha GmbH", 3, 3 * 3840),
        ("Zeta GmbH", 2, 2 * 3840),
        ("Zeta GmbH", 3, 3 * 3840),
    ]
    partly = invoice["lines"][2]
    assert "1" in partly["explanation"]
    assert (invoice["issued_on"], invoice["due_on"]) == ("2026-04-01", "2026-04-11")
    assert invoice["lines"][0]["customer"] == ours["Alpha GmbH"]
    assert {line["subscription"] for line in invoice["lines"]} == set(seats.values())
    stage.invoiced.append((8 * 3840, invoice["vat"]["amount"]))
    assert account(stage) == (0, [])
    assert "account.billed" in stage.events()
    orders = stage.reseller.get("/orders").ok()["data"]
    billed = [one["invoice"]["number"] for one in orders if "invoice" in one]
    assert billed == [invoice["number"]] * 3, "of the fourth nothing is left"
    stage.transfer(invoice, invoice["gross"]["amount"], "2026-04-01")
    assert gathered(stage)[-1]["status"] == "paid"


def a_renewal_is_gathered_and_follows_its_payment(stage: Stage, seats: dict[str, str]) -> None:
    """A monthly subscription from 15 April renews on 15 May, on account; its renewal is paid with the invoice."""
    stage.move("2026-04-15T09:00:00Z")
    alpha = stage.subscription(seats["Alpha GmbH"])["customer"]
    monthly = bought(stage, alpha, new(2, MONTH))["subscriptions"][0]
    stage.move("2026-05-01T09:00:00Z")
    first = gathered(stage)[-1]
    stage.invoiced.append((2 * 400, first["vat"]["amount"]))
    stage.transfer(first, first["gross"]["amount"], "2026-05-01")
    stage.events()
    stage.move("2026-05-14T22:00:30Z")
    assert stage.events() == ["subscription.renewed", "renewal.gathered"]
    assert renewals(monthly) == [("pending", None)]
    listed = stage.reseller.get(f"/renewals?status=pending&customer={alpha}").ok()["data"]
    assert ["on account" in one["consequence"] for one in listed] == [True]
    assert account(stage)[0] == 2 * 400
    stage.reseller.patch(f"/subscriptions/{monthly}", {"auto_renew": False}).ok()
    stage.move("2026-06-01T09:00:00Z")
    invoice = gathered(stage)[-1]
    stage.invoiced.append((2 * 400, invoice["vat"]["amount"]))
    assert renewals(monthly) == [("pending", invoice["id"])]
    stage.transfer(invoice, invoice["gross"]["amount"], "2026-06-01")
    assert renewals(monthly) == [("paid", invoice["id"])]


def renewals(subscription: str) -> list[tuple[str, str | None]]:
    """Status and invoice of its renewals."""
    rows = everything(
        f"SELECT status, invoice_id FROM renewals_renewal WHERE subscription_id = '{read('sub', subscription)}'"
        " AND status <> 'ended' ORDER BY period_start"
    )
    return [(status, None if invoice is None else show("inv", invoice)) for status, invoice in rows]


def a_month_in_which_all_is_taken_back(stage: Stage, seats: dict[str, str]) -> None:
    """Nothing is left: nothing is written, and the rows are closed all the same."""
    zeta = seats["Zeta GmbH"]
    stage.move("2026-06-20T09:00:00Z")
    before = len(stage.invoices())
    more_seats(stage, zeta, 7)
    stage.reseller.post(f"/subscriptions/{zeta}/take-back", {"quantity": 7}).ok()
    assert account(stage)[0] == 0
    stage.events()
    stage.move("2026-07-01T09:00:00Z")
    assert "invoice.issued" not in stage.events()
    assert len(stage.invoices()) == before
    assert everything("SELECT count(*) FROM billing_unbilled WHERE closed_at IS NULL") == [(0,)]
    assert everything("SELECT count(*) FROM billing_document WHERE gross = 0") == [(0,)]


def an_unpaid_one_falls_overdue(stage: Stage, seats: dict[str, str]) -> None:
    """It is an invoice as any other: late after its day, and exactly its subscriptions are past due."""
    zeta = seats["Zeta GmbH"]
    more_seats(stage, zeta, 1)
    stage.move("2026-08-11T09:00:00Z")
    invoice = gathered(stage)[-1]
    stage.invoiced.append((invoice["net"]["amount"], invoice["vat"]["amount"]))
    assert invoice["status"] == "issued"
    stage.move("2026-08-12T09:00:00Z")
    assert gathered(stage)[-1]["status"] == "overdue"
    assert stage.subscription(zeta)["payment_status"] == "past_due"
    assert stage.subscription(seats["Alpha GmbH"])["payment_status"] == "ok"
    stage.transfer(invoice, invoice["gross"]["amount"], "2026-08-12")
    assert stage.subscription(zeta)["payment_status"] == "ok"


def beyond_the_cap_and_back_to_at_once(stage: Stage, ours: dict[str, str]) -> None:
    """What goes beyond the operator's cap is billed at once; so is everything once the reseller goes back."""
    reseller = f"/resellers/{show('res', stage.house.id)}"
    stage.operator.patch(reseller, {"account_caps": [{"currency": "EUR", "cap": 900}]}).ok()
    assert bought(stage, ours["Alpha GmbH"], new(2, MONTH))["on_account"] is True
    waits = bought(stage, ours["Alpha GmbH"], new(1, MONTH))
    assert (waits["on_account"], waits["status"]) == (False, "awaiting_payment")
    stage.reseller.post(f"/orders/{waits['id']}/cancel", {}).ok()
    stage.reseller.patch(reseller, {"billing_mode": "at_once"}).ok()
    assert account(stage)[0] == 800
    for one in stage.reseller.get("/subscriptions?status=active").ok()["data"]:
        stage.reseller.patch(f"/subscriptions/{one['id']}", {"auto_renew": False}).ok()
    stage.move("2026-09-01T09:00:00Z")
    last = gathered(stage)[-1]
    assert split_of(last) == [("Alpha GmbH", 2, 800)]
    stage.invoiced.append((800, last["vat"]["amount"]))
    check_ledger(stage)
