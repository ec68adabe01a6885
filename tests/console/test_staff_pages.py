"""Invitations to the staff are sent again and withdrawn by who invites; a member's invitation is not among them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.parties.types import Organization
from purveyor.seats import commands, queries
from purveyor.seats.types import Invitation
from tests.support.counter import SYSTEM, Browser, actor_on, text_of
from tests.support.shop import Shop


def invited(house: Organization, email: str) -> Invitation:
    return commands.invite_staff(
        actor=SYSTEM, now=clock.now(), organization_id=house.id, email=email, role="admin"
    )


def link_of(invitation_id: UUID) -> str:
    with tx.enter(SYSTEM):
        return "/activate/" + commands.mint_invitation_token(invitation_id)


def status_of(invitation_id: UUID) -> str:
    with tx.enter(SYSTEM):
        return queries.get_invitation(actor=SYSTEM, invitation_id=invitation_id).status


def opens(link: str) -> bool:
    answer: Any = Client().get(link)
    return answer.status_code == 200 and 'name="password"' in text_of(answer)


def addresses(shop: Shop, which: str) -> tuple[Browser, str, str]:
    """(who, page that lists the invitations, where an invitation is acted on)."""
    house = shop.houses.first
    if which == "own":
        boss = Browser(house, "admin")
        return boss, boss.root + "settings/people", boss.root + "settings/people/invitations/"
    boss = Browser(shop.houses.seller.organization, "admin")
    listed = f"{boss.root}resellers/{show('res', house.id)}"
    return boss, listed, listed + "/invitations/"


@pytest.mark.parametrize("which", ["own", "operator"])
def test_an_invitation_is_sent_again_and_withdrawn(shop: Shop, which: str) -> None:
    boss, listed, under = addresses(shop, which)
    invitation = invited(shop.houses.first, f"late-{which}@first.example")
    path = f"{under}{show('ivt', invitation.id)}"
    assert path + "/resend" in text_of(boss.get(listed))

    old = link_of(invitation.id)
    assert opens(old)
    assert boss.get(path + "/resend").status_code == 200
    assert opens(old)
    assert boss.post(path + "/resend")["Location"] == listed
    assert not opens(old)
    new = link_of(invitation.id)
    assert opens(new)

    assert boss.get(path + "/withdraw").status_code == 200
    assert boss.post(path + "/withdraw")["Location"] == listed
    assert status_of(invitation.id) == "withdrawn"
    assert not opens(new)
    assert invitation.email not in text_of(boss.get(listed)).partition("<main")[2].partition("</main")[
        0
    ].replace(f"The invitation of {invitation.email} was withdrawn.", "")
    assert boss.post(path + "/resend").status_code == 422


def test_who_may_not_settle_people_acts_on_no_invitation(shop: Shop) -> None:
    invitation = invited(shop.houses.first, "kept@first.example")
    tail = f"settings/people/invitations/{show('ivt', invitation.id)}/"
    technician = Browser(shop.houses.first, "technician")
    stranger = Browser(shop.houses.second, "admin")
    operator = Browser(shop.houses.seller.organization, "admin")
    beside = f"resellers/{show('res', shop.houses.second.id)}/invitations/{show('ivt', invitation.id)}/"
    for act in ("resend", "withdraw"):
        assert technician.post(technician.root + tail + act).status_code == 403
        assert stranger.post(stranger.root + tail + act).status_code == 404
        # The operator sees it, but not among its own people, nor among another reseller's.
        assert operator.post(operator.root + tail + act).status_code == 404
        assert operator.post(operator.root + beside + act).status_code == 404
    assert status_of(invitation.id) == "pending"


def test_a_members_invitation_has_no_page_among_the_staff(shop: Shop, customer: Organization) -> None:
    member = commands.add_member(
        actor=actor_on(shop, customer), now=clock.now(), customer_id=customer.id,
        email="member@staff.example",
    )  # fmt: skip
    assert member.invitation_id is not None
    boss = Browser(shop.houses.first, "admin")
    for act in ("resend", "withdraw"):
        path = f"{boss.root}settings/people/invitations/{show('ivt', member.invitation_id)}/{act}"
        assert boss.post(path).status_code == 404
    assert status_of(member.invitation_id) == "pending"
