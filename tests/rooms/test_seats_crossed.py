"""Two people paste the same addresses in opposite order at the same moment: both are served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from purveyor.seats import commands
from purveyor.seats.types import PastedRow
from tests.rooms.seatworld import NOW, World, make_world, together


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


def test_crossed_lists_do_not_lock_each_other_out(world: World) -> None:
    def add(emails: list[str]) -> Callable[[], Any]:
        rows = [PastedRow(email=email) for email in emails]
        return lambda: commands.add_members(
            actor=world.of_reseller(), now=NOW, customer_id=world.customer.id, rows=rows
        )

    for turn in range(3):
        emails = [f"p{turn}-{number}@x.example" for number in range(1000)]
        found = together([add(emails), add(emails[::-1]), add(emails), add(emails[::-1])])
        assert [one for one in found if isinstance(one, Exception)] == []
        assert sum(row.verdict == "added" for rows in found for row in rows) == 1000
