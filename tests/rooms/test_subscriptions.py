"""Subscriptions: terms, seats as a number, renewal settings, life cycle, lists, isolation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from purveyor.infra import clock, tx
from purveyor.infra.registry import Announced
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.subscriptions import commands, handlers, queries
from purveyor.subscriptions.errors import (
    SeatsExhausted,
    SeatsInUse,
    SubscriptionNotActive,
    TransitionRefused,
)
from purveyor.subscriptions.rules import lifecycle
from purveyor.subscriptions.rules.calendar import PeriodEnded
from purveyor.subscriptions.types import Status, Subscription
from tests.rooms.seatworld import NOW, SYSTEM, TODAY, World, given, make_world, read, together
from tests.support.feed import feed


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


def fresh(subscription: Subscription) -> Subscription:
    return read(SYSTEM, queries.get_subscription, subscription_id=subscription.id)


def test_waits_for_its_money_and_then_begins(world: World) -> None:
    waiting = world.subscription(status="awaiting_payment", starts_on=None)
    assert (waiting.status, waiting.period, waiting.started_on) == (Status.AWAITING_PAYMENT, None, None)
    with pytest.raises(SubscriptionNotActive):
        commands.take_seats(actor=SYSTEM, now=NOW, subscription_id=waiting.id)
    active = commands.activate_subscription(
        actor=SYSTEM, now=NOW, subscription_id=waiting.id, starts_on=date(2028, 2, 29)
    )
    assert (active.period_start, active.period_end) == (date(2028, 2, 29), date(2029, 2, 28))
    assert active.anchor_day == 29
    again = commands.activate_subscription(actor=SYSTEM, now=NOW, subscription_id=waiting.id, starts_on=TODAY)
    assert again == active
    terms = read(SYSTEM, queries.list_terms, subscription_id=waiting.id)
    assert [(term.kind, term.start, term.price.amount) for term in terms] == [
        ("paid", date(2028, 2, 29), 12000)
    ]


def test_terms_follow_each_other_on_the_anchor_day(world: World) -> None:
    sub = world.subscription(starts_on=date(2028, 2, 29))
    ends = []
    for _ in range(4):
        end = fresh(sub).period_end
        assert end is not None
        rolled = commands.roll_term(
            actor=SYSTEM, now=clock.start_of(end), subscription_id=sub.id, starts_on=end,
            term_price=Money(13000, "EUR"), price_list="EUR-next",
        )  # fmt: skip
        assert rolled.period_start == end
        ends.append(rolled.period_end)
    assert ends == [date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29), date(2033, 2, 28)]
    late = commands.roll_term(
        actor=SYSTEM, now=NOW, subscription_id=sub.id, starts_on=date(2029, 2, 28), term_price=Money(1, "EUR"),
        price_list="x",
    )  # fmt: skip
    assert late.period_end == ends[-1], "a second run for the same term changes nothing"
    assert late.term_price == Money(13000, "EUR")


def test_a_trial_ends_or_becomes_paid(world: World) -> None:
    trial = world.subscription(status="trial", trial_days=30)
    assert (trial.status, trial.trial_end, trial.period_end) == (
        Status.TRIAL, TODAY + timedelta(30), TODAY + timedelta(30),
    )  # fmt: skip
    assert commands.next_period(trial).start == trial.trial_end
    paid = commands.roll_term(
        actor=SYSTEM, now=NOW, subscription_id=trial.id, starts_on=TODAY + timedelta(30),
        term_price=Money(12000, "EUR"), price_list="EUR-2026",
    )  # fmt: skip
    assert (paid.status, paid.period_start, paid.period_end, paid.anchor_day) == (
        Status.ACTIVE, date(2026, 12, 22), date(2027, 12, 22), 22,
    )  # fmt: skip
    second = world.subscription(status="trial", trial_days=14)
    ended = commands.end_subscription(actor=SYSTEM, now=NOW, subscription_id=second.id, reason="trial_over")
    assert (ended.status, ended.end_reason, ended.ended_at) == (Status.ENDED, "trial_over", NOW)
    assert ended == commands.end_subscription(
        actor=SYSTEM, now=NOW, subscription_id=second.id, reason="again"
    )
    with pytest.raises(TransitionRefused):
        commands.activate_subscription(actor=SYSTEM, now=NOW, subscription_id=second.id, starts_on=TODAY)


def test_every_status_is_in_the_table_and_the_end_is_the_end() -> None:
    assert set(lifecycle.STEPS) == set(Status)
    for old in Status:
        for new in Status:
            if new in lifecycle.STEPS[old]:
                assert lifecycle.step(old, new) is new
            else:
                with pytest.raises(TransitionRefused):
                    lifecycle.step(old, new)
    assert set(Status) - {Status.ENDED, Status.CANCELLED} == lifecycle.OPEN


def test_seats_are_added_now_and_at_the_renewal(world: World) -> None:
    sub = world.subscription(quantity=5)
    buyer = world.of_reseller()
    commands.set_renewal(actor=buyer, now=NOW, subscription_id=sub.id, renewal_quantity=3)
    more = commands.add_seats(actor=buyer, now=NOW, subscription_id=sub.id, quantity=4)
    assert (more.quantity, more.renewal_quantity, more.renews_with) == (9, 7, 7), (
        "a planned decrease survives"
    )
    after = datetime(2027, 11, 22, 9, 0, tzinfo=UTC)
    with pytest.raises(PeriodEnded):
        commands.add_seats(actor=buyer, now=after, subscription_id=sub.id, quantity=1)
    with pytest.raises(Invalid):
        commands.add_seats(actor=buyer, now=NOW, subscription_id=sub.id, quantity=0)
    with pytest.raises(Forbidden):
        commands.add_seats(
            actor=world.of(world.customer, "manager"), now=NOW, subscription_id=sub.id, quantity=1
        )
    left = queries.months_left(subscription=more, on=date(2027, 10, 3))
    assert (left.months, left.explanation.facts["days"]) == (2, 50)


def test_the_renewal_is_the_payers_and_never_below_what_is_assigned(world: World) -> None:
    sub = world.subscription(quantity=5)
    buyer = world.of_reseller()
    commands.take_seats(actor=buyer, now=NOW, subscription_id=sub.id, count=3)
    with pytest.raises(SeatsInUse) as refusal:
        commands.set_renewal(actor=buyer, now=NOW, subscription_id=sub.id, renewal_quantity=2)
    assert refusal.value.facts == {"field": "renewal_quantity", "wanted": 2, "assigned": 3}
    changed = commands.set_renewal(
        actor=buyer, now=NOW, subscription_id=sub.id, renewal_quantity=3, auto_renew=False,
        renewal_payment_method="balance",
    )  # fmt: skip
    assert (changed.auto_renew, changed.renewal_quantity, changed.renewal_payment_method) == (
        False,
        3,
        "balance",
    )
    commands.take_seats(actor=buyer, now=NOW, subscription_id=sub.id, count=2)
    assert fresh(sub).renews_with == 5, "seats assigned later are renewed"
    unset = commands.set_renewal(actor=buyer, now=NOW, subscription_id=sub.id, renewal_quantity=None)
    assert unset.renewal_quantity is None
    assert unset.auto_renew is False
    with pytest.raises(Forbidden) as payer:
        commands.set_renewal(actor=world.of(world.customer), now=NOW, subscription_id=sub.id, auto_renew=True)
    assert payer.value.facts["reason"] == "payer_decides"
    with pytest.raises(Invalid):
        commands.set_renewal(actor=buyer, now=NOW, subscription_id=sub.id, renewal_payment_method="card")


def test_the_last_seat_is_taken_once(world: World) -> None:
    sub = world.subscription(quantity=1)
    actor = world.of_reseller(on=world.customer.id)
    results = together(
        [lambda: commands.take_seats(actor=actor, now=NOW, subscription_id=sub.id) for _ in range(20)]
    )
    lost = [result for result in results if isinstance(result, SeatsExhausted)]
    assert len(lost) == 19, results
    assert all(error.facts == {"quantity": 1, "assigned": 1, "free": 0, "wanted": 1} for error in lost)
    assert fresh(sub).seats_assigned == 1


def test_top_ups_and_assignments_at_the_same_moment(world: World) -> None:
    sub = world.subscription(quantity=5)
    actor = world.of_reseller()
    calls = [lambda: commands.take_seats(actor=actor, now=NOW, subscription_id=sub.id) for _ in range(12)]
    calls += [
        lambda: commands.add_seats(actor=actor, now=NOW, subscription_id=sub.id, quantity=1) for _ in range(4)
    ]
    results = together(calls)
    taken = sum(1 for result in results[:12] if not isinstance(result, Exception))
    after = fresh(sub)
    assert all(isinstance(result, SeatsExhausted) for result in results[:12] if isinstance(result, Exception))
    assert (after.quantity, after.seats_assigned) == (9, taken)
    assert 5 <= taken <= 9


def test_the_database_refuses_more_than_there_is(world: World) -> None:
    sub = world.subscription(quantity=2)
    for statement in (
        "UPDATE subscriptions_subscription SET seats_assigned = 3 WHERE id = %s",
        "UPDATE subscriptions_subscription SET seats_assigned = -1 WHERE id = %s",
        "UPDATE subscriptions_subscription SET reseller_id = gen_random_uuid() WHERE id = %s",
        "UPDATE subscriptions_term SET price = 1 WHERE subscription_id = %s",
    ):
        with pytest.raises(DatabaseError), tx.enter(SYSTEM), connection.cursor() as cursor:
            cursor.execute(statement, [sub.id])
    assert fresh(sub).seats_assigned == 0


def test_strangers_and_siblings_find_nothing(world: World) -> None:
    sub = world.subscription()
    for actor in (world.foreign, world.of(world.sibling), world.of_reseller(on=world.sibling.id)):
        with pytest.raises(NotFound):
            read(actor, queries.get_subscription, subscription_id=sub.id)
        assert sub.id not in {row.id for row in read(actor, queries.list_subscriptions, limit=200).rows}
        with pytest.raises(NotFound):
            commands.take_seats(actor=actor, now=NOW, subscription_id=sub.id)
        with pytest.raises(NotFound):
            commands.add_seats(actor=actor, now=NOW, subscription_id=sub.id, quantity=1)
        with tx.enter(actor), connection.cursor() as cursor:
            # A forgotten filter shows nothing: the database has its own.
            cursor.execute("SELECT count(*) FROM subscriptions_subscription WHERE id = %s", [sub.id])
            assert cursor.fetchone() == (0,)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM subscriptions_subscription")
        assert cursor.fetchone() == (0,), "without a context there is nothing"
    with pytest.raises(NotFound):
        read(world.of(world.customer, "member"), queries.list_subscriptions)


def test_lists_page_through_everything_once_in_one_statement_each(world: World) -> None:
    for _ in range(7):
        world.subscription(customer=world.sibling)
    world.subscription(customer=world.sibling, status="awaiting_payment", starts_on=None)
    actor = world.of_reseller()
    for sort in ("newest", "customer", "ends"):
        seen: list[Subscription] = []
        cursor: str | None = None
        while True:
            with tx.enter(actor), CaptureQueriesContext(connection) as statements:
                page = queries.list_subscriptions(actor=actor, sort=sort, cursor=cursor, limit=3)
            assert len(statements) == 1
            seen += page.rows
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len({row.id for row in seen})
        everything = read(actor, queries.list_subscriptions, sort=sort, limit=200).rows
        assert seen == list(everything)
    found = read(actor, queries.list_subscriptions, q="backer lock", limit=200).rows
    assert {row.customer_name for row in found} == {"Bäcker KG"}
    assert not read(actor, queries.list_subscriptions, q="100%").rows
    waiting = read(actor, queries.list_subscriptions, status="awaiting_payment", limit=200).rows
    assert {row.status for row in waiting} == {Status.AWAITING_PAYMENT}
    for wrong in ({"cursor": "x"}, {"status": "gone"}, {"sort": "price"}):
        with pytest.raises(Invalid):
            read(actor, queries.list_subscriptions, **wrong)


def test_what_needs_a_hand(world: World) -> None:
    customer = parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Ende AG"), reseller_id=world.reseller.id
    )
    soon = world.subscription(quantity=4, customer=customer, term_months=1)
    world.subscription(quantity=2, customer=customer, status="awaiting_payment", starts_on=None)
    actor = world.of_reseller(on=customer.id)
    commands.take_seats(actor=actor, now=NOW, subscription_id=soon.id, count=3)
    assert [row.id for row in read(actor, queries.list_ending, until=date(2026, 12, 22))] == [soon.id]
    assert not read(actor, queries.list_ending, until=date(2026, 12, 21))
    assert [row.seats_free for row in read(actor, queries.list_free_seats)] == [1]
    counts = read(actor, queries.count_seats)
    assert (counts.subscriptions, counts.quantity, counts.assigned, counts.free) == (1, 4, 3, 1)
    assert read(actor, queries.count_free_seats) == 1


def test_lists_follow_a_new_name(world: World) -> None:
    customer = parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Alt AG"), reseller_id=world.reseller.id
    )
    sub = world.subscription(customer=customer)
    parties.update_customer(
        actor=SYSTEM, now=NOW, customer_id=customer.id, given=replace(given("Zebra AG"), currency=None)
    )
    event = Announced(
        1, new_id(), "customer.updated", NOW, customer.id, world.reseller.id, customer.id, None, {}
    )
    handlers.on_customer_updated(event)
    assert [row.id for row in read(world.of_reseller(), queries.list_subscriptions, q="zebra").rows] == [
        sub.id
    ]


def test_what_happens_is_announced_without_money(world: World) -> None:
    sub = world.subscription(customer=world.stranger)
    mine = [event for event in feed(world.foreign) if event.subject_id == sub.id]
    assert [event.kind for event in mine] == ["subscription.activated"]
    assert mine[0].payload["period_end"] == "2027-11-22"
    assert "12000" not in str(mine[0].payload)
