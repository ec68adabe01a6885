"""What mails to members and staff say. Called in the recipient's language; never an amount of money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import formats, labels


def invited(
    *, name: str, organization: str, token: str, expires_at: datetime, products: Sequence[str], again: bool
) -> Letter:
    """To somebody without an account: activate, with what is reserved."""
    subject = (
        _("Reminder: activate your access at %(organization)s")
        if again
        else _("You are invited to %(organization)s")
    )
    return Letter(
        subject=subject % {"organization": organization},
        greeting=greeting(name),
        paragraphs=(
            _("%(organization)s has added you. Activate your access to set a password or a passkey.")
            % {"organization": organization},
            *_reserved(products),
        ),
        action=Action(_("Activate your access"), links.activate(token)),
        notes=(_valid_until(expires_at), *_replaced(again), _not_expected()),
    )


def added(
    *, name: str, organization: str, token: str, expires_at: datetime, products: Sequence[str], again: bool
) -> Letter:
    """To somebody who has an account already: told so, and asked to accept with it."""
    subject = (
        _("Reminder: accept your access at %(organization)s")
        if again
        else _("You were added at %(organization)s")
    )
    return Letter(
        subject=subject % {"organization": organization},
        greeting=greeting(name),
        paragraphs=(
            _(
                "%(organization)s has added you. You have an account with this address: sign in with it to accept."
            )
            % {"organization": organization},
            *_reserved(products),
        ),
        action=Action(_("Accept"), links.activate(token)),
        notes=(_valid_until(expires_at), *_replaced(again), _not_expected()),
    )


def staff_invited(
    *, name: str, organization: str, role: str, token: str, expires_at: datetime, known: bool, again: bool
) -> Letter:
    """To somebody who is to work for a reseller or the operator."""
    how = (
        _("You have an account with this address: sign in with it to accept.")
        if known
        else _("Activate your access to set a password or a passkey.")
    )
    return Letter(
        subject=_("You are invited to work with %(organization)s") % {"organization": organization},
        greeting=greeting(name),
        paragraphs=(
            _("%(organization)s invites you to its workspace. Your role there: %(role)s.")
            % {"organization": organization, "role": labels.role(role)},
            how,
        ),
        action=Action(_("Accept the invitation"), links.activate(token)),
        notes=(_valid_until(expires_at), *_replaced(again), _not_expected()),
    )


def seat_assigned(*, name: str, organization: str, product: str, until: date | None) -> Letter:
    """To an active member who was given a seat."""
    return Letter(
        subject=_("You have a seat of %(product)s") % {"product": product},
        greeting=greeting(name),
        paragraphs=(
            _("%(organization)s has given you a seat of %(product)s.")
            % {"organization": organization, "product": product},
        ),
        facts=() if until is None else ((_("Paid until"), _last_day(until)),),
        action=Action(_("See what you have"), links.home()),
    )


def seat_released(*, name: str, organization: str, product: str) -> Letter:
    """To an active member who no longer has a seat."""
    return Letter(
        subject=_("Your seat of %(product)s has ended") % {"product": product},
        greeting=greeting(name),
        paragraphs=(
            _("You no longer have a seat of %(product)s at %(organization)s.")
            % {"organization": organization, "product": product},
            _("If you still need it, ask your administrator."),
        ),
    )


def removed(*, name: str, organization: str) -> Letter:
    """To a member who was taken out."""
    return Letter(
        subject=_("Your access at %(organization)s has ended") % {"organization": organization},
        greeting=greeting(name),
        paragraphs=(
            _("You are no longer a member of %(organization)s and have no seats there any more.")
            % {"organization": organization},
            _("If this is a mistake, ask your administrator."),
        ),
    )


def role_changed(*, name: str, organization: str, new: str) -> Letter:
    """To a member who may do more, or less, from now on."""
    meaning = {
        "admin": _("You manage members and seats, buy licenses at list price and see the invoices."),
        "manager": _("You manage members and seats. You do not buy."),
        "member": _("You see what you have, and until when."),
    }
    return Letter(
        subject=_("Your role at %(organization)s has changed") % {"organization": organization},
        greeting=greeting(name),
        paragraphs=(
            _("Your role at %(organization)s is now: %(role)s.")
            % {"organization": organization, "role": labels.role(new)},
            *([meaning[new]] if new in meaning else []),
        ),
        action=Action(_("Sign in"), links.home()),
    )


def _reserved(products: Sequence[str]) -> list[str]:
    if not products:
        return []
    return [_("Reserved for you: %(products)s.") % {"products": formats.list_text(products)}]


def _valid_until(expires_at: datetime) -> str:
    return _("The link is valid until %(until)s.") % {"until": formats.instant_text(expires_at)}


def _replaced(again: bool) -> list[str]:
    return [_("Links from earlier mails no longer work.")] if again else []


def _not_expected() -> str:
    return _("If you do not expect this, ignore this mail: nothing happens without you.")


def _last_day(until: date) -> str:
    return formats.day_text(until - timedelta(days=1))
