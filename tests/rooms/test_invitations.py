"""Invitations: the seat they reserve, their one-time secret, who may accept, what nobody is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from purveyor.infra import tx
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.parties import commands as parties
from purveyor.parties import queries as parties_queries
from purveyor.parties.types import Organization, PersonRow
from purveyor.seats import commands, jobs, queries
from purveyor.seats.errors import (
    InvitationForAnother,
    InvitationNotOpen,
    MemberExists,
    SignInRequired,
)
from purveyor.seats.types import Member
from purveyor.subscriptions import queries as subscriptions
from tests.rooms.seatworld import NOW, SYSTEM, World, given, make_world, read, together

PASSWORD = "correct horse battery"
EARLY = NOW + timedelta(days=13, hours=23)
LATE = NOW + timedelta(days=14)


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Kunde GmbH"), reseller_id=world.reseller.id
    )


@pytest.fixture
def add(world: World, customer: Organization) -> Callable[..., Member]:
    def make(email: str, **more: Any) -> Member:
        actor = world.of_reseller(on=customer.id)
        return commands.add_member(actor=actor, now=NOW, customer_id=customer.id, email=email, **more)

    return make


def mint(member: Member | UUID) -> str:
    invitation_id = member.invitation_id if isinstance(member, Member) else member
    assert invitation_id is not None
    with tx.enter(SYSTEM):
        return commands.mint_invitation_token(invitation_id)


def person(email: str) -> PersonRow:
    with tx.enter(SYSTEM) as now:
        return parties.ensure_person(now=now, email=email, name="Known", language="fr", password=PASSWORD)[0]


def again(member: Member) -> Member:
    return read(SYSTEM, queries.get_member, member_id=member.id)


def test_a_new_person_accepts_once(add: Callable[..., Member], customer: Organization) -> None:
    member = add("new@x.example", name="Nele", language="it")
    token = mint(member)
    view = queries.invitation_view(token)
    assert (view.open, view.has_account, view.invitation.organization_name) == (True, False, "Kunde GmbH")
    assert queries.invitation_view(token) == view, "reading uses nothing up"
    with pytest.raises(Invalid) as weak:
        commands.accept_invitation(token=token, password="12345")
    assert weak.value.field == "password"
    accepted = commands.accept_invitation(token=token, name="Nele Neu", password=PASSWORD)
    assert (accepted.created, accepted.organization_id, accepted.role) == (True, customer.id, "member")
    found = again(member)
    assert (found.status, found.name, found.person_id) == ("active", "Nele Neu", accepted.person_id)
    with tx.enter(SYSTEM):
        known = parties_queries.find_person_by_email("new@x.example")
        places = parties_queries.list_workspaces(accepted.person_id)
    assert known is not None
    assert (known.name, known.language) == ("Nele Neu", "it")
    assert [(place.organization_id, place.role) for place in places] == [(customer.id, "member")]
    with pytest.raises(InvitationNotOpen) as used:
        commands.accept_invitation(token=token, password=PASSWORD)
    assert used.value.facts["status"] == "accepted"
    assert queries.invitation_view(token).open is False


def test_only_the_hash_is_kept_and_a_new_token_voids_the_old(add: Callable[..., Member]) -> None:
    member = add("hash@x.example")
    first, second = mint(member), mint(member)
    assert len(first) >= 43, "256 bits"
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM seats_invitation i WHERE member_id = %s", [member.id])
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(e::text, ' ') FROM infra_event e")
        feed = cursor.fetchone()[0]
    assert second not in row + feed
    for wrong in (first, "", "x" * 43):
        with pytest.raises(InvitationNotOpen):
            commands.accept_invitation(token=wrong, password=PASSWORD)
        with pytest.raises(InvitationNotOpen):
            queries.invitation_view(wrong)
    assert commands.accept_invitation(token=second).created


def test_a_known_person_signs_in_first_and_nobody_else_may(add: Callable[..., Member]) -> None:
    known, other = person("known@x.example"), person("other@x.example")
    token = mint(add("Known@X.example", name="As the boss spells it"))
    assert queries.invitation_view(token).has_account
    with pytest.raises(SignInRequired):
        commands.accept_invitation(token=token, password="a new password 9")
    with pytest.raises(InvitationForAnother):
        commands.accept_invitation(token=token, person_id=other.id)
    accepted = commands.accept_invitation(token=token, person_id=known.id)
    assert (accepted.person_id, accepted.created) == (known.id, False)
    with tx.enter(SYSTEM):
        after = parties_queries.get_person(known.id)
    assert (after.name, after.language) == ("Known", "fr"), "a login is only its person's to change"


def test_who_adds_is_not_told_whether_there_is_an_account(add: Callable[..., Member]) -> None:
    person("has-account@x.example")
    known, unknown = add("has-account@x.example"), add("has-none@x.example")
    for field in ("status", "role", "language", "name", "person_id", "seats", "invitation_expires_at"):
        assert getattr(known, field) == getattr(unknown, field)


def test_accepting_twice_at_once_makes_one_person(add: Callable[..., Member]) -> None:
    token = mint(add("twice@x.example"))
    results = together([lambda: commands.accept_invitation(token=token) for _ in range(6)])
    assert sum(1 for result in results if not isinstance(result, Exception)) == 1, results
    assert all(isinstance(result, InvitationNotOpen) for result in results if isinstance(result, Exception))


def test_it_expires_at_its_own_instant_and_frees_the_seat(
    world: World, customer: Organization, add: Callable[..., Member]
) -> None:
    sub = world.subscription(quantity=1, customer=customer)
    actor = world.of_reseller(on=customer.id)
    commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="late@x.example")
    (pending,) = read(actor, queries.list_pending_invitations)
    assert pending.expires_at == LATE
    assert not commands.expire_invitation(actor=SYSTEM, now=EARLY, invitation_id=pending.id)
    token = mint(pending.id)
    jobs.run_expiry(pending.id, LATE)
    jobs.run_expiry(pending.id, LATE)
    assert read(actor, subscriptions.get_subscription, subscription_id=sub.id).seats_free == 1
    assert not read(actor, queries.list_members, customer_id=customer.id).rows
    assert read(actor, queries.get_invitation, invitation_id=pending.id).status == "expired"
    with pytest.raises(InvitationNotOpen):
        commands.accept_invitation(token=token, password=PASSWORD)
    assert add("late@x.example").status == "invited", "and may be invited again"


def test_sent_again_it_lasts_the_full_time_and_the_old_link_is_void(
    world: World, customer: Organization, add: Callable[..., Member]
) -> None:
    member = add("slow@x.example")
    assert member.invitation_id is not None
    actor = world.of_reseller(on=customer.id)
    old = mint(member)
    fresh = commands.resend_invitation(actor=actor, now=EARLY, invitation_id=member.invitation_id)
    assert fresh.expires_at == EARLY + timedelta(days=14)
    with pytest.raises(InvitationNotOpen):
        commands.accept_invitation(token=old)
    jobs.run_expiry(member.invitation_id, LATE)
    assert again(member).status == "invited", "the job of the first date finds it moved"
    assert commands.accept_invitation(token=mint(member)).created


def test_withdrawn_it_is_void_and_the_seat_free(world: World, customer: Organization) -> None:
    sub = world.subscription(quantity=1, customer=customer)
    actor = world.of_reseller(on=customer.id)
    made = commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="no@x.example")
    member = read(actor, queries.get_member, member_id=made.member_id)
    assert member.invitation_id is not None
    token = mint(member)
    commands.withdraw_invitation(actor=actor, now=NOW, invitation_id=member.invitation_id)
    with pytest.raises(InvitationNotOpen):
        commands.accept_invitation(token=token)
    with pytest.raises(InvitationNotOpen):
        commands.resend_invitation(actor=actor, now=NOW, invitation_id=member.invitation_id)
    assert read(actor, subscriptions.get_subscription, subscription_id=sub.id).seats_free == 1
    assert again(member).status == "removed"


def test_another_address_is_invited_and_the_seat_waits(
    world: World, customer: Organization, add: Callable[..., Member]
) -> None:
    sub = world.subscription(quantity=1, customer=customer)
    actor = world.of_reseller(on=customer.id)
    commands.assign_seat(actor=actor, now=NOW, subscription_id=sub.id, email="old@x.example", name="Otto")
    (member,) = read(actor, queries.list_members, customer_id=customer.id).rows
    person_id = commands.accept_invitation(token=mint(member), password=PASSWORD).person_id
    moved = commands.update_member(actor=actor, now=NOW, member_id=member.id, email="fresh@x.example")
    assert (moved.status, moved.email, moved.name, moved.person_id) == (
        "invited",
        "fresh@x.example",
        "Otto",
        None,
    )
    assert [seat.status for seat in moved.seats] == ["reserved"]
    with tx.enter(SYSTEM):
        assert parties_queries.get_person(person_id).email == "old@x.example"
        assert not parties_queries.list_workspaces(person_id), "the old address is out"
    stale = mint(moved)
    again_moved = commands.update_member(actor=actor, now=NOW, member_id=member.id, email="third@x.example")
    with pytest.raises(InvitationNotOpen):
        commands.accept_invitation(token=stale)
    commands.accept_invitation(token=mint(again_moved), password=PASSWORD)
    assert [seat.status for seat in again(member).seats] == ["active"]
    add("taken@x.example")
    with pytest.raises(MemberExists):
        commands.update_member(actor=actor, now=NOW, member_id=member.id, email="taken@x.example")
    assert again(member).status == "active"


def test_staff_of_a_reseller_joins_without_a_seat(world: World) -> None:
    boss = world.of_reseller()
    invited = commands.invite_staff(
        actor=boss, now=NOW, organization_id=world.reseller.id, email="tech@adler.example", role="technician"
    )
    with pytest.raises(MemberExists):
        commands.invite_staff(
            actor=boss, now=NOW, organization_id=world.reseller.id, email="tech@adler.example", role="admin"
        )
    assert [
        row.id for row in read(boss, queries.list_staff_invitations, organization_id=world.reseller.id)
    ] == [invited.id]
    accepted = commands.accept_invitation(token=mint(invited.id), name="Theo", password=PASSWORD)
    assert (accepted.organization_id, accepted.customer_id, accepted.role) == (
        world.reseller.id, None, "technician",
    )  # fmt: skip
    for actor, where, refusal in (
        (world.of_reseller("technician"), world.reseller.id, Forbidden),
        (boss, world.other_reseller.id, NotFound),
        (world.of(world.customer), world.reseller.id, NotFound),
    ):
        with pytest.raises(refusal):
            commands.invite_staff(
                actor=actor, now=NOW, organization_id=where, email="in@x.example", role="admin"
            )
    with pytest.raises(Invalid):
        commands.invite_staff(
            actor=boss, now=NOW, organization_id=world.reseller.id, email="in@x.example", role="manager"
        )
    later = commands.invite_staff(
        actor=SYSTEM, now=NOW, organization_id=world.other_reseller.id, email="in@x.example", role="admin"
    )
    with pytest.raises(NotFound):
        commands.withdraw_invitation(actor=boss, now=NOW, invitation_id=later.id)
    jobs.run_expiry(later.id, datetime.max.replace(tzinfo=NOW.tzinfo))
    assert read(SYSTEM, queries.get_invitation, invitation_id=later.id).status == "expired"


@pytest.mark.parametrize(
    "email",
    ["", "no", "a@b", "a b@x.example", "a@x.example\n", "a\u202e@x.example", "@x.example", "a@@x.example",
     ".a@x.example", "x" * 65 + "@x.example", "a@" + "x" * 250 + ".example", "a@-x.example"],
)  # fmt: skip
def test_what_is_no_address(add: Callable[..., Member], email: str) -> None:
    if email.endswith("\n"):
        assert add(email).email == "a@x.example"
        return
    with pytest.raises(Invalid) as refusal:
        add(email)
    assert refusal.value.field == "email"
