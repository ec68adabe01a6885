"""Electronic addresses (BT-34, BT-49): under which scheme of the EAS code list a party is found in Peppol."""

from __future__ import annotations

from purveyor.billing.norm import is_vat_identifier
from purveyor.billing.types import PartySnapshot

# Schemes whose identifier is the VAT number itself, prefix included, by that prefix.
_BY_VAT_NUMBER = {
    "AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930", "DK": "0198", "EE": "9931",
    "EL": "9933", "ES": "9920", "FI": "0213", "FR": "9957", "GB": "9932", "HR": "9934", "HU": "9910", "IE": "9935",
    "IT": "0211", "LT": "9937", "LU": "9938", "LV": "9939", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946",
    "RO": "9947", "SI": "9949", "SK": "9950",
}  # fmt: skip
_SWEDISH_ORGANIZATION = "0007"
_MAIL = "EM"
_SWEDISH_LENGTH = len("SE556012579001")


def endpoint_of(party: PartySnapshot) -> tuple[str, str] | None:
    """Identifier and scheme: by VAT number where its country has a scheme, else the mail address, else none."""
    number = party.vat_number or ""
    if number.startswith("SE") and len(number) == _SWEDISH_LENGTH and number[2:].isdigit():
        return number[2:12], _SWEDISH_ORGANIZATION
    scheme = _BY_VAT_NUMBER.get(number[:2])
    if scheme is not None and is_vat_identifier(number, party.country):
        return number, scheme
    return (party.email, _MAIL) if party.email else None
