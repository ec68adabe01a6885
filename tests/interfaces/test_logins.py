"""A person's login: its address stays until the new one is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from purveyor.infra import models as infra
from purveyor.infra import tx
from purveyor.kernel.actor import system_actor
from purveyor.parties import commands as parties
from purveyor.parties import queries
from tests.support.houses import NOW, build_houses

SYSTEM = system_actor()
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def people(db: object) -> tuple[str, ...]:
    """Two of a reseller's staff, made as the set-up makes them: without an invitation."""
    house = build_houses().first
    addresses = ("anna@x.example", "bert@x.example")
    with tx.enter(SYSTEM):
        for email in addresses:
            person, _made = parties.ensure_person(
                now=NOW, email=email, name="", language="en", password=PASSWORD
            )
            parties.grant_membership(
                actor=SYSTEM, now=NOW, person_id=person.id, organization_id=house.id, role="technician"
            )
    return addresses


def signed_in(email: str) -> Client:
    client = Client()
    given = {"login": email, "password": PASSWORD}
    assert client.post("/accounts/login/", given).status_code == 302
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def logins() -> set[str]:
    return set(get_user_model().objects.values_list("email", flat=True))


def mails() -> list[infra.Mail]:
    with tx.enter(SYSTEM):
        return list(infra.Mail.objects.order_by("-created_at", "-id"))


def test_signing_in_asks_nobody_to_confirm_an_address(people: tuple[str, ...]) -> None:
    signed_in(people[0])
    assert mails() == []


def test_a_login_keeps_its_address_until_the_new_one_is_confirmed(people: tuple[str, ...]) -> None:
    client = signed_in(people[0])
    for wanted in (people[1], "anna2@x.example"):
        assert client.post("/accounts/email/", {"email": wanted, "action_add": ""}).status_code == 302
        assert logins() == set(people)
    link = next(mail.links[0] for mail in mails() if mail.to == "anna2@x.example")
    assert Client().post(urlsplit(link).path).status_code == 302
    assert logins() == {"anna2@x.example", people[1]}
    signed_in("anna2@x.example")


@pytest.fixture
def unspoken() -> Iterator[None]:
    """What a request of this test speaks is not what the next test speaks."""
    with translation.override("en"):
        yield


def test_a_mail_for_a_new_password_speaks_its_readers_language_and_names_its_sender(
    people: tuple[str, ...], unspoken: None
) -> None:
    with tx.enter(SYSTEM) as now:
        parties.ensure_person(
            now=now, email="celine@x.example", name="Céline", language="fr", password=PASSWORD
        )
        seller = queries.get_seller()
    # The browser speaks another language than the person.
    client = Client(headers={"accept-language": "de"})
    assert "E-Mail" in client.get("/accounts/password/reset/").content.decode()
    assert client.post("/accounts/password/reset/", {"email": "celine@x.example"}).status_code == 302
    mail = mails()[0]
    assert (mail.to, mail.language, mail.from_name) == ("celine@x.example", "fr", seller.organization.name)
    assert mail.subject == "Choisissez un nouveau mot de passe"
    assert mail.text.startswith("Bonjour Céline")
    assert seller.organization.name in mail.text
    assert mail.reply_to == seller.help_email
    opened = client.get(urlsplit(mail.links[0]).path, follow=True)
    assert opened.status_code == 200
    assert 'type="password"' in opened.content.decode()
