"""A sentence for each reason why an input is refused; it stands beside the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.texts import formats
from purveyor.interfaces.texts.facts import Facts

# Names under which rooms and edges give the bounds.
_LEAST = ("min", "minimum", "ge")
_MOST = ("max", "maximum", "le")


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
    known = [name for name in _LEAST if name in facts]
    least = facts.number(*known) if known else formats.number_text(1)
    return _("This must be at least %(least)s.") % {"least": least}


def _too_large(facts: Facts) -> str:
    known = [name for name in _MOST if name in facts]
    if not known:
        return _("This is too much. Choose something smaller.")
    return _("This can be at most %(most)s.") % {"most": _plain(facts, known[0])}


def _plain(facts: Facts, name: str) -> str:
    value = facts.raw(name)
    return (
        formats.number_text(value) if isinstance(value, int) else formats.day_text(date.fromisoformat(value))
    )


def _out_of_range(facts: Facts) -> str:
    return _("This must be from %(least)s to %(most)s.") % {
        "least": facts.number(*_LEAST),
        "most": facts.number(*_MOST),
    }


def _iban_length(facts: Facts) -> str:
    return _("An IBAN of %(country)s has %(expected)s characters, this one has %(found)s.") % {
        "country": facts.country("country"),
        "expected": facts.number("expected"),
        "found": facts.number("found"),
    }


def _too_long(facts: Facts) -> str:
    most = facts.count("length_max", "max_length", "maximum", "max", "le")
    return ngettext(
        "This is too long: at most %(most)s character fits.",
        "This is too long: at most %(most)s characters fit.",
        most,
    ) % {"most": formats.number_text(most)}


def _too_many(facts: Facts) -> str:
    most = facts.count("max", "maximum", "max_length", "le")
    return ngettext(
        "This is too many: at most %(most)s entry at a time.",
        "This is too many: at most %(most)s entries at a time.",
        most,
    ) % {"most": formats.number_text(most)}


def _choice(facts: Facts) -> str:
    if "choices" not in facts or not facts.raw("choices"):
        return _("Choose one of the values offered.")
    return _("Choose one of these: %(choices)s.") % {"choices": facts.choices("choices")}


def _one_of(facts: Facts) -> str:
    return _("Give exactly one of these: %(choices)s.") % {"choices": facts.choices("choices")}


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


def _row(text: Callable[[], str]) -> Callable[[Facts], str]:
    """A sentence about one row of a file."""
    return lambda facts: text() % {"row": facts.number("row")}


REASONS: dict[str, Callable[[Facts], str]] = {
    "above_own": lambda f: _("A key cannot have more rights than you have. Choose a smaller role."),
    "always_told": lambda f: _("An administrator is always told of a higher price."),
    "before_from": lambda f: _("Choose a day that is not before the first."),
    "card_not_available": lambda f: _(
        "Payment by card is not offered here. Choose bank transfer or the balance."
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
    "decimals": lambda f: _("This has too many decimals. Leave some out."),
    "does_not_divide": _does_not_divide,
    "duplicate_field": lambda f: _("A field of the body is given twice. Give it once."),
    "email": lambda f: _("This is not a complete e-mail address, such as anna@example.com."),
    "iban": lambda f: _("This IBAN is not right. Check it digit by digit."),
    "iban_country": lambda f: (
        _("No country has IBANs that begin with %(letters)s. Check the first two letters.")
        % {"letters": f.text("value")}
    ),
    "iban_form": lambda f: _(
        "An IBAN has two letters for the country, two check digits, and then letters and digits."
    ),
    "iban_length": _iban_length,
    "iban_not_sepa": lambda f: (
        _("Direct debits work within SEPA, and %(country)s is not a part of it. Give another account.")
        % {"country": f.country("country")}
    ),
    "idempotency_key": lambda f: _("An idempotency key has 1 to 200 visible characters."),
    "instant": lambda f: _("Enter a date and time, such as 2026-11-22T09:00:00Z."),
    "in_the_future": lambda f: _("This day is still to come. Choose today or an earlier one."),
    "invalid": lambda f: _("This value cannot be used. Check it and try again."),
    "is_a_customer": lambda f: _("A customer has members, not staff. Add a member instead."),
    "another_product": lambda f: _("This is another product. Choose a plan or a term of the same one."),
    "ladder_days": lambda f: _("A step comes 1 to 365 days after the due date."),
    "ladder_empty": lambda f: _("A ladder has one step at least."),
    "ladder_end": lambda f: _("The end comes last, and after a suspension."),
    "ladder_nobody": lambda f: _("A reminder needs somebody to tell. Choose who gets the mail."),
    "ladder_order": lambda f: _("Each step comes on the day of the one before it, or later."),
    "ladder_too_long": lambda f: _("A ladder has at most twelve steps."),
    "ladder_twice": lambda f: _("A final notice, a stop of orders, a suspension and an end come once each."),
    "ladder_without_notice": lambda f: _("Nobody is suspended without a final notice before it."),
    "negative": lambda f: _("This cannot be less than zero."),
    "no_documents": lambda f: _("Nothing was issued on these days. Choose others."),
    "no_balance": lambda f: _("This organization has no balance. Choose a reseller or a customer."),
    "not_a_beginning": lambda f: _("A subscription cannot begin in this state."),
    "not_a_boolean": lambda f: _("This must be true or false."),
    "not_a_cursor": lambda f: _("This page of the list is no longer there. Begin with the first page."),
    "not_a_list": lambda f: _("A list is expected here."),
    "not_a_text": lambda f: _("A text is expected here."),
    "not_after_start": _not_after_start,
    "not_an_integer": lambda f: _("Enter a whole number."),
    "not_an_object": lambda f: _("An object with fields is expected here."),
    "not_in_force": lambda f: _("This rule cannot be chosen yet."),
    "not_json": lambda f: _("The body is not valid JSON."),
    "not_positive": lambda f: _("The amount must be more than zero."),
    "not_utf8": lambda f: _("The body is not valid UTF-8 text."),
    "not_yet": lambda f: _("This cannot be ordered yet. Order a new subscription, or more seats for one."),
    "one_of": _one_of,
    "one_target": lambda f: _("Choose exactly one order or invoice."),
    "out_of_range": _out_of_range,
    "password_entirely_numeric": lambda f: _("A password of digits alone is too easy to guess."),
    "password_too_common": lambda f: _("This password is used by many people. Choose another."),
    "password_too_short": lambda f: _("This password is too short: at least 12 characters are needed."),
    "password_too_similar": lambda f: _(
        "This password is too much like your name or address. Choose another."
    ),
    "promise_date": lambda f: (
        _("Choose a day from %(first)s to %(last)s.") % {"first": f.day("min"), "last": f.day("max")}
    ),
    "rate_cells": _row(lambda: _("Row %(row)s has not four cells. Write currency, rate, date and source.")),
    "rate_columns": lambda f: (
        _("The first row names the columns: %(columns)s.") % {"columns": f.text("columns")}
    ),
    "rate_currency": _row(lambda: _("The currency in row %(row)s is not known. Write it as USD or SEK.")),
    "rate_date": _row(lambda: _("The date in row %(row)s is not one. Write it as 2026-11-22.")),
    "rate_future": _row(lambda: _("The day in row %(row)s is still to come.")),
    "rate_number": _row(
        lambda: _("The rate in row %(row)s is not one: a number above zero with at most 10 decimals.")
    ),
    "rate_same_currency": _row(lambda: _("Row %(row)s is in your own currency, which needs no rate.")),
    "rate_source": _row(lambda: _("Row %(row)s does not say in a few words where its rate comes from.")),
    "repeated": lambda f: _("This is given twice. Give it once."),
    "required": lambda f: _("This is needed. Fill it in."),
    "reseller_code": lambda f: _("A reseller's code consists of capital letters and digits, such as R017."),
    "taken": lambda f: _("This is taken already. Choose another."),
    "target_above_threshold": lambda f: _("Fill up to more than the amount below which it is filled up."),
    "too_large": _too_large,
    "too_long": _too_long,
    "too_many": _too_many,
    "too_small": _too_small,
    "unknown": lambda f: _("This value is not known. Choose one of those offered."),
    "unknown_field": lambda f: _("This field is not known here. Leave it out."),
    "unknown_method": lambda f: _("Choose bank transfer, the balance or a card."),
    "url": lambda f: _("Enter a full web address that begins with https://."),
}
