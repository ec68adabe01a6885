"""The renewal's settings, what is scheduled, who leaves, and the operator's hand on a subscription."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.errors import OfferNotAvailable
from purveyor.catalog.types import Terms
from purveyor.infra import clock
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.renewals import queries as renewals
from purveyor.renewals.jobs import roll_due
from purveyor.renewals.prices import next_price
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from purveyor.seats.types import Assignment
from purveyor.subscriptions import commands as subs
from purveyor.subscriptions import queries
from purveyor.subscriptions.errors import (
    RenewalLocked,
    SeatsExhausted,
    SeatsInUse,
    SubscriptionNotActive,
    TransitionRefused,
)
from purveyor.subscriptions.rules.calendar import PeriodEnded
from purveyor.subscriptions.types import ScheduledChange, Status, Subscription
from tests.rooms.books import SYSTEM, eur, operator, within
from tests.rooms.shop import START, Shop, deliver, events_of, more, offer_of, open_shop, subscription

END = date(2027, 1, 15)
LATER = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


def assigned(shop: Shop, running: UUID, count: int) -> list[UUID]:
    return [
        seats.assign_seat(
            actor=shop.reseller, now=START, subscription_id=running, email=f"{uuid4().hex}@x.example"
        ).id
        for _ in range(count)
    ]


def held(running: UUID) -> dict[UUID, Assignment]:
    page = within(SYSTEM, lambda: seat_queries.list_assignments(actor=SYSTEM, subscription_id=running))
    return {one.id: one for one in page.rows}


def renew(shop: Shop, running: UUID) -> Subscription:
    end = subscription(shop, running).period_end
    assert end is not None
    roll_due(running, clock.start_of(end))
    return subscription(shop, running)


def found_by(shop: Shop, words: str) -> set[UUID]:
    page = within(
        SYSTEM,
        lambda: queries.list_subscriptions(actor=SYSTEM, customer_id=shop.customer_id, q=words, limit=200),
    )
    return {one.id for one in page.rows}


def test_another_plan_begins_with_the_next_term(shop: Shop) -> None:
    plan = catalog.create_plan(
        actor=operator(), now=START, product_id=shop.year.product_id, code="ultra", name="Ultraviolet", rank=2
    )
    other = catalog.create_offer(
        actor=operator(), now=START, plan_id=plan.id, code="uv-3", term_months=3,
        terms=Terms(), available_from=date(2026, 1, 1),
    )  # fmt: skip
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=other.id, price=eur(3000)
    )
    running = shop.subscription(4)
    changed = subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, renewal_offer="uv-3")
    assert changed.scheduled == ScheduledChange(applies_on=END, offer_from=shop.year.id, offer_to=other.id)
    assert running not in found_by(shop, "ultraviolet")
    quote = shop.quote(more(running, 1), at=LATER)
    renewed = renew(shop, running)
    assert (renewed.offer_id, renewed.term_months, renewed.renewal_offer_id) == (other.id, 3, None)
    assert (renewed.period_start, renewed.period_end) == (END, date(2027, 4, 15))
    assert (renewed.term_price, renewed.scheduled) == (eur(3000), None)
    assert quote.next_renewal.net == eur(5 * 2400), "what a quote foretells is of the offer that is scheduled"
    assert running in found_by(shop, "ultraviolet")
    assert running not in found_by(shop, "lockbox-12")
    assert events_of(running)[-2:] == ["subscription.renewed", "renewal.invoiced"]


def test_only_what_is_sold_of_the_same_product(shop: Shop) -> None:
    running = shop.subscription(2)

    def wish(ref: str) -> None:
        subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, renewal_offer=ref)

    product = catalog.create_product(
        actor=operator(), now=START, vendor_id=_vendor(), code="other", name="Other"
    )
    plan = catalog.create_plan(actor=operator(), now=START, product_id=product.id, code="other", name="Other")
    catalog.create_offer(
        actor=operator(), now=START, plan_id=plan.id, code="other-12", term_months=12,
        terms=Terms(), available_from=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(Invalid) as another:
        wish("other-12")
    assert (another.value.field, another.value.facts["reason"]) == ("renewal_offer", "another_product")
    with pytest.raises(NotFound) as nothing:
        wish("nothing")
    assert nothing.value.field == "renewal_offer"
    gone = offer_of(shop, "gone-12")
    catalog.withdraw_offer(actor=operator(), now=START, offer_id=gone.id)
    with pytest.raises(OfferNotAvailable) as withdrawn:
        wish("gone-12")
    assert withdrawn.value.field == "renewal_offer"
    few = offer_of(shop, "many-12", terms=Terms(quantity_min=5))
    with pytest.raises(Invalid) as small:
        wish(few.code)
    assert (small.value.field, small.value.facts["min"]) == ("renewal_quantity", 5)
    wish(shop.year.code)
    assert subscription(shop, running).scheduled is None, "the same offer is no change"


def _vendor() -> UUID:
    return catalog.create_vendor(actor=operator(), now=START, code=f"v{uuid4().hex[:8]}", name="Other").id


def test_the_last_days_are_locked_but_not_of_a_trial(shop: Shop) -> None:
    offer = offer_of(shop, "locked-12", terms=Terms(renewal_lock_days=7, trial_days=5))
    running = shop.buy(shop.new(2, offer)).subscriptions[0]
    assert subscription(shop, running).locked_from == date(2027, 1, 8)

    def change(at: datetime, quantity: int) -> Subscription:
        return subs.set_renewal(
            actor=shop.reseller, now=at, subscription_id=running, renewal_quantity=quantity
        )

    change(datetime(2027, 1, 7, 12, tzinfo=UTC), 3)
    for at in (datetime(2027, 1, 8, 0, tzinfo=UTC), datetime(2027, 1, 14, 12, tzinfo=UTC)):
        with pytest.raises(RenewalLocked) as locked:
            change(at, 4)
        assert locked.value.facts == {"from": "2027-01-08", "until": "2027-01-15"}
        with pytest.raises(RenewalLocked):
            subs.cancel_scheduled_change(actor=shop.reseller, now=at, subscription_id=running)
    with pytest.raises(PeriodEnded):
        change(datetime(2027, 1, 15, 12, tzinfo=UTC), 4)
    tried = within(SYSTEM, lambda: replace(subscription(shop, running), status=Status.TRIAL))
    assert tried.locked_from is None


def test_a_scheduled_change_is_seen_moves_with_a_top_up_and_is_called_off(shop: Shop) -> None:
    running = shop.subscription(6)
    subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, renewal_quantity=4)
    before = subscription(shop, running).scheduled
    assert before == ScheduledChange(applies_on=END, quantity_from=6, quantity_to=4)
    subs.add_seats(actor=shop.reseller, now=START, subscription_id=running, quantity=3)
    after = subscription(shop, running).scheduled
    assert after == ScheduledChange(applies_on=END, quantity_from=9, quantity_to=7)
    assert events_of(running)[-2:] == ["subscription.seats_added", "subscription.renewal_rebased"]
    with pytest.raises(Forbidden):
        subs.cancel_scheduled_change(actor=shop.customer, now=START, subscription_id=running)
    calm = seats.cancel_scheduled_change(actor=shop.reseller, now=START, subscription_id=running)
    assert (calm.scheduled, calm.renews_with) == (None, 9)
    said = len(events_of(running))
    seats.cancel_scheduled_change(actor=shop.reseller, now=START, subscription_id=running)
    assert len(events_of(running)) == said, "calling off nothing says nothing"
    subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, auto_renew=False)
    assert subscription(shop, running).scheduled == ScheduledChange(applies_on=END, ends=True)


def test_fewer_seats_than_members_asks_who_leaves(shop: Shop) -> None:
    running = shop.subscription(5)
    seated = assigned(shop, running, 4)
    act = {"actor": shop.reseller, "now": START, "subscription_id": running}
    with pytest.raises(SeatsInUse):
        subs.set_renewal(**act, renewal_quantity=2)  # type: ignore[arg-type]  # the same three for all
    leaving = seats.plan_leavers(**act, assignment_ids=seated[:2], renewal_quantity=2)  # type: ignore[arg-type]
    assert {one.id for one in leaving} == set(seated[:2])
    found = subscription(shop, running)
    assert (found.seats_leaving, found.renews_with) == (2, 2)
    assert found.scheduled == ScheduledChange(applies_on=END, quantity_from=5, quantity_to=2, leaving=2)
    with pytest.raises(SeatsInUse):
        seats.withdraw_leavers(**act)  # type: ignore[arg-type]  # as above
    with pytest.raises(NotFound):
        seats.plan_leavers(**act, assignment_ids=[uuid4()])  # type: ignore[arg-type]  # as above
    renewed = renew(shop, running)
    assert (renewed.quantity, renewed.seats_assigned, renewed.seats_leaving) == (2, 2, 0)
    assert set(held(running)) == set(seated[2:])
    for one in seated[:2]:
        assert events_of(one)[-1] == "seat.released"


def test_counts_follow_a_leaver_who_is_freed_replaced_or_removed(shop: Shop) -> None:
    running = shop.subscription(5)
    seated = assigned(shop, running, 4)
    act = {"actor": shop.reseller, "now": START}
    seats.plan_leavers(**act, subscription_id=running, assignment_ids=seated[:3])  # type: ignore[arg-type]
    seats.release_seat(**act, assignment_id=seated[0])  # type: ignore[arg-type]  # as above
    assert (subscription(shop, running).seats_assigned, subscription(shop, running).seats_leaving) == (3, 2)
    made = seats.replace_assignment(**act, assignment_id=seated[1], email=f"{uuid4().hex}@x.example")  # type: ignore[arg-type]
    assert made.leaves_at_renewal, "the seat goes, whoever sits in it"
    assert held(running)[made.id].leaves_at_renewal
    seats.remove_member(**act, member_id=held(running)[seated[2]].member_id)  # type: ignore[arg-type]  # as above
    assert (subscription(shop, running).seats_assigned, subscription(shop, running).seats_leaving) == (2, 1)
    seats.cancel_scheduled_change(**act, subscription_id=running)  # type: ignore[arg-type]  # as above
    assert subscription(shop, running).seats_leaving == 0
    seats.plan_leavers(**act, subscription_id=running, assignment_ids=[made.id])  # type: ignore[arg-type]
    subs.end_subscription(
        actor=SYSTEM, now=START, subscription_id=running, reason="Asked for it by telephone"
    )
    deliver()
    over = subscription(shop, running)
    assert (over.status, over.seats_assigned, over.seats_leaving) == (Status.ENDED, 0, 0)


def test_suspended_stands_still_and_ends_with_its_term(shop: Shop) -> None:
    running = shop.subscription(2)
    act = {"now": START, "subscription_id": running}
    for who in (shop.reseller, shop.customer):
        with pytest.raises(Forbidden):
            subs.suspend_subscription(actor=who, reason="no", **act)  # type: ignore[arg-type]  # as above
    with pytest.raises(Invalid) as empty:
        subs.suspend_subscription(actor=operator(), reason=" ", **act)  # type: ignore[arg-type]  # as above
    assert empty.value.field == "reason"
    still = subs.suspend_subscription(actor=operator(), reason="Abuse report 17", **act)  # type: ignore[arg-type]
    assert (still.status, still.suspend_reason, still.suspended_at) == (
        Status.SUSPENDED,
        "Abuse report 17",
        START,
    )
    again = subs.suspend_subscription(actor=operator(), reason="Other", **act)  # type: ignore[arg-type]
    assert again == still
    for refused in (
        lambda: subs.add_seats(actor=operator(), quantity=1, **act),  # type: ignore[arg-type]  # as above
        lambda: subs.set_renewal(actor=operator(), renewal_quantity=5, **act),  # type: ignore[arg-type]
        lambda: seats.assign_seat(actor=operator(), email="a@x.example", **act),  # type: ignore[arg-type]
    ):
        with pytest.raises(SubscriptionNotActive):
            refused()
    on = subs.resume_subscription(actor=operator(), reason="Cleared", **act)  # type: ignore[arg-type]  # as above
    assert (on.status, on.suspended_at, on.suspend_reason, on.period_end) == (Status.ACTIVE, None, "", END)
    assert subs.resume_subscription(actor=operator(), reason="Cleared", **act) == on  # type: ignore[arg-type]
    subs.suspend_subscription(actor=operator(), reason="Again", **act)  # type: ignore[arg-type]  # as above
    ended = renew(shop, running)
    assert (ended.status, ended.end_reason) == (Status.ENDED, "suspended")
    assert events_of(running)[-4:] == [
        "subscription.resumed", "subscription.suspended", "subscription.ended", "renewal.missed",
    ]  # fmt: skip
    with pytest.raises(PeriodEnded):
        subs.reactivate_subscription(
            actor=operator(), now=clock.start_of(END), subscription_id=running, reason="Too late"
        )


def test_an_end_within_the_term_can_be_undone(shop: Shop) -> None:
    running = shop.subscription(2)
    assigned(shop, running, 1)
    with pytest.raises(TransitionRefused):
        subs.reactivate_subscription(actor=operator(), now=START, subscription_id=running, reason="It runs")
    gone = subs.end_subscription(actor=operator(), now=START, subscription_id=running, reason="A mistake")
    deliver()
    assert (gone.status, gone.end_reason, gone.scheduled) == (Status.ENDED, "A mistake", None)
    back = subs.reactivate_subscription(
        actor=operator(), now=START + timedelta(days=3), subscription_id=running, reason="It was a mistake"
    )
    assert (back.status, back.end_reason, back.ended_at) == (Status.ACTIVE, "", None)
    assert (back.seats_assigned, back.quantity) == (0, 2), "history stays, seats are to be given again"
    assert renew(shop, running).period_start == END, "it renews as ever"


def test_while_the_next_term_waits_for_money_only_its_seats_are_given_and_an_end_calls_it_off(
    shop: Shop,
) -> None:
    offer = offer_of(shop, "ahead-12", terms=Terms(prepay=True))
    running = shop.buy(shop.new(4, offer)).subscriptions[0]
    assigned(shop, running, 1)
    subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, renewal_quantity=2)
    waiting = renew(shop, running)
    assert (waiting.status, waiting.period_end, waiting.quantity) == (Status.ACTIVE, END, 2)
    act = {"actor": shop.reseller, "now": datetime(2027, 1, 16, 9, tzinfo=UTC), "subscription_id": running}
    seats.assign_seat(**act, email=f"{uuid4().hex}@x.example")  # type: ignore[arg-type]  # the same three for all
    with pytest.raises(SeatsExhausted):
        seats.assign_seat(**act, email=f"{uuid4().hex}@x.example")  # type: ignore[arg-type]  # as above
    with pytest.raises(PeriodEnded):
        subs.set_renewal(**act, renewal_quantity=3)  # type: ignore[arg-type]  # as above
    subs.end_subscription(
        actor=operator(),
        now=datetime(2027, 1, 17, 9, tzinfo=UTC),
        subscription_id=running,
        reason="Closed down",
    )
    deliver()
    (row,) = within(SYSTEM, lambda: renewals.list_history(actor=SYSTEM, subscription_id=running))
    assert (row.status, row.reason) == ("ended", "Closed down")
    assert events_of(running)[-2:] == ["subscription.ended", "renewal.ended"]
    roll_due(running, clock.start_of(END))
    assert subscription(shop, running).status is Status.ENDED


def test_a_rise_counts_only_when_it_was_told_in_time(shop: Shop) -> None:
    late = offer_of(shop, "late-12", price=4800, terms=Terms(price_notice_days=30))
    running = shop.buy(shop.new(1, late)).subscriptions[0]
    dearer = catalog.create_price_list(
        actor=operator(), now=START, code="EUR-2027", currency="EUR", valid_from=date(2026, 12, 17),
        copy_from=shop.prices.id,
    )  # fmt: skip
    catalog.set_price(actor=operator(), now=START, price_list_id=dearer.id, offer_id=late.id, price=eur(6000))

    def price(on: date) -> tuple[int, bool]:
        found = subscription(shop, running)
        answer = within(SYSTEM, lambda: next_price(subscription=found, on=on))
        assert answer is not None
        return answer.amount.amount, answer.held

    assert price(END) == (4800, True), "29 days of notice are one too few"
    assert price(END + timedelta(days=1)) == (6000, False)
    renewed = renew(shop, running)
    assert (renewed.term_price, renewed.price_list) == (eur(4800), "eur-2026")
    foretold = shop.quote(more(running, 1), at=datetime(2027, 2, 1, tzinfo=UTC)).next_renewal.net
    assert foretold == eur(2 * 4800), "6000 a seat, less 20 percent, for two"
