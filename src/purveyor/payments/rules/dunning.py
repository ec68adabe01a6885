"""The dunning ladder: its default, what makes one sound, and what a step or a pause does to a case (rules.md d)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from purveyor.payments.types import DunningAction, DunningStatus, LadderStep

# Two reminders, the final notice with the day of the suspension (orders stop with it), the suspension a week
# later, and thirty days after that the end.
DEFAULT_LADDER: tuple[LadderStep, ...] = (
    LadderStep(days=3, action="remind", audience=("payer",)),
    LadderStep(days=7, action="remind", audience=("payer", "reseller")),
    LadderStep(days=10, action="final_notice", audience=("payer", "reseller")),
    LadderStep(days=10, action="block_orders"),
    LadderStep(days=17, action="suspend", audience=("payer", "reseller")),
    LadderStep(days=47, action="terminate", audience=("payer", "reseller")),
)
STEPS_MAX = 12
DAYS_MAX = 365

AFTER: dict[DunningAction, DunningStatus | None] = {
    "remind": "reminded",
    "final_notice": "final_notice",
    "block_orders": None,
    "suspend": "suspended",
    "terminate": "terminated",
}
_PAUSES: frozenset[DunningStatus] = frozenset({"on_hold", "promised"})
_GOING: tuple[DunningStatus, ...] = ("none", "reminded", "retrying", "final_notice", "suspended")

# From a state to those that may follow. A resolved case is over; an end cannot be taken back, only paid.
TRANSITIONS: dict[DunningStatus, frozenset[DunningStatus]] = {
    **{
        state: frozenset({*_GOING[at:], "terminated", "resolved"}) | _PAUSES
        for at, state in enumerate(_GOING)
    },
    # The card is tried no more: what was done before counts again.
    "retrying": frozenset({*_GOING, "terminated", "resolved"}) | _PAUSES,
    "on_hold": frozenset({*_GOING, "promised", "on_hold", "resolved"}),
    "promised": frozenset({*_GOING, "promised", "on_hold", "resolved"}),
    "terminated": frozenset({"resolved"}),
    "resolved": frozenset(),
}


def may_follow(before: DunningStatus, after: DunningStatus) -> bool:
    """Whether a case in ``before`` may become ``after``."""
    return after in TRANSITIONS[before]


def after_step(before: DunningStatus, action: DunningAction) -> DunningStatus:
    """The state of a case once ``action`` was taken; a step never makes it milder, and a reminder does not end the
    tries of a card."""
    wanted = AFTER[action]
    if before == "retrying" and wanted == "reminded":
        return before
    return wanted if wanted is not None and may_follow(before, wanted) else before


def after_tries(before: DunningStatus, *, is_tried: bool, was_reminded: bool) -> DunningStatus:
    """The state of a case once it is known whether its card is tried again. From the final notice on, that counts."""
    if before not in ("none", "reminded", "retrying"):
        return before
    if is_tried:
        return "retrying"
    return "reminded" if was_reminded else "none"


def fault_of(steps: Sequence[LadderStep]) -> str | None:
    """Why these steps make no ladder, as a stable word; None for a sound one.

    Nobody is suspended without a final notice, nobody ended without a suspension; what stops somebody happens
    once; days never go back.
    """
    if not steps:
        return "ladder_empty"
    if len(steps) > STEPS_MAX:
        return "ladder_too_long"
    if any(not 1 <= step.days <= DAYS_MAX for step in steps):
        return "ladder_days"
    if any(later.days < earlier.days for earlier, later in pairwise(steps)):
        return "ladder_order"
    actions = [step.action for step in steps]
    if any(actions.count(once) > 1 for once in ("final_notice", "block_orders", "suspend", "terminate")):
        return "ladder_twice"
    if "suspend" in actions and "final_notice" not in actions[: actions.index("suspend")]:
        return "ladder_without_notice"
    if "terminate" in actions:
        end = actions.index("terminate")
        if "suspend" not in actions[:end] or end != len(actions) - 1:
            return "ladder_end"
    if any(step.action in ("remind", "final_notice") and not step.audience for step in steps):
        return "ladder_nobody"
    return None


def shift_after_pause(*, due_on: date, days: int, shift: int, earliest: date) -> int:
    """The new shift, in days, so that the next step (``days`` after ``due_on``) comes no earlier than ``earliest``.

    What follows keeps its distance to it: a pause never makes two steps come at once.
    """
    return max(shift, (earliest - (due_on + timedelta(days=days))).days)
