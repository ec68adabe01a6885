"""A sentence for each reason why an input is refused; it stands beside the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.texts import formats
from purveyor.interfaces.texts.facts import Facts


def sentence(facts: dict[str, Any]) -> str:
    """Why the input is refused, in the active language. Unknown reasons get a general sentence."""
    read = Facts(facts)
    write = REASONS.get(str(facts.get("reason", "")))
    try:
        if write is not None:
            return write(read)
    except (KeyError, ValueError, TypeError):
        pass
    return _("This value cannot be used. Check it and try again.")


def _too_small(facts: Facts) -> str:
    least = facts.number("min", "minimum") if "min" in facts or "minimum" in facts else formats.number_text(1)
    return _("This must be at least %(least)s.") % {"least": least}


def _too_large(facts: Facts) -> str:
    if "max" not in facts and "maximum" not in facts:
        return _("This is too much. Enter a smaller number.")
    return _("This can be at most %(most)s.") % {"most": facts.number("max", "maximum")}


def _too_long(facts: Facts) -> str:
    most = facts.count("length_max", "maximum", "max")
    return ngettext(
        "This is too long: at most %(most)s character fits.",
        "This is too long: at most %(most)s characters fit.",
        most,
    ) % {"most": formats.number_text(most)}


def _too_many(facts: Facts) -> str:
    most = facts.count("max", "maximum")
    return ngettext(
        "This is too many: at most %(most)s entry at a time.",
        "This is too many: at most %(most)s entries at a time.",
        most,
    ) % {"most": formats.number_text(most)}


def _choice(facts: Facts) -> str:
    if "choices" not in facts or not facts.raw("choices"):
        return _("Choose one of the values offered.")
    return _("Choose one of these: %(choices)s.") % {"choices": facts.choices("choices")}


def _not_after_start(facts: Facts) -> str:
    return _("The end must be after %(start)s.") % {"start": facts.day("start")}


def _does_not_divide(facts: Facts) -> str:
    months = facts.count("term_months")
    return ngettext(
        "A term of %(months)s month cannot be billed in parts of this length.",
        "A term of %(months)s months cannot be billed in parts of this length.",
        months,
    ) % {"months": formats.number_text(months)}


def _currency_mismatch(facts: Facts) -> str:
    return _("The amount must be in %(currency)s.") % {"currency": facts.text("currency")}


def _clock(facts: Facts) -> str:
    return _("The test clock moves forward only: it is %(now)s now. Choose a later time.") % {
        "now": facts.instant("now")
    }


REASONS: dict[str, Callable[[Facts], str]] = {
    "above_own": lambda f: _("A key cannot have more rights than you have. Choose a smaller role."),
    "boolean": lambda f: _("This must be true or false."),
    "card_not_available": lambda f: _(
        "Payment by card is not available yet. Choose bank transfer or the balance."
    ),
    "choice": _choice,
    "clock_forward_only": _clock,
    "code_form": lambda f: _("A code consists of small letters, digits and hyphens."),
    "control_characters": lambda f: _(
        "This contains characters that cannot be shown. Type it again by hand."
    ),
    "country": lambda f: _("Choose a country by its two-letter code."),
    "currency": lambda f: _("Choose a currency by its three-letter code, such as EUR."),
    "currency_mismatch": _currency_mismatch,
    "date": lambda f: _("Enter a date, such as 2026-11-22."),
    "decimals": lambda f: _("This has more decimals than the currency allows."),
    "does_not_divide": _does_not_divide,
    "email": lambda f: _("This is not a complete e-mail address, such as anna@example.com."),
    "iban": lambda f: _("This IBAN is not right. Check it digit by digit."),
    "id": lambda f: _("This is not an id of the right kind."),
    "instant": lambda f: _("Enter a date and time, such as 2026-11-22T09:00:00Z."),
    "integer": lambda f: _("Enter a whole number."),
    "not_a_beginning": lambda f: _("A subscription cannot begin in this state."),
    "not_a_cursor": lambda f: _("This page of the list is no longer there. Begin with the first page."),
    "not_a_number": lambda f: _("Enter a number."),
    "not_after_start": _not_after_start,
    "not_json": lambda f: _("The body is not valid JSON."),
    "not_positive": lambda f: _("The amount must be more than zero."),
    "not_yet": lambda f: _("This cannot be ordered yet. Order a new subscription, or more seats for one."),
    "number": lambda f: _("Enter a number."),
    "object": lambda f: _("An object with fields is expected here."),
    "password": lambda f: _("This password is too easy to guess. Choose a longer one."),
    "percent": lambda f: _("Enter a percentage from 0 to 100."),
    "required": lambda f: _("This is needed. Fill it in."),
    "reseller_code": lambda f: _("A reseller's code consists of capital letters and digits, such as R017."),
    "text": lambda f: _("Enter a text."),
    "too_large": _too_large,
    "too_long": _too_long,
    "too_many": _too_many,
    "too_small": _too_small,
    "unknown": lambda f: _("This value is not known. Choose one of those offered."),
    "url": lambda f: _("Enter a full web address that begins with https://."),
}
