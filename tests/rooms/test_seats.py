"""Seats: members, assignments, the count that always agrees, roles, isolation. Invitations are next door."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from purveyor.infra import activity, outbox, tx
from purveyor.infra.registry import Announced
from purveyor.kernel.errors import DomainError, Forbidden, Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties import commands as parties
from purveyor.parties import queries as parties_queries
from purveyor.parties.types import Organization
from purveyor.seats import commands, handlers, queries
from purveyor.seats.errors import AlreadyAssigned, ConfirmationRequired, LastAdmin, MemberExists
from purveyor.seats.types import Member, PastedRow
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions import queries as subscription_queries
from purveyor.subscriptions.errors import SeatsExhausted, SubscriptionNotActive
from tests.rooms.seatworld import NOW, SYSTEM, World, given, make_world, read, together


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Kunde GmbH"), reseller_id=world.reseller.id
    )


def activate(member: Member, password: str | None = None) -> Member:
    """Accept the member's open invitation as a new person."""
    assert member.invitation_id is not None
    with tx.enter(SYSTEM):
        token = commands.mint_invitation_token(member.invitation_id)
    commands.accept_invitation(token=token, name=member.name, password=password)
    return read(SYSTEM, queries.get_member, member_id=member.id)


def counted(subscription_id: UUID) -> tuple[int, int]:
    """Seats taken as the subscription counts them, and as the assignments say."""
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.seats_assigned, (SELECT count(*) FROM seats_assignment a WHERE a.subscription_id = s.id"
            " AND a.status <> 'ended') FROM subscriptions_subscription s WHERE s.id = %s",
            [subscription_id],
        )
        row = cursor.fetchone()
    return row[0], row[1]


def test_an_unknown_address_is_invited_and_its_seat_reserved(world: World, customer: Organization) -> None:
    sub = world.subscription(customer=customer)
    actor = world.of_reseller(on=customer.id)
    made = commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email=" Anna@X.example ")
    assert (made.member_email, made.member_status, made.status) == ("anna@x.example", "invited", "reserved")
    member = read(actor, queries.get_member, member_id=made.member_id)
    assert (member.language, member.role, member.status) == ("de", "member", "invited")
    assert [held.assignment_id for held in member.seats] == [made.id]
    active = activate(member)
    assert (active.status, active.seats[0].status) == ("active", "active")
    with pytest.raises(AlreadyAssigned) as again:
        commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="anna@x.example")
    assert again.value.facts["assignment"] == str(made.id)
    assert counted(sub.id) == (1, 1)
    second = world.subscription(customer=customer)
    other = commands.assign_seat(actor=actor, now=NOW, subscription_id=second.id, email="anna@x.example")
    assert other.status == "active"
    assert len(read(actor, queries.get_member, member_id=member.id).seats) == 2
    me = world.of(customer, "member", person_id=active.person_id)
    with tx.enter(me):
        mine = queries.my_seats(actor=me)
    assert [(seat.plan, str(seat.until), seat.renews) for seat in mine] == [
        ("Business", "2027-11-22", True)
    ] * 2


def test_assigning_a_known_member_is_three_statements(world: World, customer: Organization) -> None:
    sub = world.subscription(customer=customer)
    actor = world.of_reseller(on=customer.id)
    commands.add_member(actor=actor, now=NOW, customer_id=customer.id, email="known@x.example")
    with CaptureQueriesContext(connection) as statements:
        commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="known@x.example")
    # BEGIN and the context, three of ours, what is announced, COMMIT; a savepoint less if nobody listens.
    ours = [
        entry["sql"] for entry in statements if "_subscription" in entry["sql"] or "seats_" in entry["sql"]
    ]
    assert len([sql for sql in ours if "infra_event" not in sql]) <= 4, ours


def test_twenty_for_one_seat(world: World, customer: Organization) -> None:
    sub = world.subscription(quantity=1, customer=customer)
    actor = world.of_reseller(on=customer.id)

    def assign(number: int) -> object:
        return commands.assign_seat(
            actor=actor, now=NOW, subscription_id=sub.id, email=f"racer{number}@x.example"
        )

    results = together([lambda number=number: assign(number) for number in range(20)])
    lost = [result for result in results if isinstance(result, SeatsExhausted)]
    assert len(lost) == 19, results
    assert {(error.facts["quantity"], error.facts["assigned"]) for error in lost} == {(1, 1)}
    assert counted(sub.id) == (1, 1)
    members = read(actor, queries.list_members, customer_id=customer.id).rows
    assert len(members) == 1, "who got no seat was not invited either"


