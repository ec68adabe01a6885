"""The dunning ladder's rules as tables: what makes one sound, what a step does, what a pause pushes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.payments.rules.dunning import (
    AFTER,
    DEFAULT_LADDER,
    TRANSITIONS,
    after_step,
    after_tries,
    fault_of,
    may_follow,
    shift_after_pause,
)
from purveyor.payments.types import DunningAction, DunningStatus, LadderStep


def step(days: int, action: DunningAction = "remind", told: bool = True) -> LadderStep:
    return LadderStep(days=days, action=action, audience=("payer",) if told else ())


NOTICE, STOP, END = step(10, "final_notice"), step(17, "suspend"), step(47, "terminate")


def test_the_default_ladder_is_sound_and_says_what_the_rules_say() -> None:
    assert fault_of(DEFAULT_LADDER) is None
    assert [(one.days, one.action) for one in DEFAULT_LADDER] == [
        (3, "remind"),
        (7, "remind"),
        (10, "final_notice"),
        (10, "block_orders"),
        (17, "suspend"),
        (47, "terminate"),
    ]


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([], "ladder_empty"),
        ([step(1)], None),
        ([step(day) for day in range(1, 14)], "ladder_too_long"),
        ([step(0)], "ladder_days"),
        ([step(366)], "ladder_days"),
        ([step(7), step(3)], "ladder_order"),
        ([step(3), step(3)], None),
        ([NOTICE, NOTICE], "ladder_twice"),
        ([NOTICE, STOP, step(18, "suspend")], "ladder_twice"),
        ([STOP], "ladder_without_notice"),
        ([step(3), NOTICE, STOP], None),
        ([NOTICE, END], "ladder_end"),
        ([NOTICE, STOP, END, step(50)], "ladder_end"),
        ([NOTICE, STOP, END], None),
        ([step(3, told=False)], "ladder_nobody"),
        ([step(3, "block_orders", told=False)], None),
    ],
)
def test_a_ladder_is_sound_or_says_why_not(steps: list[LadderStep], fault: str | None) -> None:
    assert fault_of(steps) == fault


def test_every_state_is_in_the_table_and_paid_ends_all() -> None:
    assert {state for after in TRANSITIONS.values() for state in after} <= set(TRANSITIONS)
    assert {state for state in TRANSITIONS if "resolved" in TRANSITIONS[state]} == set(TRANSITIONS) - {
        "resolved"
    }
    assert TRANSITIONS["resolved"] == frozenset()


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        ("none", "remind", "reminded"),
        ("reminded", "remind", "reminded"),
        ("retrying", "remind", "retrying"),
        ("retrying", "final_notice", "final_notice"),
        ("reminded", "final_notice", "final_notice"),
        ("final_notice", "block_orders", "final_notice"),
        ("final_notice", "remind", "final_notice"),
        ("final_notice", "suspend", "suspended"),
        ("suspended", "remind", "suspended"),
        ("suspended", "terminate", "terminated"),
    ],
)
def test_a_step_makes_a_case_sterner_never_milder(
    before: DunningStatus, action: DunningAction, after: DunningStatus
) -> None:
    assert after_step(before, action) == after


@pytest.mark.parametrize(
    ("before", "is_tried", "was_reminded", "after"),
    [
        ("none", True, False, "retrying"),
        ("reminded", True, True, "retrying"),
        ("retrying", False, False, "none"),
        ("retrying", False, True, "reminded"),
        ("final_notice", True, True, "final_notice"),
        ("suspended", False, True, "suspended"),
    ],
)
def test_a_card_that_is_tried_again_is_a_state_until_the_final_notice(
    before: DunningStatus, is_tried: bool, was_reminded: bool, after: DunningStatus
) -> None:
    assert after_tries(before, is_tried=is_tried, was_reminded=was_reminded) == after
    assert after == before or may_follow(before, after)


@pytest.mark.parametrize("action", AFTER)
@pytest.mark.parametrize("state", ["resolved", "terminated"])
def test_nothing_moves_a_case_that_is_over(state: DunningStatus, action: DunningAction) -> None:
    assert after_step(state, action) == state
    assert not may_follow(state, "on_hold")


@given(days=st.integers(1, 365), shift=st.integers(0, 100), late=st.integers(-400, 400))
def test_after_a_pause_nothing_comes_early_and_nothing_too_soon(days: int, shift: int, late: int) -> None:
    due = date(2026, 11, 22)
    earliest = due + timedelta(days=days + late)
    found = shift_after_pause(due_on=due, days=days, shift=shift, earliest=earliest)
    comes = due + timedelta(days=days + found)
    assert comes >= earliest
    assert found >= shift
    assert found == shift or comes == earliest
