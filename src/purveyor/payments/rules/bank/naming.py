"""What a payer's text names: creditor references and numbers of documents, however they are spelled and broken."""

from __future__ import annotations

import re
from functools import lru_cache

from purveyor.payments.types_bank import ReadEntry

_HEAD = re.compile(r"RF[0-9]{2}")
_SEPARATORS = re.compile(r"[^0-9A-Z]+")
# 2026-R017-000123, 2026-R017-PF-000045; banks drop or replace the hyphens, and break lines anywhere.
_NUMBER = re.compile(
    r"(?=(20[0-9]{2})[-/. ]{0,2}([A-Z][0-9A-Z]{0,11})[-/. ]{0,2}(PF|CN)?[-/. ]{0,2}([0-9]{6}))"
)
_LENGTH_MAX = 25
TEXT_LOOKED_AT = 4_000


@lru_cache(maxsize=32768)
def references_in(text: str) -> tuple[str, ...]:
    """Valid creditor references (ISO 11649) in a text, in its order, each the longest that it may be and then
    shorter ones: what follows may be glued to it, and only a lookup tells."""
    compact = _SEPARATORS.sub("", text.upper()[:TEXT_LOOKED_AT])
    found: dict[str, None] = {}
    for head in _HEAD.finditer(compact):
        piece = compact[head.start() : head.start() + _LENGTH_MAX]
        for length in reversed(_valid_lengths(piece)):
            found[piece[:length]] = None
    return tuple(found)


def _valid_lengths(piece: str) -> list[int]:
    """At which lengths the piece is a reference: one pass, the remainder carried on (ISO 7064 MOD 97-10).

    Behind each body stand the letters RF, as 27 and 15, and the check digits.
    """
    tail = 271500 + int(piece[2:4])
    remainder, found = 0, []
    for length, char in enumerate(piece[4:], start=5):
        value = int(char, 36)
        remainder = (remainder * (100 if value > 9 else 10) + value) % 97
        if (remainder * 1_000_000 + tail) % 97 == 1:
            found.append(length)
    return found


@lru_cache(maxsize=32768)
def numbers_in(text: str) -> tuple[str, ...]:
    """Numbers of invoices and pro-formas in a text, as they are printed; whether they exist, only a lookup tells."""
    found: dict[str, None] = {}
    for year, code, series, sequence in _NUMBER.findall(text.upper()[:TEXT_LOOKED_AT]):
        middle = f"{code}-{series}" if series else code
        found[f"{year}-{middle}-{sequence}"] = None
    return tuple(found)


def references_of(entry: ReadEntry) -> tuple[str, ...]:
    """Every reference that the entry carries: in its place, as end-to-end id, in the text."""
    found = dict.fromkeys(
        reference
        for part in (entry.reference, entry.end_to_end, entry.text)
        if part and "RF" in part.upper()
        for reference in references_in(part)
    )
    return tuple(found)


def numbers_of(entry: ReadEntry) -> tuple[str, ...]:
    """Every number of a document that the entry names, in its text or in the place of the reference."""
    found = dict.fromkeys(
        number
        for part in (entry.reference, entry.end_to_end, entry.text)
        if part
        for number in numbers_in(part)
    )
    return tuple(found)
