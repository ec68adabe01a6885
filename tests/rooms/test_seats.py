"""Seats: members, assignments, and the count that always agrees. Invitations, roles and reach are next door."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from purveyor.infra import tx
from purveyor.infra.registry import Announced
from purveyor.kernel.errors import DomainError, Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.parties import commands as parties
from purveyor.parties import queries as parties_queries
from purveyor.parties.types import Organization
from purveyor.seats import commands, handlers, queries
from purveyor.seats.errors import AlreadyAssigned, MemberExists
from purveyor.seats.types import Member, PastedRow
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.errors import SeatsExhausted, SubscriptionNotActive
from tests.rooms.seatworld import NOW, SYSTEM, World, activate, given, make_world, read, together


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Kunde GmbH"), reseller_id=world.reseller.id
    )


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
