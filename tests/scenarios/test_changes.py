"""What a term's end may change: seats, plan and term, who leaves; and what the operator does in between."""

from __future__ import annotations

import pytest

from purveyor.infra import tx
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import read
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from tests.scenarios.stage import MONTH, YEAR, Stage, books_closed, more, new, open_stage, period
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs

PAID = ["subscription.renewed", "invoice.issued", "invoice.paid", "renewal.invoiced"]
NUMBER = {"vat_number": "DE136695976"}


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-01-15T09:00:00+00:00")


def test_a_subscription_is_changed_for_its_next_term(stage: Stage) -> None:
    with books_closed(stage):
        customer = stage.customer("Kunde GmbH", "DE", **NUMBER)
        stage.pay_in(1_000_000)
        bought = stage.buy(customer, new(6))["subscriptions"][0]
        stage.reseller.patch(f"/subscriptions/{bought}", {"renewal_payment_method": "balance"}).ok()
        seated = seats_are_given(stage, bought)
        stopped_and_let_go(stage, bought)
        a_decrease_is_scheduled(stage, bought)
        a_top_up_keeps_the_difference(stage, customer, bought)
        fewer_than_have_seats(stage, bought, seated)
        the_term_rolls_without_them(stage, bought)
        another_term_is_chosen(stage, bought)
        called_off_and_chosen_again(stage, bought)
        ended_and_taken_back(stage, bought)


def seats_are_given(stage: Stage, bought: str) -> list[str]:
    """Six people, who accept: else their seats were free again after some days."""
    seated = []
    for number in range(6):
        body = {"email": f"p{number}@kunde.example"}
        made = stage.reseller.post(f"/subscriptions/{bought}/assignments", body).ok(status=201)
        seated.append(made["id"])
        accepted(made["member"]["id"])
    run_pending_jobs()
    stage.events()
    return seated


def accepted(member: str) -> None:
    """The invited person sets a password, as the page behind the link does."""
    with tx.enter(system_actor()):
        found = seat_queries.get_member(actor=system_actor(), member_id=read("mem", member))
        assert found.invitation_id is not None
        token = seats.mint_invitation_token(found.invitation_id)
    seats.accept_invitation(token=token, name="", password="correct horse battery")


def stopped_and_let_go(stage: Stage, bought: str) -> None:
    """The operator stops it for a while: nothing can be bought for it, and everybody is told."""
    url = f"/subscriptions/{bought}"
    stage.reseller.post(f"{url}/suspend", {"reason": "no"}).refused(403, "forbidden")
    stage.operator.post(f"{url}/suspend", {}).refused(422, "invalid")
    still = stage.operator.post(f"{url}/suspend", {"reason": "Report 17 is looked into"}).ok()
    assert (still["status"], still["suspend_reason"]) == ("suspended", "Report 17 is looked into")
    assert still["period"] == {"start": "2026-01-15", "end": "2027-01-15"}
    stage.reseller.patch(url, {"renewal_quantity": 3}).refused(409, "subscription_not_active")
    on = stage.operator.post(f"{url}/resume", {"reason": "All is well"}).ok()
    assert (on["status"], on["suspended_at"], on["suspend_reason"]) == ("active", None, None)
    run_pending_jobs()
    assert stage.events() == ["subscription.suspended", "subscription.resumed"]
    assert stage.mails("kunde@buyer.example")[-2:] == [
        "Your subscription to Lockbox Files Business is suspended",
        "Your subscription to Lockbox Files Business goes on",
    ]
    assert stage.mails("p0@kunde.example")[-2:] == [
        "Your seat of Lockbox Files Business is suspended",
        "You can use your seat of Lockbox Files Business again",
    ]


def a_decrease_is_scheduled(stage: Stage, bought: str) -> None:
    """Not below those who have a seat; seen at once, with its day."""
    url = f"/subscriptions/{bought}"
    facts = stage.reseller.patch(url, {"renewal_quantity": 4}).refused(409, "seats_in_use")
    assert (facts["wanted"], facts["assigned"]) == (4, 6)
    assert stage.events() == []
    found = stage.reseller.patch(url, {"renewal_quantity": 7}).ok()
    assert found["scheduled"] == {
        "applies_on": "2027-01-15", "ends": False, "quantity": 7, "offer": None, "leaving": 0,
    }  # fmt: skip
    assert found["renewal_locked_from"] is None
    assert stage.events() == ["subscription.renewal_changed"]


def a_top_up_keeps_the_difference(stage: Stage, customer: str, bought: str) -> None:
    """One more was scheduled: two more seats now are two more then, and the payer is told of the new number."""
    stage.move("2026-11-26T09:00:00Z")
    stage.events()
    quote = stage.quote(customer, more(bought, 2))
    assert quote["next_renewal"]["net"]["amount"] == 9 * 3840
    order = stage.buy(customer, more(bought, 2))
    run_pending_jobs()
    assert order["net"]["amount"] == 2 * 640, "50 days left are two months"
    found = stage.subscription(bought)
    assert (found["quantity"], found["renewal_quantity"], found["scheduled"]["quantity"]) == (8, 9, 9)
    kinds = stage.events()
    assert kinds.count("subscription.renewal_rebased") == 1
    assert kinds.index("subscription.seats_added") < kinds.index("subscription.renewal_rebased")
    # The payer hears of it in the mail of the next morning.
    assert everything("SELECT count(*) FROM renewals_notice WHERE kind = 'rebased'") == [(1,)]


