"""Checks and fills the columns that every organization has."""

from __future__ import annotations

from typing import Any

from purveyor.kernel.errors import Invalid
from purveyor.kernel.names import search_key, sort_key
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties.ports import Adapters
from purveyor.parties.rules.countries import COUNTRIES
from purveyor.parties.types import LANGUAGES, CustomerInput


def organization_columns(given: CustomerInput) -> dict[str, Any]:
    """The columns for ``given``. Raises Invalid naming the field, or vat_number_invalid."""
    country = given.country.strip().upper()
    if country not in COUNTRIES:
        raise Invalid(field="country", reason="country")
    if given.language not in LANGUAGES:
        raise Invalid(field="language", reason="choice", choices=list(LANGUAGES))
    name = clean_line(given.name, field="name")
    email = clean_email(given.email)
    columns: dict[str, Any] = {
        "name": name,
        "country": country,
        "email": email,
        "language": given.language,
        "line1": clean_line(given.address.line1, field="address.line1"),
        "line2": clean_line(given.address.line2, field="address.line2", required=False),
        "city": clean_line(given.address.city, field="address.city"),
        "region": clean_line(given.address.region, field="address.region", required=False),
        "postal_code": clean_line(given.address.postal_code, field="address.postal_code", length_max=20),
        "sort_key": sort_key(name),
    }
    number = clean_line(given.vat_number, field="vat_number", required=False, length_max=40)
    columns["vat_number"], columns["vat_status"] = "", "none"
    if number:
        normalized, status = Adapters.vat_numbers.normalize(country=country, number=number)
        columns["vat_number"], columns["vat_status"] = normalized, status
    columns["search_key"] = search_key(f"{name} {email} {columns['vat_number']}")
    return columns
