"""Who buys decides what it costs and who sees it: a customer's own administrator, trials, invitations, new prices."""

from __future__ import annotations

import pytest

from purveyor.catalog.commands import set_price
from purveyor.infra import clock
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.sales.commands import start_trial
from tests.scenarios.stage import MONTH, Stage, books_closed, more, new, open_stage, period


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-04-01T08:00:00+00:00")


def test_a_spring(stage: Stage) -> None:
    with books_closed(stage):
        customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
        its_own_administrator_buys(stage, customer)
        a_price_changes_before_acceptance(stage, customer)
        begun = trials_begin(stage, customer)
        invitation = somebody_is_invited(stage, customer)
        a_fortnight_later(stage, begun, invitation)


def its_own_administrator_buys(stage: Stage, customer: str) -> None:
    """At list price, on its own balance; the reseller sees the seats and never the documents."""
    admin = stage.key_of(customer)
    stage.pay_in(20_000, customer)
    stage.events()
    order = stage.buy(customer, new(2), by=admin)
    assert (order["net"]["amount"], order["lines"][0]["discount_percent"]) == (9600, 0)
    assert (order["payer"], order["customer"]) == (customer, customer)
    subscription = order["subscriptions"][0]
    assert stage.available(admin) == 20_000 - 9600

    reseller = stage.reseller
    for path in (f"/orders/{order['id']}", f"/invoices/{order['invoice']['id']}"):
        reseller.get(path).refused(404, "not_found")
        admin.get(path).ok()
    assert reseller.get("/invoices").ok()["data"] == []
    assert reseller.get("/orders").ok()["data"] == []
    assert reseller.get("/events?limit=200").raw.count(b'"invoice.issued"') == 0
    assert reseller.get(f"/subscriptions/{subscription}").ok()["quantity"] == 2

    # The reseller adds a seat to the same subscription: at its discount, for itself; the payer stays.
    stage.pay_in(4000)
    added = stage.buy(customer, more(subscription, 1))
    assert (added["net"]["amount"], added["payer"]) == (3840, show("res", stage.house.id))
    admin.get(f"/orders/{added['id']}").refused(404, "not_found")
    assert b"3840" not in admin.get("/activity?limit=200").raw
    assert stage.subscription(subscription)["payer"] == customer
    quote = stage.quote(customer, more(subscription, 1), by=admin)
    assert quote["next_renewal"]["net"]["amount"] == 4 * 4800, "the payer's price for all seats"
    # A list price is no secret; what a reseller will pay is one.
    assert stage.quote(customer, more(subscription, 1))["next_renewal"]["net"]["amount"] == 4 * 4800
    stage.pay_in(400)
    theirs = stage.buy(customer, new(1, MONTH))["subscriptions"][0]
    assert stage.quote(customer, more(theirs, 1), by=admin)["next_renewal"]["net"] is None
    stage.reseller.patch(f"/subscriptions/{theirs}", {"auto_renew": False}).ok()


def a_price_changes_before_acceptance(stage: Stage, customer: str) -> None:
    """The old price is refused, the new one shown; nothing is charged in between."""
    admin = stage.key_of(customer)
    quote = stage.quote(customer, new(1, MONTH), by=admin)
    shop = stage.shop

    def price(amount: int) -> None:
        actor = shop.houses.operator
        set_price(
            actor=actor,
            now=clock.now(),
            price_list_id=shop.eur.id,
            offer_id=shop.month.id,
            price=Money(amount, "EUR"),
        )

    stage.events()
    price(550)
    assert stage.events() == ["price.set"]
    facts = admin.post("/orders", {"quote": quote["id"], "payment_method": "balance"}).refused(
        409, "quote_outdated"
    )
    assert (facts["old_gross"]["amount"], facts["new_gross"]["amount"]) == (500, 550)
    assert stage.events() == []
    fresh = admin.get(f"/quotes/{facts['fresh_quote']}").ok()
    assert fresh["gross"]["amount"] == 550
    taken = admin.post("/orders", {"quote": fresh["id"], "payment_method": "balance"}).ok(status=201)
    stage.invoiced.append((550, 0))
    admin.patch(f"/subscriptions/{taken['subscriptions'][0]}", {"auto_renew": False}).ok()
    price(500)


def trials_begin(stage: Stage, customer: str) -> tuple[str, str]:
    """Two trials without payment: one is to go on, one is not."""
    actor = stage.shop.houses.reseller(stage.house)
    other = stage.customer("Probe GmbH", "DE", vat_number="DE136695976")
    stage.events()
    begun = []
    for owner in (customer, other):
        customer_id = read("cus", owner)
        made = start_trial(
            actor=actor.on(customer_id), now=clock.now(), customer_id=customer_id, offer=MONTH, quantity=3
        )
        begun.append(show("sub", made.subscription_id))
        found = stage.subscription(begun[-1])
        assert (found["status"], found["trial_end"], found["quantity"]) == ("trial", "2026-04-15", 3)
    assert stage.events() == ["subscription.trial_started"] * 2
    stage.reseller.patch(f"/subscriptions/{begun[1]}", {"auto_renew": False}).ok()
    assert stage.events() == ["subscription.renewal_changed"]
    return begun[0], begun[1]


def somebody_is_invited(stage: Stage, customer: str) -> str:
    """An invitation reserves the seat."""
    rows = stage.reseller.get(f"/subscriptions?customer={customer}&status=active").ok()["data"]
    subscription = next(row for row in rows if row["term_months"] == 12)["id"]
    path = f"/subscriptions/{subscription}/assignments"
    seat = stage.reseller.post(path, {"email": "late@kunde.example"}).ok(status=201)
    assert seat["status"] == "reserved"
    assert stage.subscription(subscription)["seats_free"] == 2
    return str(subscription)


def a_fortnight_later(stage: Stage, begun: tuple[str, str], subscription: str) -> None:
    """Trials convert or end at the first minute of their last day's morrow; invitations after fourteen days."""
    converts, ends = begun
    stage.events()
    stage.move("2026-04-14T21:59:00Z")
    assert stage.events() == []
    stage.move("2026-04-14T22:00:30Z")
    stage.invoiced.append((3 * 400, 0))
    assert sorted(stage.events()) == [
        "invoice.issued",
        "renewal.invoiced",
        "subscription.activated",
        "subscription.ended",
    ]
    found = stage.subscription(converts)
    assert (found["status"], period(found)) == ("active", ("2026-04-15", "2026-05-15"))
    over = stage.subscription(ends)
    assert (over["status"], over["end_reason"]) == ("ended", "trial_over")

    stage.move("2026-04-15T07:59:00Z")
    assert stage.subscription(subscription)["seats_free"] == 2
    stage.move("2026-04-15T08:30:00Z")
    assert stage.events() == ["invitation.expired", "seat.released", "member.removed"]
    assert stage.subscription(subscription)["seats_free"] == 3
    assert len(stage.mails("late@kunde.example")) == 1
