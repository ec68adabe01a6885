"""The morning's mail: all notices of a day in one mail a person, whatever organizations it works in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from purveyor.infra import told
from purveyor.infra.registry import Announced
from purveyor.infra.told import Telling
from purveyor.interfaces.mail import letters_notices, sending
from purveyor.interfaces.mail.letters_notices import News
from purveyor.interfaces.mail.sending import Recipient
from purveyor.kernel.actor import system_actor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization, PersonRow
from purveyor.renewals import notices


def on_notices_given(event: Announced) -> None:
    """To the people of an organization whose roles want them; to its own address where nobody is there.

    All notices of the day are written down before the first organization is told, so the first mail that is
    written for a person holds them all, and what the person's other organizations announce finds it written.
    """
    on = date.fromisoformat(event.payload["day"])
    organization = _organization(event.subject_id)
    roles = notices.wanted_by(organization=organization)
    people = [
        one
        for one in parties.list_memberships(actor=system_actor(), organization_id=organization.id)
        if roles.get(one.role)
    ]
    for one in people:
        _to_person(event, on, one.person)
    if not people:
        _to_address(event, on, organization, roles["admin"])


def _organization(organization_id: UUID) -> Organization:
    return parties.get_organization(actor=system_actor(), organization_id=organization_id)


def _news(organization: Organization, on: date, kinds: frozenset[str]) -> News | None:
    profile = parties.get_reseller_profile(reseller_id=organization.reseller_id or organization.id)
    sections = notices.list_for_organization(
        actor=system_actor(), organization=organization, profile=profile, on=on, kinds=kinds
    )
    return News(organization, sections) if sections else None


def _to_person(event: Announced, on: date, person: PersonRow) -> None:
    news: list[tuple[News, str]] = []
    for place in parties.list_workspaces(person.id):
        if place.kind == "operator":
            continue
        organization = _organization(place.organization_id)
        kinds = notices.wanted_by(organization=organization).get(place.role, frozenset())
        found = _news(organization, on, kinds) if kinds else None
        if found is not None:
            news.append((found, place.role))
    recipient = Recipient(person.email, person.name, person.language, None, None)
    _send(event, on, recipient, news, f"notices:{on.isoformat()}")


def _to_address(event: Announced, on: date, organization: Organization, kinds: frozenset[str]) -> None:
    """An organization without people hears of it at its own address; the operator's own house needs no word."""
    if organization.kind == "reseller" and parties.get_reseller_profile(reseller_id=organization.id).is_house:
        return
    news = _news(organization, on, kinds)
    recipient = sending.contact(organization)
    cause = f"notices:{on.isoformat()}:{organization.public_id}"
    _send(event, on, recipient, [(news, "")] if news else [], cause)


def _send(
    event: Announced, on: date, recipient: Recipient, news: Sequence[tuple[News, str]], cause: str
) -> None:
    if not news:
        return
    first = news[0][0].organization
    if len(news) == 1:
        # What tells of one organization may be read in its sandbox's mailbox; of several, by the operator alone.
        own = sending.contact(first)
        recipient = Recipient(
            recipient.email, recipient.name, recipient.language, own.reseller_id, own.customer_id
        )
    sending.post(
        event,
        "gathered",
        recipient,
        sending.towards(first),
        lambda: letters_notices.gathered(name=recipient.name, day=on, news=[one for one, _role in news]),
        cause=cause,
        tellings=[line for one, role in news for line in _tellings(event, on, recipient, one, role)],
    )


def _tellings(event: Announced, on: date, recipient: Recipient, news: News, role: str) -> Iterator[Telling]:
    """What is kept of it: what the organization was told as the one who pays, which is its own to read, and what
    anybody may hear who has to do with the subscription."""
    own = sending.contact(news.organization)
    for pays in (True, False):
        heard = notices.kinds_heard(organization=news.organization, pays=pays)
        kinds = [section.kind for section in news.sections if section.kind in heard]
        if kinds:
            yield Telling(
                topic=told.morning(on),
                what=event.kind,
                email=recipient.email,
                name=recipient.name,
                role=role,
                language=sending.spoken(recipient.language),
                told_at=event.at,
                organization_id=news.organization.id,
                reseller_id=own.reseller_id,
                customer_id=own.customer_id,
                payer_id=news.organization.id if pays else None,
                kinds=tuple(kinds),
            )