def test_the_same_address_invited_many_times_at_once(world: World, customer: Organization) -> None:
    subs = [world.subscription(quantity=9, customer=customer) for _ in range(3)]
    actor = world.of_reseller(on=customer.id)

    def assign(number: int) -> object:
        return commands.assign_seat(
            actor=actor, now=NOW, subscription_id=subs[number % 3].id, email="same@x.example"
        )

    def add() -> object:
        return commands.add_member(actor=actor, now=NOW, customer_id=customer.id, email="Same@x.example")

    results = together([lambda number=number: assign(number) for number in range(12)] + [add, add])
    assert sum(1 for result in results[:12] if not isinstance(result, Exception)) == 3, results
    assert all(isinstance(r, AlreadyAssigned | MemberExists) for r in results if isinstance(r, Exception)), (
        results
    )
    members = read(actor, queries.list_members, customer_id=customer.id).rows
    assert len(members) == 1
    assert len(members[0].seats) == 3
    assert [counted(sub.id) for sub in subs] == [(1, 1)] * 3
    assert read(actor, queries.count_pending_invitations) == 1


def test_assigning_while_removing(world: World, customer: Organization) -> None:
    subs = [world.subscription(quantity=9, customer=customer) for _ in range(2)]
    actor = world.of_reseller(on=customer.id)
    for attempt in range(6):
        email = f"leaver{attempt}@x.example"
        member = commands.add_member(actor=actor, now=NOW, customer_id=customer.id, email=email)

        def assign(number: int, email: str = email) -> object:
            return commands.assign_seat(actor=actor, now=NOW, subscription_id=subs[number].id, email=email)

        def remove(member_id: UUID = member.id) -> object:
            return commands.remove_member(actor=actor, now=NOW, member_id=member_id)

        results = together([lambda: assign(0), lambda: assign(1), remove, remove])
        unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]
        assert not unexpected, unexpected
        gone = read(actor, queries.get_member, member_id=member.id)
        assert (gone.status, gone.seats) == ("removed", ())
        for sub in subs:
            taken, open_ones = counted(sub.id)
            assert taken == open_ones


def test_the_database_refuses_a_second_open_assignment(world: World, customer: Organization) -> None:
    sub = world.subscription(customer=customer)
    actor = world.of_reseller(on=customer.id)
    made = commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="once@x.example")
    with pytest.raises(IntegrityError), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO seats_assignment SELECT %s, reseller_id, customer_id, status, since, ended_at, member_id,"
            " subscription_id FROM seats_assignment WHERE id = %s",
            [new_id(), made.id],
        )
    with pytest.raises(IntegrityError), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE subscriptions_subscription SET seats_assigned = 6 WHERE id = %s", [sub.id])


def test_a_seat_is_freed_or_given_on(world: World, customer: Organization) -> None:
    sub = world.subscription(quantity=1, customer=customer)
    actor = world.of_reseller(on=customer.id)
    first = commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="first@x.example")
    second = commands.replace_assignment(
        actor=actor, now=NOW, assignment_id=first.id, email="second@x.example"
    )
    assert (second.member_email, second.status, counted(sub.id)) == ("second@x.example", "reserved", (1, 1))
    with pytest.raises(NotFound):
        commands.release_seat(actor=actor, now=NOW, assignment_id=first.id)
    with pytest.raises(AlreadyAssigned):
        commands.replace_assignment(actor=actor, now=NOW, assignment_id=second.id, email="second@x.example")
    results = together(
        [lambda: commands.release_seat(actor=actor, now=NOW, assignment_id=second.id) for _ in range(5)]
    )
    assert sum(1 for result in results if isinstance(result, NotFound)) == 4
    assert counted(sub.id) == (0, 0)
    assert len(read(actor, queries.list_members, customer_id=customer.id).rows) == 2, "members stay"


def test_many_at_once_a_bad_row_blocks_no_good_one(world: World, customer: Organization) -> None:
    sub = world.subscription(quantity=3, customer=customer)
    actor = world.of_reseller(on=customer.id)
    commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="a@x.example")
    pasted = queries.read_pasted(
        "a@x.example\nBerta Blau <b@x.example>; not an address, b@x.example\nc@x.example d@x.example"
    )
    verdicts = commands.assign_many(actor=actor, now=NOW, subscription_id=sub.id, rows=pasted)
    assert [row.verdict for row in verdicts] == [
        "already_assigned", "assigned", "invalid_email", "repeated", "assigned", "seats_exhausted",
    ]  # fmt: skip
    assert (verdicts[1].name, verdicts[2].email) == ("Berta Blau", "not an address")
    assert counted(sub.id) == (3, 3)
    added = commands.add_members(
        actor=actor, now=NOW, customer_id=customer.id,
        rows=[PastedRow(email="d@x.example"), PastedRow(email="b@x.example"), PastedRow(email="")],
    )  # fmt: skip
    assert [row.verdict for row in added] == ["added", "already_member", "invalid_email"]
    with pytest.raises(Invalid):
        commands.add_members(
            actor=actor, now=NOW, customer_id=customer.id, rows=[PastedRow(email="x")] * 1001
        )