def fewer_than_have_seats(stage: Stage, bought: str, seated: list[str]) -> None:
    """Two are named who go at the end; then four seats are enough. Who goes keeps the seat until then."""
    url = f"/subscriptions/{bought}"
    leaving = stage.reseller.put(f"{url}/leavers", {"assignments": seated[:2]}).ok()["data"]
    assert sorted(one["id"] for one in leaving) == sorted(seated[:2])
    assert all(one["leaves_at_renewal"] and one["status"] == "active" for one in leaving)
    found = stage.reseller.patch(url, {"renewal_quantity": 4}).ok()
    assert found["scheduled"] == {
        "applies_on": "2027-01-15", "ends": False, "quantity": 4, "offer": None, "leaving": 2,
    }  # fmt: skip
    stage.reseller.put(f"{url}/leavers", {"assignments": []}).refused(409, "seats_in_use")
    # One of the two is given to somebody else: the seat still goes.
    body = {"email": "new@kunde.example"}
    passed = stage.reseller.post(f"/assignments/{seated[0]}/replace", body).ok(status=201)
    assert passed["leaves_at_renewal"]
    accepted(passed["member"]["id"])
    run_pending_jobs()
    assert stage.subscription(bought)["scheduled"]["leaving"] == 2
    stage.events()


def the_term_rolls_without_them(stage: Stage, bought: str) -> None:
    """At midnight in Stockholm."""
    stage.move("2027-01-14T22:59:00Z")
    assert stage.events() == []
    stage.move("2027-01-14T23:00:01Z")
    stage.invoiced.append((4 * 3840, 0))
    assert stage.events() == ["seat.released", "seat.released", *PAID]
    for who in ("p1", "new"):
        assert stage.mails(f"{who}@kunde.example")[-1] == "Your seat of Lockbox Files Business has ended"
    found = stage.subscription(bought)
    assert (period(found), found["quantity"], found["seats_assigned"]) == (("2027-01-15", "2028-01-15"), 4, 4)
    assert (found["scheduled"], found["renewal_quantity"]) == (None, None)


def another_term_is_chosen(stage: Stage, bought: str) -> None:
    """From a year to a month: the next term is of the other offer, at its price."""
    url = f"/subscriptions/{bought}"
    assert stage.reseller.patch(url, {"renewal_offer": "no-such"}).refused(404, "not_found")
    found = stage.reseller.patch(url, {"renewal_offer": MONTH}).ok()
    month = found["renewal_offer"]
    assert found["scheduled"]["offer"] == month != found["offer"]
    assert stage.events() == ["subscription.renewal_changed"]
    stage.move("2028-01-14T23:00:01Z")
    stage.invoiced.append((4 * 400, 0))
    assert stage.events() == PAID
    found = stage.subscription(bought)
    assert (found["offer"], found["offer_code"], found["term_months"]) == (month, MONTH, 1)
    assert (period(found), found["scheduled"]) == (("2028-01-15", "2028-02-15"), None)
    line = stage.invoices()[-1]["lines"][0]
    assert (line["quantity"], line["net"]["amount"]) == (4, 1600)


def called_off_and_chosen_again(stage: Stage, bought: str) -> None:
    """A scheduled year is cancelled, so that the month renews; then chosen again."""
    url = f"/subscriptions/{bought}"
    stage.reseller.patch(url, {"renewal_offer": YEAR, "renewal_quantity": 9}).ok()
    calm = stage.reseller.delete(f"{url}/scheduled-change").ok()
    assert (calm["scheduled"], calm["renewal_offer"], calm["renewal_quantity"]) == (None, None, None)
    stage.reseller.delete(f"{url}/scheduled-change").ok()
    assert stage.events() == ["subscription.renewal_changed"] * 2
    stage.move("2028-02-15T09:00:00Z")
    stage.invoiced.append((4 * 400, 0))
    assert stage.events() == PAID
    stage.reseller.patch(url, {"renewal_offer": YEAR}).ok()
    stage.move("2028-03-15T09:00:00Z")
    stage.invoiced.append((4 * 3840, 0))
    assert stage.events() == ["subscription.renewal_changed", *PAID]
    assert period(stage.subscription(bought)) == ("2028-03-15", "2029-03-15")


def ended_and_taken_back(stage: Stage, bought: str) -> None:
    """The operator ends it in mid-term, by mistake; its seats are free, its documents stay, its term was paid."""
    url = f"/subscriptions/{bought}"
    over = stage.operator.post(f"{url}/end", {"reason": "Mixed up with another"}).ok()
    run_pending_jobs()
    assert (over["status"], over["end_reason"]) == ("ended", "Mixed up with another")
    assert stage.subscription(bought)["seats_assigned"] == 0
    back = stage.operator.post(f"{url}/reactivate", {"reason": "It was the wrong one"}).ok()
    run_pending_jobs()
    assert (back["status"], back["end_reason"], back["ended_at"]) == ("active", None, None)
    assert (period(back), back["quantity"]) == (("2028-03-15", "2029-03-15"), 4)
    assert stage.events() == ["subscription.ended", "subscription.reactivated"]
    assert (
        stage.mails("kunde@buyer.example")[-1]
        == "Your subscription to Lockbox Files Business is active again"
    )
    stage.reseller.patch(url, {"auto_renew": False}).ok()
    assert stage.subscription(bought)["scheduled"]["ends"]
    stage.move("2029-03-15T09:00:00Z")
    assert stage.events() == ["subscription.renewal_changed", "subscription.ended"]
    gone = stage.operator.post(f"{url}/reactivate", {"reason": "Too late"})
    assert gone.refused(409, "period_ended") == {"on": "2029-03-15", "end": "2029-03-15"}
