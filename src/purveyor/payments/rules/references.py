"""Creditor references: what a payer writes on a transfer so that it finds its way (ISO 11649, rules.md e).

``RF``, two check digits, then up to 21 letters and digits. Check digits = 98 - (body + "RF00" as a number,
letters as 10 to 35, mod 97): the scheme of IBAN (ISO 7064 MOD 97-10).
"""

import re

_BODY = re.compile(r"[0-9A-Z]{1,21}")
_REFERENCE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
_SEPARATORS = re.compile(r"[\s-]+")


def rf_reference(body: str) -> str:
    """The reference for a body of 1 to 21 letters and digits, without spaces: "539007547034" gives
    "RF18539007547034".

    Raises:
        ValueError: an empty or too long body, or other characters. Accents and other scripts are refused.
    """
    text = body.upper()
    if not _BODY.fullmatch(text):
        raise ValueError("a reference body is 1 to 21 letters and digits")
    return f"RF{98 - _mod97(text + 'RF00'):02d}{text}"


def check_rf(text: str) -> bool:
    """Whether it is a valid reference, in one piece or in groups, in either case."""
    reference = normalize_rf(text)
    return bool(_REFERENCE.fullmatch(reference)) and _mod97(reference[4:] + reference[:4]) == 1


def normalize_rf(text: str) -> str:
    """The reference in one piece and upper case, as it is stored and compared."""
    return _SEPARATORS.sub("", text).upper()


def display_rf(reference: str) -> str:
    """The reference in groups of four, as it is printed: "RF18 5390 0754 7034"."""
    compact = normalize_rf(reference)
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def _mod97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97
