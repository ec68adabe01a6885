"""Seats: who may do what to whom, who finds what, and what is on record."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purveyor.infra import activity, tx
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.seats import commands, queries
from purveyor.seats.errors import ConfirmationRequired, LastAdmin
from purveyor.seats.types import Member, PastedRow
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions import queries as subscription_queries
from tests.rooms.seatworld import NOW, SYSTEM, World, activate, given, make_world, read, together
from tests.support.feed import feed


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Kunde GmbH"), reseller_id=world.reseller.id
    )


def test_roles_do_not_climb(world: World, customer: Organization) -> None:
    reseller = world.of_reseller("technician", on=customer.id)
    boss, manager = world.of(customer), world.of(customer, "manager")

    def add(actor: object, email: str, role: str, confirm: str | None = None) -> Member:
        return commands.add_member(
            actor=actor, now=NOW, customer_id=customer.id, email=email, role=role, confirm=confirm
        )

    with pytest.raises(ConfirmationRequired) as asked:
        add(reseller, "chef@x.example", "admin")
    assert asked.value.facts["confirm"] == "discount_lost"
    chef = add(reseller, "chef@x.example", "admin", "discount_lost")
    deputy = add(manager, "deputy@x.example", "manager")
    with pytest.raises(Forbidden):
        add(manager, "sly@x.example", "admin", "discount_lost")
    with pytest.raises(Forbidden):
        commands.update_member(
            actor=manager, now=NOW, member_id=deputy.id, role="admin", confirm="discount_lost"
        )
    for change in ({"role": "member"}, {"email": "mine@x.example"}, {"name": "Sly"}):
        with pytest.raises(Forbidden):
            commands.update_member(actor=manager, now=NOW, member_id=chef.id, **change)
    with pytest.raises(Forbidden):
        commands.remove_member(actor=manager, now=NOW, member_id=chef.id)
    with pytest.raises(ConfirmationRequired):
        commands.update_member(actor=boss, now=NOW, member_id=deputy.id, role="admin")
    promoted = commands.update_member(
        actor=boss, now=NOW, member_id=deputy.id, role="admin", confirm="discount_lost"
    )
    assert promoted.role == "admin"
    with pytest.raises(Invalid):
        commands.update_member(actor=boss, now=NOW, member_id=deputy.id, role="owner")
    for act in (
        lambda who: add(who, "x@x.example", "member"),
        lambda who: commands.remove_member(actor=who, now=NOW, member_id=deputy.id),
    ):
        with pytest.raises(Forbidden):
            act(world.of(customer, "member"))
    sub = world.subscription(customer=customer)
    assert commands.assign_seat(actor=manager, now=NOW, subscription_id=sub.id, email="d@x.example")
    with pytest.raises(Forbidden):
        subscriptions.add_seats(actor=manager, now=NOW, subscription_id=sub.id, quantity=1)
    # With a reseller behind it, the customer may lose its last administrator: the reseller still administers.
    activate(chef, "a long password 1")
    commands.remove_member(actor=reseller, now=NOW, member_id=chef.id)


def test_the_last_administrator_of_a_direct_customer_stays(world: World) -> None:
    direct = parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Direkt 2"), reseller_id=world.house.id
    )
    boss = world.of(direct)
    people = [
        activate(
            commands.add_member(
                actor=boss, now=NOW, customer_id=direct.id, email=f"chef{number}@direct.example", role="admin",
                confirm="discount_lost",
            ),
        )
        for number in range(2)
    ]  # fmt: skip
    results = together(
        [
            lambda member=member: commands.remove_member(actor=boss, now=NOW, member_id=member.id)
            for member in people
        ]
    )
    assert sum(1 for result in results if isinstance(result, LastAdmin)) == 1, results
    (left,) = read(boss, queries.list_members, customer_id=direct.id).rows
    for change in ({"role": "member"}, {"email": "new@direct.example"}):
        with pytest.raises(LastAdmin):
            commands.update_member(actor=boss, now=NOW, member_id=left.id, **change)


def test_strangers_and_siblings_find_nothing(world: World, customer: Organization) -> None:
    sub = world.subscription(customer=customer)
    actor = world.of_reseller(on=customer.id)
    made = commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="mine@x.example")
    member = read(actor, queries.get_member, member_id=made.member_id)
    assert member.invitation_id is not None
    for other in (world.foreign, world.of(world.sibling), world.of_reseller(on=world.sibling.id)):
        acts = (
            lambda who: read(who, queries.get_member, member_id=member.id),
            lambda who: read(who, queries.get_assignment, assignment_id=made.id),
            lambda who: read(who, queries.get_invitation, invitation_id=member.invitation_id),
            lambda who: commands.assign_seat(
                actor=who, now=NOW, subscription_id=sub.id, email="in@x.example"
            ),
            lambda who: commands.release_seat(actor=who, now=NOW, assignment_id=made.id),
            lambda who: commands.replace_assignment(
                actor=who, now=NOW, assignment_id=made.id, email="in@x.example"
            ),
            lambda who: commands.update_member(actor=who, now=NOW, member_id=member.id, name="Mine now"),
            lambda who: commands.remove_member(actor=who, now=NOW, member_id=member.id),
            lambda who: commands.withdraw_invitation(actor=who, now=NOW, invitation_id=member.invitation_id),
            lambda who: commands.resend_invitation(actor=who, now=NOW, invitation_id=member.invitation_id),
            lambda who: commands.add_member(
                actor=who, now=NOW, customer_id=customer.id, email="mine@x.example"
            ),
        )
        for act in acts:
            with pytest.raises(NotFound):
                act(other)
        with tx.enter(other):
            assert not queries.list_members(actor=other, customer_id=customer.id).rows
            assert not queries.list_assignments(actor=other, subscription_id=sub.id).rows
        with tx.enter(other), connection.cursor() as cursor:
            for table in ("seats_member", "seats_assignment", "seats_invitation"):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE customer_id = %s", [customer.id])
                assert cursor.fetchone() == (0,)
    with pytest.raises(NotFound):
        read(world.of(customer, "member"), queries.list_members, customer_id=customer.id)


def test_lists_search_and_page_in_one_statement(world: World, customer: Organization) -> None:
    sub = world.subscription(quantity=50, customer=customer)
    actor = world.of_reseller(on=customer.id)
    rows = [PastedRow(email=f"m{number}@x.example", name=f"Ömer {number}") for number in range(12)]
    commands.assign_many(actor=actor, now=NOW, subscription_id=sub.id, rows=rows)
    for sort in ("name", "newest"):
        seen: list[Member] = []
        cursor = None
        while True:
            with tx.enter(actor), CaptureQueriesContext(connection) as statements:
                page = queries.list_members(
                    actor=actor, customer_id=customer.id, sort=sort, cursor=cursor, limit=5
                )
            assert len(statements) == 1
            seen += page.rows
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len({row.id for row in seen}) == len(seen) == 12
        assert all(len(row.seats) == 1 for row in seen)
        if sort == "name":
            assert [row.name for row in seen[:3]] == ["Ömer 0", "Ömer 1", "Ömer 2"]
    found = read(actor, queries.list_members, customer_id=customer.id, q="omer M7@").rows
    assert [row.email for row in found] == ["m7@x.example"]
    first = read(actor, queries.list_assignments, subscription_id=sub.id, limit=7)
    rest = read(actor, queries.list_assignments, subscription_id=sub.id, cursor=first.next_cursor)
    assert len({row.id for row in first.rows + rest.rows}) == 12


def test_the_reseller_administers_without_a_seat(world: World, customer: Organization) -> None:
    sub = world.subscription(quantity=1, customer=customer)
    actor = world.of_reseller(on=customer.id)
    assert not read(actor, queries.list_members, customer_id=customer.id).rows
    assert read(actor, subscription_queries.get_subscription, subscription_id=sub.id).seats_free == 1


def test_acts_are_on_record_with_whom_they_were_for(world: World, customer: Organization) -> None:
    sub = world.subscription(customer=customer)
    actor = world.of_reseller(on=customer.id)
    made = commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="a@x.example")
    commands.release_seat(actor=actor, now=NOW, assignment_id=made.id)
    with tx.enter(actor):
        rows = activity.list_activity(actor=actor, customer_id=customer.id)
    events = feed(actor)
    mine = {row.kind: row for row in rows}
    assert {"member.invited", "seat.assigned", "seat.released"} <= set(mine)
    assert (mine["seat.assigned"].actor_name, mine["seat.assigned"].acting_on) == ("Rita", customer.id)
    kinds = [event.kind for event in events if event.customer_id == customer.id]
    assert kinds[-3:] == ["member.invited", "seat.assigned", "seat.released"]
