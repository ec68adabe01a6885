"""What may be typed into names, addresses and e-mail fields."""

from __future__ import annotations

import re
import unicodedata

from purveyor.kernel.errors import Invalid

NAME_LENGTH_MAX = 200
EMAIL_LENGTH_MAX = 254

# Deliberately simple: one @, no spaces or quotes, a dot in the domain. Whether it exists only a mail can tell.
_PLAIN = r"[^\s@\"<>(),:;\\\[\]]"
_EMAIL = re.compile(rf"{_PLAIN}+@(?:(?!_){_PLAIN})+\.(?![\d.-])(?:(?![_.]){_PLAIN})+")
# Marks that turn the reading direction and so can make a name look like another.
_DIRECTION = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def clean_line(text: str, *, field: str, required: bool = True, length_max: int = NAME_LENGTH_MAX) -> str:
    """One line of text without surrounding blanks.

    Raises: Invalid (``required``, ``too_long``, ``control_characters``) naming ``field``.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if has_control_characters(line) or any(c in _DIRECTION for c in line):
        raise Invalid(field=field, reason="control_characters")
    # Invisible marks alone (zero-width spaces) are no text either.
    if required and not any(c.isprintable() and not c.isspace() for c in line):
        raise Invalid(field=field, reason="required")
    if len(line) > length_max:
        raise Invalid(field=field, reason="too_long", length_max=length_max)
    return line


def has_control_characters(text: str) -> bool:
    """Whether ``text`` holds what no name, address or search has: controls, lone surrogates, line separators."""
    return not text.isprintable() and any(unicodedata.category(c) in _FORBIDDEN for c in text)


def clean_email(text: str, *, field: str = "email") -> str:
    """An e-mail address in lower case.

    Raises: Invalid (``required``, ``email``, ``too_long``) naming ``field``.
    """
    line = clean_line(text, field=field, length_max=EMAIL_LENGTH_MAX).lower()
    local, _, domain = line.partition("@")
    if not _EMAIL.fullmatch(line) or ".." in line or local.startswith(".") or local.endswith("."):
        raise Invalid(field=field, reason="email")
    if domain.startswith("-") or len(local) > 64:
        raise Invalid(field=field, reason="email")
    return line