def test_an_ended_subscription_frees_its_seats(world: World, customer: Organization) -> None:
    sub = world.subscription(customer=customer)
    actor = world.of_reseller(on=customer.id)
    commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="a@x.example")
    subscriptions.end_subscription(actor=SYSTEM, now=NOW, subscription_id=sub.id, reason="not_renewed")
    event = Announced(
        1, new_id(), "subscription.ended", NOW, sub.id, world.reseller.id, customer.id, None, {}
    )
    handlers.on_subscription_ended(event)
    handlers.on_subscription_ended(event)
    assert counted(sub.id) == (0, 0)
    with pytest.raises(SubscriptionNotActive):
        commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="a@x.example")


class Chaos:
    """Random acts on one customer's members and seats."""

    def __init__(self, world: World, customer: Organization, seed: int) -> None:
        self.dice = random.Random(seed)
        self.customer = customer
        self.actor = world.of_reseller(on=customer.id)
        self.subs = [
            world.subscription(quantity=self.dice.randint(1, 4), customer=customer) for _ in range(3)
        ]
        self.people = [f"p{number}@x.example" for number in range(6)]
        self.done: Counter[str] = Counter()

    def members(self) -> list[Member]:
        return list(read(self.actor, queries.list_members, customer_id=self.customer.id).rows)

    def act(self) -> None:
        kinds = [
            "assign",
            "assign",
            "assign",
            "release",
            "replace",
            "remove",
            "activate",
            "expire",
            "move",
            "withdraw",
        ]
        kind = self.dice.choice(kinds)
        if kind == "assign":
            commands.assign_seat(
                actor=self.actor, now=NOW, subscription_id=self.dice.choice(self.subs).id,
                email=self.dice.choice(self.people),
            )  # fmt: skip
        elif kind in {"release", "replace"}:
            self.on_a_seat(kind)
        elif kind in {"remove", "move"}:
            self.on_a_member(kind)
        else:
            self.on_an_invitation(kind)
        self.done[kind] += 1

    def on_a_seat(self, kind: str) -> None:
        held = [seat.assignment_id for member in self.members() for seat in member.seats]
        if not held:
            raise NotFound()
        if kind == "release":
            commands.release_seat(actor=self.actor, now=NOW, assignment_id=self.dice.choice(held))
            return
        commands.replace_assignment(
            actor=self.actor,
            now=NOW,
            assignment_id=self.dice.choice(held),
            email=self.dice.choice(self.people),
        )

    def on_a_member(self, kind: str) -> None:
        known = self.members()
        if not known:
            raise NotFound()
        member = self.dice.choice(known)
        if kind == "remove":
            commands.remove_member(actor=self.actor, now=NOW, member_id=member.id)
            return
        commands.update_member(
            actor=self.actor, now=NOW, member_id=member.id, email=self.dice.choice(self.people)
        )

    def on_an_invitation(self, kind: str) -> None:
        invited = [member for member in self.members() if member.invitation_id is not None]
        if not invited:
            raise NotFound()
        member = self.dice.choice(invited)
        assert member.invitation_id is not None
        assert member.invitation_expires_at is not None
        if kind == "expire":
            commands.expire_invitation(
                actor=SYSTEM, now=member.invitation_expires_at, invitation_id=member.invitation_id
            )
        elif kind == "withdraw":
            commands.withdraw_invitation(actor=self.actor, now=NOW, invitation_id=member.invitation_id)
        else:
            with tx.enter(SYSTEM):
                known = parties_queries.find_person_by_email(member.email)
                token = commands.mint_invitation_token(member.invitation_id)
            commands.accept_invitation(token=token, person_id=known.id if known else None)


@pytest.mark.parametrize("seed", range(3))
def test_the_count_always_agrees(world: World, customer: Organization, seed: int) -> None:
    chaos = Chaos(world, customer, seed)
    for _ in range(80):
        with contextlib.suppress(DomainError):
            chaos.act()
        for sub in chaos.subs:
            taken, open_ones = counted(sub.id)
            assert taken == open_ones, chaos.done
    for member in chaos.members():
        wanted = "active" if member.status == "active" else "reserved"
        assert {held.status for held in member.seats} <= {wanted}
        assert (member.status == "invited") == (member.invitation_id is not None)
    assert sum(chaos.done.values()) > 20, chaos.done
    assert len(chaos.done) >= 6, chaos.done


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
        events = [event for event, _ in outbox.list_events(since=None, limit=200)]
    mine = {row.kind: row for row in rows}
    assert {"member.invited", "seat.assigned", "seat.released"} <= set(mine)
    assert (mine["seat.assigned"].actor_name, mine["seat.assigned"].acting_on) == ("Rita", customer.id)
    kinds = [event.kind for event in events if event.customer_id == customer.id]
    assert kinds[-3:] == ["member.invited", "seat.assigned", "seat.released"]
