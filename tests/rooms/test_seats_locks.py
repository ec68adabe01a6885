"""An invitation's mail goes out while its member is corrected: neither waits for the other in a circle."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections

from purveyor.infra import tx
from purveyor.seats import commands
from purveyor.seats import queries as seat_queries
from tests.rooms.seatworld import NOW, SYSTEM, World, make_world, read


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


def test_a_mail_and_a_correction_do_not_lock_each_other_out(world: World) -> None:
    member = commands.add_member(
        actor=world.of_reseller(on=world.customer.id), now=NOW, customer_id=world.customer.id,
        email="both@x.example", role="member",
    )  # fmt: skip
    assert member.invitation_id is not None
    results: list[Any] = []

    def correct() -> None:
        try:
            results.append(
                commands.update_member(
                    actor=world.of_reseller(), now=NOW, member_id=member.id, role="manager"
                )
            )
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            results.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=correct)
    with tx.enter(SYSTEM):
        # Written twice in one transaction, the row has its reference to the member checked at the commit.
        commands.mint_invitation_token(member.invitation_id)
        commands.mark_invitation_sent(actor=SYSTEM, now=NOW, invitation_id=member.invitation_id)
        other.start()
        wait_for_a_waiter()
    other.join(30)
    assert [type(one).__name__ for one in results] == ["Member"]
    assert read(SYSTEM, seat_queries.get_member, member_id=member.id).role == "manager"


def wait_for_a_waiter() -> None:
    """Until another transaction waits for what this one holds."""
    for _ in range(600):
        with connection.cursor() as cursor:
            # Within a transaction what was seen first is shown again, unless it is forgotten.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
