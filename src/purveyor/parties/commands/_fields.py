"""Checks and fills the columns that every organization has."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.kernel.errors import Invalid
from purveyor.kernel.names import search_key, sort_key
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties.ports import Adapters, NumberFound
from purveyor.parties.rules.countries import COUNTRIES
from purveyor.parties.types import LANGUAGES, CustomerInput, Organization


def organization_columns(
    given: CustomerInput, *, before: Organization | None = None
) -> tuple[dict[str, Any], NumberFound | None]:
    """The columns for ``given``, and what the check of a new number found, to be kept as evidence.

    A number that stays the number of the same country keeps the state it had ``before``: it is looked at on its own
    schedule. A new one may be asked about, so call this before anything is locked.

    Raises: Invalid naming the field, or vat_number_invalid.
    """
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
    found: NumberFound | None = None
    if number:
        normalized = Adapters.vat_numbers.normalize(country=country, number=number)
        columns["vat_number"] = normalized
        if before is not None and (before.vat_number, before.country) == (normalized, country):
            columns["vat_status"] = before.vat_status
        else:
            found = Adapters.vat_numbers.check(country=country, number=normalized, name=name)
            columns["vat_status"] = found.status
    columns["search_key"] = search_key(f"{name} {email} {columns['vat_number']}")
    return columns, found


def keep_evidence(
    found: NumberFound | None, country: str, reseller_id: UUID, customer_id: UUID | None, now: datetime
) -> None:
    """Store what the check of a new number found; nothing for a number that did not change."""
    if found is not None:
        Adapters.vat_numbers.keep_evidence(
            found=found, country=country, reseller_id=reseller_id, customer_id=customer_id, now=now
        )
