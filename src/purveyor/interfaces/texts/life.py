"""Why a subscription ended or stands still, as a sentence. What a person wrote stands as it was written."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# The stable words that rooms give as a reason (renewals/rules/outcome.py and those who suspend).
REASONS: Mapping[str, Promise] = {
    "cancelled": gettext_lazy("It was cancelled before it began."),
    "credited": gettext_lazy("All of its seats were credited."),
    "not_renewed": gettext_lazy("It was not to be renewed."),
    "offer_not_available": gettext_lazy("What it was made from is no longer on sale."),
    "price_missing": gettext_lazy("Its new price needed a consent that nobody gave."),
    "price_refused": gettext_lazy("Its new price was not accepted."),
    "suspended": gettext_lazy("It was suspended when its term was over."),
    "trial_over": gettext_lazy("The trial was over."),
    "unpaid": gettext_lazy("It was not paid."),
    "renewal_unpaid": gettext_lazy("Its renewal was not paid in time."),
}


def reason(word: str) -> str:
    """The sentence of a stable word, else what was written; empty for no reason."""
    known = REASONS.get(word)
    return word if known is None else str(known)
