"""Why a document bears the VAT that it bears, in words that may stand on an invoice (rules.md c1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from purveyor.interfaces.texts.facts import Facts
from purveyor.kernel.explanation import Explanation


def tax_reason(explanation: Explanation, evidence: Mapping[str, Any] | None = None) -> str:
    """The reason of a tax decision as a sentence in the active language; its code if nobody knows it.

    ``evidence`` is that of the document's ``tax_decision``, if there is one: with it the sentence names the
    VAT number and says how far it was checked.
    """
    write = _WRITERS.get(explanation.code)
    try:
        if write is None:
            return explanation.code
        reason = write(Facts(explanation.facts))
        number = number_note(explanation, evidence or {})
    except (KeyError, ValueError, TypeError):
        return explanation.code
    return _("%(reason)s; %(number)s") % {"reason": reason, "number": number} if number else reason


def number_note(explanation: Explanation, evidence: Mapping[str, Any]) -> str:
    """What is known of the buyer's VAT number, where it matters to the decision; else an empty text."""
    number = str(evidence.get("number") or "")
    if not number or explanation.code in {"tax.domestic", "tax.outside_scope", "tax.special_area"}:
        return ""
    status = str(evidence.get("status") or explanation.facts.get("number_status") or "")
    if status == "valid":
        if str(evidence.get("source", "")) in {"format only", "format_only"}:
            return _("%(number)s has the right form (not yet checked with VIES)") % {"number": number}
        return _("%(number)s is valid in VIES") % {"number": number}
    if status == "invalid":
        return _("%(number)s is not valid") % {"number": number}
    return _("%(number)s could not be checked yet") % {"number": number}


def has_words(code: str) -> bool:
    """Whether the code is known here."""
    return code in _WRITERS


def _domestic(facts: Facts) -> str:
    return _("VAT %(rate)s: domestic supply in %(country)s") % {
        "rate": facts.percent("rate_percent"),
        "country": facts.country("country"),
    }


def _domestic_number(facts: Facts) -> str:
    return _("VAT %(rate)s: bought with a VAT number of %(country)s, the seller's own country") % {
        "rate": facts.percent("rate_percent"),
        "country": facts.country("country"),
    }


def _reverse_charge(facts: Facts) -> str:
    return _("VAT not charged: reverse charge (Art. 196 Directive 2006/112/EC)")


def _outside_scope(facts: Facts) -> str:
    return _("VAT not charged: outside the scope of EU VAT, the buyer is in %(country)s") % {
        "country": facts.country("country")
    }


def _special_area(facts: Facts) -> str:
    return _("VAT not charged: the buyer is in an area of %(country)s outside the EU VAT system") % {
        "country": facts.country("country")
    }


def _seller_outside_scope(facts: Facts) -> str:
    return _("VAT not charged by the seller: the buyer, a business in %(country)s, accounts for it") % {
        "country": facts.country("country")
    }


def _destination(facts: Facts) -> str:
    return _("VAT %(rate)s of %(country)s: treated as consumer, without a valid VAT number") % {
        "rate": facts.percent("rate_percent"),
        "country": facts.country("country"),
    }


def _seller_rate(facts: Facts) -> str:
    return _(
        "VAT %(rate)s of %(country)s, the seller's country: treated as consumer, without a valid VAT number"
    ) % {"rate": facts.percent("rate_percent"), "country": facts.country("country")}


_WRITERS: dict[str, Callable[[Facts], str]] = {
    "tax.domestic": _domestic,
    "tax.domestic_number": _domestic_number,
    "tax.reverse_charge": _reverse_charge,
    "tax.outside_scope": _outside_scope,
    "tax.special_area": _special_area,
    "tax.seller_outside_scope": _seller_outside_scope,
    "tax.destination": _destination,
    "tax.seller_rate": _seller_rate,
}
