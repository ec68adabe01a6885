"""The rules of a VAT decision in a few words, for tables."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

RULES: dict[str, Promise] = {
    "domestic": gettext_lazy("In the country"),
    "domestic_number": gettext_lazy("In the country, by the buyer's number"),
    "reverse_charge": gettext_lazy("Reverse charge"),
    "outside_scope": gettext_lazy("Outside the EU"),
    "special_area": gettext_lazy("Area outside EU VAT"),
    "destination": gettext_lazy("Consumers in the EU (One Stop Shop)"),
    "seller_rate": gettext_lazy("Consumers in the EU, at your rate"),
    "seller_outside_scope": gettext_lazy("Seller outside the EU"),
}


def rule(code: str) -> str:
    """The rule by its name; one that is not known yet by its code."""
    return str(RULES.get(code, code))
