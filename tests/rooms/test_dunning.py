"""Dunning: each step once, on its day, by the ladder that held; paused, released, over when it is paid."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from purveyor.billing.commands import mark_overdue
from purveyor.infra import activity, tx
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.payments import queries
from purveyor.payments.commands import (
    open_case,
    pay_from_balance,
    promise,
    put_on_hold,
    release,
    reset_ladder,
    set_ladder,
    take_step,
)
from purveyor.payments.errors import DunningCaseClosed, DunningNotPaused
from purveyor.payments.rules.dunning import DEFAULT_LADDER
from purveyor.payments.types import DunningCase, LadderStep, Payable
from tests.rooms.books import NOW, SYSTEM, House, at_once, found_house, found_operator, within
from tests.rooms.money import OPERATOR, events, fill, invoice, receive

_codes = itertools.count(1)
SHORT = (
    LadderStep(days=2, action="remind", audience=("payer",)),
    LadderStep(days=4, action="block_orders"),
)


@pytest.fixture(scope="module", autouse=True)
def _operator(db: object) -> None:
    found_operator()


@pytest.fixture
def house(db: object) -> House:
    return found_house(f"D{next(_codes):03d}")


def overdue(house: House) -> tuple[Payable, UUID]:
    """An invoice of the house whose day is over, with its case."""
    payable = invoice(house)
    due = due_on(payable)
    at = datetime(due.year, due.month, due.day, 23, tzinfo=UTC)
    mark_overdue(actor=SYSTEM, now=at, document_id=payable.subject_id)
    found = open_case(actor=SYSTEM, now=at, invoice_id=payable.subject_id)
    assert found is not None
    return payable, found


def due_on(payable: Payable) -> date:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT due_on FROM billing_document WHERE id = %s", [payable.subject_id])
        found: date = cursor.fetchone()[0]
    return found


def case(case_id: UUID) -> DunningCase:
    return within(SYSTEM, lambda: queries.get_dunning_case(actor=SYSTEM, case_id=case_id))


def walk(case_id: UUID, steps: int = 1) -> list[tuple[int, str]]:
    """Take so many steps, each at its own due instant; days after the due date, and the state after it."""
    walked = []
    for _ in range(steps):
        found = case(case_id)
        assert found.due_at is not None
        state = take_step(actor=SYSTEM, now=found.due_at, case_id=case_id)
        walked.append(((found.due_at.date() - found.due_on).days, state))
    return walked


def dunned(house: House) -> list[str]:
    return [kind for kind in events(house) if kind.startswith("dunning.")]


def blocking(house: House) -> int:
    return within(house.actor, lambda: queries.count_blocking(actor=house.actor, payer_id=house.reseller.id))


def test_the_ladder_is_walked_step_by_step(house: House) -> None:
    _payable, one = overdue(house)
    assert case(one).status == "none"
    assert walk(one, 3) == [(3, "reminded"), (7, "reminded"), (10, "final_notice")]
    assert blocking(house) == 0
    assert walk(one) == [(10, "final_notice")]
    assert blocking(house) == 1
    assert walk(one, 2) == [(17, "suspended"), (47, "terminated")]
    assert (case(one).due_at, blocking(house)) == (None, 1)
    assert dunned(house) == [
        "dunning.reminded",
        "dunning.reminded",
        "dunning.final_notice",
        "dunning.orders_blocked",
        "dunning.suspend_due",
        "dunning.terminate_due",
    ]
    done = within(SYSTEM, lambda: queries.list_steps_done(actor=SYSTEM, case_id=one))
    assert [found.step for found in done] == list(DEFAULT_LADDER)


def test_steps_come_in_the_morning(house: House) -> None:
    _payable, one = overdue(house)
    due = case(one).due_at
    assert due is not None
    # 08:00 in Stockholm, in winter.
    assert (due.hour, due.minute) == (7, 0)


def test_a_step_is_taken_once_whoever_comes_twice(house: House) -> None:
    _payable, one = overdue(house)
    due = case(one).due_at
    assert due is not None
    at_once(4, lambda _: take_step(actor=SYSTEM, now=due, case_id=one))
    assert dunned(house) == ["dunning.reminded"]
    assert take_step(actor=SYSTEM, now=due, case_id=one) == "reminded"
    assert len(dunned(house)) == 1


def test_one_case_an_invoice(house: House) -> None:
    payable, one = overdue(house)
    assert open_case(actor=SYSTEM, now=NOW, invoice_id=payable.subject_id) == one


def test_no_case_for_an_invoice_that_is_not_overdue(house: House) -> None:
    payable = invoice(house)
    assert open_case(actor=SYSTEM, now=NOW, invoice_id=payable.subject_id) is None


@pytest.mark.parametrize("way", ["transfer", "balance"])
def test_paying_resolves(house: House, way: str) -> None:
    payable, one = overdue(house)
    walk(one, 4)
    assert blocking(house) == 1
    if way == "transfer":
        receive(payable, 1000, "part")
        assert case(one).status == "final_notice"
        receive(payable, 500, "rest")
    else:
        fill(house, 1500)
        pay_from_balance(actor=house.actor, now=NOW, payable_id=payable.id)
    found = case(one)
    assert (found.status, found.before, found.due_at) == ("resolved", "final_notice", None)
    assert (blocking(house), dunned(house)[-1]) == (0, "dunning.resolved")
    with pytest.raises(DunningCaseClosed):
        put_on_hold(actor=OPERATOR, now=NOW, case_id=one, reason="late")


def test_a_hold_stops_everything_and_a_release_goes_on_later(house: House) -> None:
    _payable, one = overdue(house)
    walk(one, 4)
    held_at = datetime(2026, 12, 20, 9, tzinfo=UTC)
    held = put_on_hold(actor=OPERATOR, now=held_at, case_id=one, reason="disputes two seats")
    assert (held.status, held.before, held.due_at) == ("on_hold", "final_notice", None)
    assert blocking(house) == 0
    later = datetime(2027, 2, 1, 9, tzinfo=UTC)
    found = release(actor=OPERATOR, now=later, case_id=one)
    assert (found.status, blocking(house)) == ("final_notice", 1)
    assert found.due_at == datetime(2027, 2, 2, 7, tzinfo=UTC)
    days = [day for _step, day in found.to_come]
    assert days == [date(2027, 2, 2), date(2027, 3, 4)]
    with pytest.raises(DunningNotPaused):
        release(actor=OPERATOR, now=later, case_id=one)


def test_a_short_hold_changes_no_date(house: House) -> None:
    _payable, one = overdue(house)
    before = case(one)
    put_on_hold(actor=OPERATOR, now=before.opened_at, case_id=one, reason="a question")
    after = release(actor=OPERATOR, now=before.opened_at + timedelta(hours=1), case_id=one)
    assert (after.due_at, after.to_come) == (before.due_at, before.to_come)


def test_a_broken_promise_goes_on_the_morning_after(house: House) -> None:
    _payable, one = overdue(house)
    walk(one, 3)
    day = case(one).due_on + timedelta(days=20)
    now = datetime(day.year, day.month, day.day - 8, 9, tzinfo=UTC)
    found = promise(actor=OPERATOR, now=now, case_id=one, until=day)
    assert (found.status, found.promised_until) == ("promised", day)
    assert found.due_at is not None
    assert take_step(actor=SYSTEM, now=found.due_at, case_id=one) == "final_notice"
    after = case(one)
    assert next(due - after.due_on for _step, due in after.to_come) == timedelta(days=21)
    assert after.due_at is not None
    assert after.due_at.date() == day + timedelta(days=1)


def test_a_kept_promise_resolves(house: House) -> None:
    payable, one = overdue(house)
    found = promise(
        actor=OPERATOR, now=case(one).opened_at, case_id=one, until=due_on(payable) + timedelta(days=9)
    )
    assert found.status == "promised"
    receive(payable, 1500)
    assert (case(one).status, dunned(house)) == ("resolved", ["dunning.resolved"])


@pytest.mark.parametrize("days", [-1, 91])
def test_a_promise_is_for_a_day_that_can_be_waited_for(house: House, days: int) -> None:
    _payable, one = overdue(house)
    now = case(one).opened_at
    with pytest.raises(Invalid):
        promise(actor=OPERATOR, now=now, case_id=one, until=now.date() + timedelta(days=days + 1))


def test_a_reseller_has_a_ladder_of_its_own_until_it_is_reset(house: House) -> None:
    before = overdue(house)[1]
    set_ladder(actor=OPERATOR, now=NOW, steps=SHORT, reseller_id=house.reseller.id)
    found = within(house.actor, lambda: queries.get_ladder(actor=house.actor, reseller_id=house.reseller.id))
    assert (found.steps, found.is_own) == (SHORT, True)
    one = overdue(house)[1]
    assert walk(one, 2) == [(2, "reminded"), (4, "reminded")]
    assert (case(one).due_at, blocking(house)) == (None, 1)
    # A case that was open keeps the dates that it announced.
    assert len(case(before).plan) == len(DEFAULT_LADDER)
    reset = reset_ladder(actor=OPERATOR, now=NOW, reseller_id=house.reseller.id)
    assert (reset.steps, reset.is_own) == (DEFAULT_LADDER, False)
    assert reset_ladder(actor=OPERATOR, now=NOW, reseller_id=house.reseller.id) == reset


def test_the_default_of_all_can_be_changed_and_reset(house: House) -> None:
    set_ladder(actor=OPERATOR, now=NOW, steps=SHORT)
    assert len(case(overdue(house)[1]).plan) == 2
    assert reset_ladder(actor=OPERATOR, now=NOW).steps == DEFAULT_LADDER
    assert len(case(overdue(house)[1]).plan) == len(DEFAULT_LADDER)


def test_an_unsound_ladder_is_refused(house: House) -> None:
    with pytest.raises(Invalid) as caught:
        set_ladder(actor=OPERATOR, now=NOW, steps=(LadderStep(days=5, action="suspend"),))
    assert caught.value.facts["reason"] == "ladder_without_notice"


def test_the_desk_is_the_operators(house: House) -> None:
    _payable, one = overdue(house)
    with pytest.raises(Forbidden):
        put_on_hold(actor=house.actor, now=NOW, case_id=one, reason="mine")
    with pytest.raises(Forbidden):
        promise(actor=house.actor, now=NOW, case_id=one, until=NOW.date())
    with pytest.raises(Forbidden):
        set_ladder(actor=house.actor, now=NOW, steps=SHORT, reseller_id=house.reseller.id)
    other = found_house(f"D{next(_codes):03d}")
    for stranger in (other.actor, house.customer):
        with pytest.raises(NotFound):
            within(stranger, lambda actor=stranger: queries.get_dunning_case(actor=actor, case_id=one))  # type: ignore[misc]  # bound at once
    assert within(house.actor, lambda: queries.list_dunning_cases(actor=house.actor))[0].id == one


def test_what_was_done_is_never_rewritten(house: House) -> None:
    _payable, one = overdue(house)
    walk(one)
    for statement in (
        "UPDATE payments_dunningdone SET position = 9 WHERE case_id = %s",
        "DELETE FROM payments_dunningdone WHERE case_id = %s",
        "UPDATE payments_dunningcase SET plan = '[]' WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), tx.enter(SYSTEM), transaction.atomic():
            connection.cursor().execute(statement, [one])


def test_every_act_is_on_record_for_the_payer(house: House) -> None:
    _payable, one = overdue(house)
    walk(one)
    put_on_hold(actor=OPERATOR, now=NOW + timedelta(days=60), case_id=one, reason="disputed")
    rows = within(house.actor, lambda: activity.list_activity(actor=house.actor, kind="dunning"))
    assert [row.kind for row in rows] == ["dunning.held", "dunning.step", "dunning.opened"]
    assert rows[0].facts["reason"] == "disputed"
