"""VAT numbers: their spelling, form and check digit (python-stdnum), without asking anybody.

Sources: Directive 2006/112/EC art. 215 (the prefix; Greece writes EL); the forms of the member states as VIES
lists them; rules.md c2.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Literal

from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.util import get_cc_module

from purveyor.kernel.errors import Invalid
from purveyor.tax.errors import VatNumberInvalid
from purveyor.tax.rules.territories import EU_MEMBERS, number_country
from purveyor.tax.types import FORMAT_ONLY, NOT_CHECKED, NumberResult

MAX_LENGTH = 40

# Address countries whose businesses bear the numbers of a member state.
_NUMBERS_OF = {"EL": "GR", "MC": "FR", "AX": "FI", "UK": "GB"}
_NUMBERS_OF |= dict.fromkeys(["IC", "EA"], "ES") | dict.fromkeys(["GP", "MQ", "RE"], "FR")
_PREFIXES = {country: ("EL" if country == "GR" else country) for country in EU_MEMBERS}
_COUNTRIES = {prefix: country for country, prefix in _PREFIXES.items()} | {"GR": "GR"}
_SEPARATORS = re.compile(r"[\s.,:/()\-]")
_BODY = re.compile(r"[0-9A-Z+*]+")
# python-stdnum takes a citizen's 13 digits in Romania; no such number is a VAT number.
_SHAPES = {"RO": re.compile(r"\d{2,10}")}

_Reason = Literal["length", "form", "check_digit"]


def check_number(country: str, number: str) -> NumberResult:
    """Check a number as typed by or for a party whose address is in ``country`` (two letters).

    A party in a member state: spaces, points, dashes and lower case do not matter; the prefix is added from
    the address country when it is missing (EL for Greece; FR for Monaco); a number with the prefix of another
    member state is checked by that state's rules, because a business may use the number of its
    establishment there. Good form and check digit give ``valid``, with the evidence that only these were
    checked.

    A party anywhere else (Great Britain, Mexico; Northern Ireland too, whose XI numbers are for goods only):
    the text is kept as typed, not checked, and the status is ``unknown``: it does not matter for the VAT.

    An empty text gives ``none``.

    Raises:
        VatNumberInvalid: a number of a member state with a wrong length, form or check digit.
        Invalid: field ``vat_number``; ``control_characters`` or ``too_long`` (more than 40 characters).
    """
    text = _clean(number)
    if not text:
        return NumberResult("none", "", _evidence("", country, "none", NOT_CHECKED))
    state = _NUMBERS_OF.get(country.upper(), country.upper())
    if state not in EU_MEMBERS:
        return NumberResult("unknown", text, _evidence(text, state, "unknown", NOT_CHECKED))
    plain = _SEPARATORS.sub("", text).upper()
    try:
        normalized = _validated(state, plain)
    except _Refused as refused:
        other = _COUNTRIES.get(plain[:2])
        if other is None or other == state:
            raise _invalid(text, state, refused.reason) from None
        try:
            normalized, state = _validated(other, plain), other
        except _Refused as foreign:
            raise _invalid(text, other, foreign.reason) from None
    return NumberResult("valid", normalized, _evidence(normalized, state, "valid", FORMAT_ONLY))


def of_member_state(normalized: str) -> bool:
    """Whether a number, as it is stored, bears the prefix of a member state: only such a one can be asked about."""
    return number_country(normalized) in EU_MEMBERS


class _Refused(Exception):
    def __init__(self, reason: _Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _clean(number: str) -> str:
    """One line of text: compatible forms of characters made plain, spaces single.

    Raises: Invalid for what cannot be printed in a number, such as a line break or a text direction mark.
    """
    if any(unicodedata.category(c).startswith("C") for c in number.strip()):
        raise Invalid(field="vat_number", reason="control_characters")
    text = " ".join(unicodedata.normalize("NFKC", number).split())
    if len(text) > MAX_LENGTH:
        raise Invalid(field="vat_number", reason="too_long", maximum=MAX_LENGTH)
    return text


def _validated(country: str, plain: str) -> str:
    """The number with its prefix, as ``country`` writes it.

    A body may begin like a prefix (the French key FR), so the text is tried as it is and without the prefix.
    """
    prefix = _PREFIXES[country]
    refusals = []
    for body in _bodies(country, plain):
        try:
            return prefix + _valid_body(country, prefix, body)
        except _Refused as refused:
            refusals.append(refused)
    raise refusals[0]


def _bodies(country: str, plain: str) -> list[str]:
    prefixes = {_PREFIXES[country], country}
    if plain[:2] in prefixes:
        return [plain[2:], plain] if country == "FR" else [plain[2:]]
    return [plain]


def _valid_body(country: str, prefix: str, body: str) -> str:
    if not _BODY.fullmatch(body) or (country != "FR" and body[:2] == prefix):
        raise _Refused("form")
    module = get_cc_module(country.lower(), "vat")
    assert module is not None  # the library has one for every member state; a test says so
    try:
        # With the prefix before it, the library takes exactly that prefix away.
        found = str(module.validate(prefix + body))
    except InvalidChecksum:
        raise _Refused("check_digit") from None
    except InvalidLength:
        raise _Refused("length") from None
    except ValidationError:
        raise _Refused("form") from None
    result = found if country == "FR" else found.removeprefix(prefix)
    shape = _SHAPES.get(country)
    if shape is not None and not shape.fullmatch(result):
        raise _Refused("length")
    return result


def _invalid(number: str, country: str, reason: _Reason) -> VatNumberInvalid:
    return VatNumberInvalid(field="vat_number", number=number, country=country, reason=reason)


def _evidence(number: str, country: str, status: str, source: str) -> dict[str, Any]:
    return {"number": number, "country": country, "status": status, "source": source}
