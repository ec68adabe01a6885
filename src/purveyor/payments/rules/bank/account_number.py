"""Numbers of bank accounts (IBAN, ISO 13616): what is wrong with one, as exactly as it can be said."""

from __future__ import annotations

import re

from stdnum import iban, numdb
from stdnum.exceptions import ValidationError

from purveyor.kernel.errors import Invalid

# Where SEPA direct debits work: the EEA and those that joined the schemes (EPC409-09).
SEPA = frozenset(
    {
        *(
            "AD",
            "AL",
            "AT",
            "BE",
            "BG",
            "CH",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "ES",
            "FI",
            "FR",
            "GB",
            "GI",
            "GR",
        ),
        *(
            "HR",
            "HU",
            "IE",
            "IS",
            "IT",
            "LI",
            "LT",
            "LU",
            "LV",
            "MC",
            "MD",
            "ME",
            "MK",
            "MT",
            "NL",
            "NO",
            "PL",
        ),
        *("PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA"),
    }
)
_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+")
_PARTS = re.compile(r"(\d+)!")
_COUNTRIES = numdb.get("iban")


def check(text: str, *, sepa: bool = False) -> str:
    """The IBAN without blanks, in capitals. ``sepa``: it is to be collected from.

    Raises: Invalid (``iban``): ``iban_form``, ``iban_country`` (unknown), ``iban_length`` (with ``expected`` and
    ``found``), ``iban`` (the check digits do not fit), ``iban_not_sepa``.
    """
    compact = re.sub(r"[\s.-]+", "", text).upper()
    if not _FORM.fullmatch(compact):
        raise Invalid(field="iban", reason="iban_form")
    country = compact[:2]
    length = _length_of(country)
    if length is None:
        raise Invalid(field="iban", reason="iban_country", value=country)
    if len(compact) != length:
        raise Invalid(
            field="iban", reason="iban_length", country=country, expected=length, found=len(compact)
        )
    try:
        iban.validate(compact)
    except ValidationError as error:
        raise Invalid(field="iban", reason="iban") from error
    if sepa and country not in SEPA:
        raise Invalid(field="iban", reason="iban_not_sepa", country=country)
    return compact


def _length_of(country: str) -> int | None:
    """How many characters an IBAN of this country has; None where there is none."""
    layout = _COUNTRIES.info(country)[0][1].get("bban", "")
    parts = [int(count) for count in _PARTS.findall(layout)]
    return 4 + sum(parts) if parts else None
