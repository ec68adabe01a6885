"""Makes the demo world: a year of business, done by the commands in the order of their days.

The test clock starts a year back and walks to the present; what falls due on the way (renewals, expiries,
overdue invoices, mails) runs at its own instant, exactly as it would have.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Protocol

from purveyor.infra import clock
from purveyor.interfaces.cli import demo_bank, demo_cards, demo_money
from purveyor.interfaces.cli.demo_cast import PASSWORD
from purveyor.interfaces.cli.demo_people import Logins, make_houses, make_logins
from purveyor.interfaces.cli.demo_story import Story, chapters

DAYS_BACK = 366
_TICK = timedelta(seconds=1)


class Progress(Protocol):
    """Shows how far it is."""

    def __call__(self, done: int, total: int, what: str = "") -> None:
        """``done`` of ``total`` steps; ``what`` is going on."""
        ...


def load(*, progress: Progress, arrival: datetime | None = None) -> dict[str, dict[str, str]]:
    """Fill an empty, migrated database; returns ``{actor: {email, password, api_key}}``.

    Takes the business clock a year back first, which only an empty deployment allows. ``arrival`` is when the story
    ends: now, unless said otherwise.
    """
    began = datetime.now(UTC)
    arrival = (arrival or began).replace(microsecond=0)
    start = arrival - timedelta(days=DAYS_BACK)
    clock.begin_at(start - began)
    houses = make_houses(now=start)
    story = Story(houses=houses, start=start, arrival=arrival)
    steps: list[tuple[datetime, str, Callable[[datetime], None]]] = sorted(
        chain(
            *(
                told(story)
                for told in (chapters, demo_money.chapters, demo_cards.chapters, demo_bank.chapters)
            )
        ),
        key=lambda step: step[0],
    )
    for done, (at, what, act) in enumerate(steps):
        progress(done, len(steps) + 1, f"{at:%d %b %Y} {what}")
        # The clock ticks while the story is told; it only ever moves forward.
        instant = max(at, clock.now() + _TICK)
        clock.move(instant)
        act(instant)
    clock.move(max(clock.now() + _TICK, arrival + (datetime.now(UTC) - began)))
    logins: Logins = make_logins(houses, now=clock.now())
    progress(len(steps) + 1, len(steps) + 1, "today")
    return {
        name: {"email": who.email, "password": PASSWORD, "api_key": who.api_key}
        for name, who in logins.items()
    }
