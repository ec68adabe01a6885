"""A link in a mail becomes a login, or joins the one there is; a link that is over says what to do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from purveyor.infra import tx
from purveyor.interfaces.texts import labels
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties import queries as parties_queries
from purveyor.parties.types import Organization
from purveyor.seats import commands, queries
from purveyor.seats.types import Member
from tests.rooms.seatworld import NOW, SYSTEM, World, given, make_world, read

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Kunde GmbH"), reseller_id=world.reseller.id
    )


def invite(world: World, customer: Organization, email: str, language: str = "en") -> tuple[Member, str]:
    actor = world.of_reseller(on=customer.id)
    member = commands.add_member(
        actor=actor, now=NOW, customer_id=customer.id, email=email, language=language
    )
    return member, mint(member)


def mint(member: Member) -> str:
    with tx.enter(SYSTEM):
        return commands.mint_invitation_token(member.invitation_id or UUID(int=0))


def known(email: str) -> None:
    with tx.enter(SYSTEM) as now:
        parties.ensure_person(now=now, email=email, name="Known", language="en", password=PASSWORD)


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def again(member: Member) -> Member:
    return read(SYSTEM, queries.get_member, member_id=member.id)


def sign_in(client: Client, email: str, following: str) -> Any:
    return client.post(
        "/accounts/login/", {"login": email, "password": PASSWORD, "next": following}, follow=True
    )


def plain(response: Any, *secrets: str) -> str:
    text = response.content.decode()
    for secret in secrets:
        text = text.replace(secret, "-")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_the_page_is_the_same_with_and_without_a_login(world: World, customer: Organization) -> None:
    known("has@x.example")
    pages = []
    for email in ("has@x.example", "new@x.example"):
        member, token = invite(world, customer, email)
        response = browser().get(f"/activate/{token}")
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
        pages.append(plain(response, email, token))
        assert browser().head(f"/activate/{token}").status_code == 200
        assert again(member).status == "invited", "reading uses nothing up"
    assert pages[0] == pages[1]
    for told in ("Kunde GmbH invites you", "Choose a password", "Sign in with the login you have"):
        assert told in pages[0]


def test_a_new_person_activates_is_signed_in_and_led_on(world: World, customer: Organization) -> None:
    member, token = invite(world, customer, "nele@x.example")
    client, url = browser(), f"/activate/{token}"
    for password, told in (("", "Choose a password, or use a passkey"), ("short", "id_password_error")):
        refused = client.post(url, {"name": "Nele Neu", "password": password})
        assert refused.status_code == 422
        assert told in refused.content.decode()
        assert 'value="Nele Neu"' in refused.content.decode()
    assert again(member).status == "invited"
    done = client.post(url, {"name": "Nele Neu", "password": PASSWORD})
    assert (done.status_code, done.headers["Location"]) == (302, "/activated")
    assert (again(member).status, again(member).name) == ("active", "Nele Neu")
    page = client.get("/activated").content.decode()
    for offered in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/", 'href="/"'):
        assert offered in page
    for offered in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/"):
        assert client.get(offered).status_code == 200, "the password was chosen a moment ago"
    home = client.get("/", follow=True)
    assert home.redirect_chain[-1][0].startswith(f"/{show('cus', customer.id)}")
    twice = client.post(url, {"name": "Nele Neu", "password": PASSWORD})
    assert twice.headers["Location"] == "/activated", "pressed twice"
    assert sign_in(browser(), "nele@x.example", "/activated").status_code == 200


def test_a_passkey_instead_of_a_password(world: World, customer: Organization) -> None:
    member, token = invite(world, customer, "key@x.example")
    client = browser()
    done = client.post(f"/activate/{token}", {"name": "Kim Key", "password": "", "way": "passkey"})
    assert done.headers["Location"] == "/accounts/2fa/webauthn/add/?next=%2Factivated"
    assert again(member).status == "active"
    assert client.get(done.headers["Location"]).status_code == 200
    assert client.get("/activated").status_code == 200


def test_somebody_with_a_login_signs_in_first(world: World, customer: Organization) -> None:
    known("old@x.example")
    member, token = invite(world, customer, "old@x.example")
    client, url = browser(), f"/activate/{token}"
    refused = client.post(url, {"name": "Somebody", "password": "another long password"})
    assert refused.status_code == 422
    assert "This address has an account." in refused.content.decode()
    assert again(member).status == "invited"
    page = sign_in(client, "old@x.example", url)
    assert page.redirect_chain[-1][0] == url
    assert "Accept the invitation" in page.content.decode()
    assert client.post(url).headers["Location"] == "/activated"
    assert (again(member).status, again(member).name) == ("active", "Known")
    assert parties_queries.find_person_by_email("old@x.example") is not None


def test_somebody_else_is_signed_in(world: World, customer: Organization) -> None:
    known("else@x.example")
    member, token = invite(world, customer, "meant@x.example")
    client, url = browser(), f"/activate/{token}"
    page = sign_in(client, "else@x.example", url).content.decode()
    assert "You are signed in as somebody else" in page
    assert "Accept the invitation" not in page
    assert client.post(url, {"name": "Else", "password": PASSWORD}).status_code == 422
    assert again(member).status == "invited"
    out = client.post("/accounts/logout/", {"next": url}, follow=True)
    assert "Choose a password" in out.content.decode()


def test_links_that_are_over_say_what_to_do(world: World, customer: Organization) -> None:
    never = browser().get("/activate/" + "x" * 43)
    assert never.status_code == 404
    for end, status, told in (
        ("withdraw", 410, "This invitation was withdrawn"),
        ("expire", 410, "Ask whoever invited you to send a new one."),
        ("resend", 404, "Open the link in the newest mail."),
    ):
        member, token = invite(world, customer, f"{end}@x.example")
        invitation_id = member.invitation_id or UUID(int=0)
        if end == "withdraw":
            commands.withdraw_invitation(actor=SYSTEM, now=NOW, invitation_id=invitation_id)
        elif end == "expire":
            commands.expire_invitation(
                actor=SYSTEM, now=NOW + timedelta(days=15), invitation_id=invitation_id
            )
        else:
            commands.resend_invitation(actor=SYSTEM, now=NOW, invitation_id=invitation_id)
        for closed in (
            browser().get(f"/activate/{token}"),
            browser().post(f"/activate/{token}", {"name": "Late", "password": PASSWORD}),
        ):
            assert closed.status_code == status
            assert told in closed.content.decode()
            assert plain(closed, token) == plain(never, "x" * 43) or status == 410
    assert parties_queries.find_person_by_email("expire@x.example") is None
    _member, token = invite(world, customer, "used@x.example")
    browser().post(f"/activate/{token}", {"name": "U", "password": PASSWORD})
    used = browser().get(f"/activate/{token}")
    assert used.status_code == 410
    assert "This invitation was accepted" in used.content.decode()


def test_the_page_speaks_the_language_of_its_mail(world: World, customer: Organization) -> None:
    _member, token = invite(world, customer, "lingua@x.example", "it")
    assert '<html lang="it"' in browser().get(f"/activate/{token}").content.decode()
    chosen = browser()
    chosen.cookies["purveyor_language"] = "fr"
    assert '<html lang="fr"' in chosen.get(f"/activate/{token}").content.decode()


def test_the_next_page_needs_somebody(world: World) -> None:
    assert browser().get("/activated").headers["Location"].startswith("/accounts/login/")


def test_staff_activates_into_the_workspace(world: World) -> None:
    invitation = commands.invite_staff(
        actor=SYSTEM, now=NOW, organization_id=world.reseller.id, email="tec@x.example", role="technician"
    )
    with tx.enter(SYSTEM):
        token = commands.mint_invitation_token(invitation.id)
    client = browser()
    with translation.override(world.reseller.language):
        assert labels.role("technician") in client.get(f"/activate/{token}").content.decode()
    client.post(f"/activate/{token}", {"name": "Tec", "password": PASSWORD})
    home = client.get("/", follow=True)
    assert home.redirect_chain[-1][0].startswith(f"/{show('res', world.reseller.id)}")
    assert f'<html lang="{world.reseller.language}"' in home.content.decode()
