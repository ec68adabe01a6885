"""People at a console desk, for the tests of pages."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.test import Client

from purveyor.infra import tx
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties.queries import get_seller
from purveyor.parties.types import Organization
from purveyor.seats import commands, queries
from purveyor.seats.types import Member
from tests.rooms.seatworld import NOW, SYSTEM, World, read

PASSWORD = "correct horse battery"
PREFIX = {"operator": "ope", "reseller": "res", "customer": "cus"}


def login(email: str = "") -> Any:
    """A person with a login."""
    address = email or f"{uuid4().hex[:12]}@people.example"
    with tx.enter(SYSTEM) as now:
        row, _made = parties.ensure_person(now=now, email=address, name="", language="en", password=PASSWORD)
    return get_user_model().objects.get(pk=row.id)


class Desk:
    """A browser signed in to a workspace."""

    def __init__(self, organization: Organization, role: str, customer: Organization) -> None:
        person = login()
        with tx.enter(SYSTEM) as now:
            parties.grant_membership(
                actor=SYSTEM, now=now, person_id=person.id, organization_id=organization.id, role=role
            )
        self.person = person
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(person)
        self.root = f"/{show(PREFIX[organization.kind], organization.id)}"
        self.on = f"{self.root}/on/{show('cus', customer.id)}"

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(f"{self.on}/{path}", **more)

    def post(self, path: str, data: dict[str, Any] | None = None, *, once: str = "") -> Any:
        return self.client.post(f"{self.on}/{path}", {"once": once or str(uuid4()), **(data or {})})


def add(world: World, customer: Organization, email: str, **more: Any) -> Member:
    actor = world.of_reseller(on=customer.id)
    return commands.add_member(actor=actor, now=NOW, customer_id=customer.id, email=email, **more)


def mint(member: Member) -> str:
    assert member.invitation_id is not None
    with tx.enter(SYSTEM):
        return commands.mint_invitation_token(member.invitation_id)


def activate(member: Member) -> Member:
    commands.accept_invitation(token=mint(member), name="Known", password=PASSWORD)
    return again(member)


def again(member: Member) -> Member:
    return read(SYSTEM, queries.get_member, member_id=member.id)


def members_of(customer: Organization) -> dict[str, Member]:
    found = read(SYSTEM, queries.list_members, customer_id=customer.id)
    return {member.email: member for member in found.rows}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def operator() -> Organization:
    """The operator as an organization."""
    with tx.enter(SYSTEM):
        return get_seller().organization
