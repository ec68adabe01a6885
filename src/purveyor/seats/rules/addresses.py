"""Addresses and names as they are typed and pasted. A login's address (``parties``) keeps to the same form."""

from __future__ import annotations

import re
import unicodedata

from purveyor.kernel.errors import Invalid
from purveyor.seats.types import PastedRow

NAME_LENGTH = 200
EMAIL_LENGTH = 254
LOCAL_LENGTH = 64
_PLAIN = r"[^\s@\"<>(),:;\\\[\]]"
_EMAIL = re.compile(rf"{_PLAIN}+@(?:(?!_){_PLAIN})+\.(?![\d.-])(?:(?![_.]){_PLAIN})+")
_NAMED = re.compile(r"^\s*\"?(?P<name>[^\"<>]*?)\"?\s*<(?P<email>[^<>]+)>\s*$")
_DIRECTION = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def clean_name(text: str) -> str:
    """A name in one line; may be empty.

    Raises:
        Invalid: field name, reason control_characters or too_long.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in _FORBIDDEN or c in _DIRECTION for c in line):
        raise Invalid(field="name", reason="control_characters")
    if len(line) > NAME_LENGTH:
        raise Invalid(field="name", reason="too_long", length_max=NAME_LENGTH)
    return line


def clean_email(text: str) -> str:
    """The address in lower case, which is also the key that makes it unique in its customer.

    Raises:
        Invalid: field email, reason required, email or too_long.
    """
    line = unicodedata.normalize("NFC", text).strip().lower()
    if not line:
        raise Invalid(field="email", reason="required")
    if len(line) > EMAIL_LENGTH:
        raise Invalid(field="email", reason="too_long", length_max=EMAIL_LENGTH)
    local, _, domain = line.partition("@")
    bad = (
        any(unicodedata.category(c) in _FORBIDDEN or c in _DIRECTION for c in line)
        or not _EMAIL.fullmatch(line)
        or ".." in line
        or local.startswith(".")
        or local.endswith(".")
        or domain.startswith("-")
        or len(local) > LOCAL_LENGTH
    )
    if bad:
        raise Invalid(field="email", reason="email")
    return line


def read_pasted(text: str) -> tuple[PastedRow, ...]:
    """Addresses from pasted text: one a line, or parted by commas or semicolons; ``Anna Lind <anna@x.se>`` too.

    What is no address comes back as it is, so that its row can be shown with a verdict.
    """
    rows: list[PastedRow] = []
    for piece in re.split(r"[\n\r;,\t]+", text):
        if not piece.strip():
            continue
        named = _NAMED.match(piece)
        if named:
            rows.append(PastedRow(email=named["email"].strip(), name=named["name"].strip()))
            continue
        rows += [PastedRow(email=word) for word in _words(piece)]
    return tuple(rows)


def _words(piece: str) -> list[str]:
    words = piece.split()
    return words if all("@" in word for word in words) else [piece.strip()]
