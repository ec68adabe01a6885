"""A letter becomes a stored mail: rendered in the recipient's language, once for each cause and recipient."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from purveyor.infra import mailbox, told
from purveyor.infra.registry import Announced
from purveyor.infra.told import Telling
from purveyor.interfaces.mail import jobs
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization

_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing to do, if there is one."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of several in a mail: what it is, what is to be said, what to do."""

    title: str
    lines: tuple[str, ...]
    action: Action


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind; ``more`` says how many are not listed."""

    heading: str
    text: str
    items: tuple[Item, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in the language active when it is written."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    action: Action | None = None
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


Writer = Callable[[], Letter]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets it. ``reseller_id`` and ``customer_id`` say who may see the stored mail."""

    email: str
    name: str
    language: str
    reseller_id: UUID | None
    customer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name it comes, and whom to ask."""

    name: str
    help_name: str = ""
    help_email: str = ""
    help_url: str = ""


def reseller(reseller_id: UUID) -> Sender:
    """The reseller, for mails to its customers and their people. The house reseller is the operator."""
    profile = parties.get_reseller_profile(reseller_id=reseller_id)
    return Sender(profile.name, profile.help_name, profile.help_email, profile.help_url)


def operator() -> Sender:
    """The operator, for mails to its resellers and to staff."""
    seller = parties.get_seller()
    return Sender(seller.organization.name, "", seller.help_email, seller.help_url)


def towards(organization: Organization) -> Sender:
    """Whoever serves this organization: a customer's reseller, or the operator."""
    if organization.kind == "customer" and organization.reseller_id is not None:
        return reseller(organization.reseller_id)
    return operator()


def contact(organization: Organization) -> Recipient:
    """An organization's own address, in its language."""
    return Recipient(
        email=organization.email,
        name=organization.name,
        language=organization.language,
        reseller_id=organization.id if organization.kind == "reseller" else organization.reseller_id,
        customer_id=organization.id if organization.kind == "customer" else None,
    )


def post(
    event: Announced,
    what: str,
    recipient: Recipient,
    sender: Sender,
    write: Writer,
    *,
    cause: str | None = None,
    about: UUID | None = None,
    tellings: Sequence[Telling] = (),
) -> bool:
    """Store the mail of this event, and defer its sending; False when it was stored before.

    ``write`` is called in the recipient's language, and only if the mail is still to be written: it may mint
    a token. ``what`` tells mails of one event apart; ``cause`` stands for the event where several have one mail.

    Of what somebody owes it is kept who was told: about the event's subject, or what ``about`` names. ``tellings``
    are kept instead where a mail tells of several things.
    """
    dedupe = f"{cause or event.id}:{what}:{recipient.email.strip().lower()}"
    if not recipient.email or mailbox.is_stored(dedupe):
        return False
    with translation.override(spoken(recipient.language)):
        letter = write()
        mail = _rendered(dedupe, letter, recipient, sender)
    if event.payer_id is not None and event.payer_id == recipient.customer_id:
        # What a customer pays itself is not its reseller's to read, in its mails either.
        mail = replace(mail, payer_id=event.payer_id)
    mail_id = mailbox.store_mail(mail, now=event.at)
    if mail_id is not None:
        told.note(tellings or _telling(event, mail, about))
    if mail_id is not None and not settings.SANDBOX:
        jobs.defer(mail_id)
    return mail_id is not None


def _telling(event: Announced, mail: mailbox.NewMail, about: UUID | None) -> list[Telling]:
    if event.payer_id is None:
        return []
    return [
        Telling(
            topic=str(about or event.subject_id),
            what=event.kind,
            email=mail.to,
            name=mail.to_name,
            role="",
            language=mail.language,
            told_at=event.at,
            organization_id=mail.customer_id or mail.reseller_id,
            reseller_id=mail.reseller_id,
            customer_id=mail.customer_id,
            payer_id=mail.payer_id,
        )
    ]


def greeting(name: str) -> str:
    """How a letter begins."""
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def spoken(language: str) -> str:
    """The language that somebody is written to in: theirs, if it is one of ours."""
    known = {code for code, _name in settings.LANGUAGES}
    return language if language in known else settings.LANGUAGE_CODE


def _rendered(dedupe: str, letter: Letter, recipient: Recipient, sender: Sender) -> mailbox.NewMail:
    context = {"letter": letter, "footer": _footer(sender), "language": translation.get_language()}
    text = render_to_string("mail/layout.txt", context).strip() + "\n"
    links = [] if letter.action is None else [letter.action.url]
    links += [url for url in _URL.findall(text) if url not in links]
    return mailbox.NewMail(
        dedupe=dedupe,
        to=recipient.email,
        to_name=recipient.name,
        from_name=_one_line(sender.name),
        reply_to=sender.help_email,
        subject=_one_line(letter.subject),
        language=str(translation.get_language()),
        text=text,
        html=render_to_string("mail/layout.html", context),
        links=tuple(links),
        reseller_id=recipient.reseller_id,
        customer_id=recipient.customer_id,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _footer(sender: Sender) -> list[str]:
    lines = [sender.name]
    asked = [part for part in (sender.help_name, sender.help_email, sender.help_url) if part]
    if asked:
        lines.append(_("Questions? %(contact)s") % {"contact": ", ".join(asked)})
    return lines
