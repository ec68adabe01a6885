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
        facts = Facts(explanation.facts)
        said = _with_answer(explanation, facts)
        if said:
            return said
        reason = write(facts)
        number = number_note(explanation, evidence or {})
    except (KeyError, ValueError, TypeError):
        return explanation.code
    return _("%(reason)s; %(number)s") % {"reason": reason, "number": number} if number else reason


def number_note(explanation: Explanation, evidence: Mapping[str, Any]) -> str:
    """What is known of the buyer's VAT number, where it matters to the decision; else an empty text."""
    facts = explanation.facts
    number = str(evidence.get("number") or facts.get("number") or "")
    if not number or explanation.code in {"tax.domestic", "tax.outside_scope", "tax.special_area"}:
        return ""
    status = str(evidence.get("status") or facts.get("number_status") or "")
    if status == "valid":
        if str(evidence.get("source") or facts.get("number_source") or "") in {"format only", "format_only"}:
            return _("%(number)s has the right form (not yet checked with VIES)") % {"number": number}
        return _("%(number)s is valid in VIES") % {"number": number}
    if status == "invalid":
        return _("%(number)s is not valid") % {"number": number}
    return _("%(number)s could not be checked yet") % {"number": number}


def _with_answer(explanation: Explanation, facts: Facts) -> str:
    """The sentence of a decision that rests on an answer of VIES about the buyer's number, or on the want of one."""
    given = explanation.facts
    if given.get("number_source") != "VIES":
        return ""
    words: dict[str, object] = {"number": given["number"], "date": given["checked_on"]}
    if explanation.code == "tax.reverse_charge":
        if not given.get("consultation"):
            return _("VAT not charged: reverse charge, %(number)s valid on %(date)s") % words
        words["consultation"] = given["consultation"]
        return (
            _("VAT not charged: reverse charge, %(number)s valid on %(date)s (consultation %(consultation)s)")
            % words
        )
    if explanation.code not in {"tax.destination", "tax.seller_rate"}:
        return ""
    words |= {"rate": facts.percent("rate_percent"), "country": facts.country("country")}
    if given.get("number_status") == "invalid":
        return (
            _("VAT %(rate)s of %(country)s: treated as consumer, %(number)s was not valid on %(date)s")
            % words
        )
    return _unanswered(str(given.get("meanwhile", ""))) % words


def _unanswered(meanwhile: str) -> str:
    """Nobody could say whether the number is valid; what that means for the money."""
    if meanwhile == "hold_invoice":
        return _(
            "VAT %(rate)s of %(country)s, as for a consumer, while %(number)s cannot be checked. The invoice waits for"
            " the answer: if the number is valid, it bears no VAT and what was paid too much goes to the balance"
        )
    if meanwhile == "charge_then_correct":
        return _(
            "VAT %(rate)s of %(country)s, as for a consumer, while %(number)s cannot be checked. If the answer is that"
            " the number is valid, this is credited and invoiced again without VAT"
        )
    return _("VAT %(rate)s of %(country)s: treated as consumer, %(number)s could not be checked by %(date)s")


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
