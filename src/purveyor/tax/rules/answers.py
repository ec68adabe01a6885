"""What an answer about a VAT number, or the want of one, means for the party, and when to ask again."""

from __future__ import annotations

from datetime import datetime, timedelta

from purveyor.tax.types import NumberState

_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
# The tries of about a day, and those of about three.
_A_DAY, _LATER = 28, timedelta(hours=4)
_THREE_DAYS, _AT_LAST = 40, timedelta(days=1)


def state_after(
    answer: NumberState, *, before: NumberState, valid_at: datetime | None, now: datetime, serves: timedelta
) -> NumberState:
    """The state of the number after ``answer``. ``valid_at`` is the last time it was found valid.

    A clear answer decides. Unknown decides nothing: an invalid number stays so, and a valid answer goes on serving
    as long as it is at most ``serves`` old; then nobody knows.
    """
    if answer != "unknown":
        return answer
    if before == "invalid":
        return "invalid"
    return "valid" if valid_at is not None and now - valid_at <= serves else "unknown"


def pause_before(attempt: int, chance: int) -> timedelta:
    """How long to wait after the ``attempt``-th unknown answer in a row (from 1): a minute at first, then an hour,
    four after about a day, and a day after about three, give or take a fifth (``chance`` from 0 to 40), so that many do
    not come back at once."""
    if attempt > _THREE_DAYS:
        pause = _AT_LAST
    else:
        pause = _PAUSES[min(max(attempt, 1), len(_PAUSES)) - 1] if attempt <= _A_DAY else _LATER
    return pause * (80 + chance) / 100
