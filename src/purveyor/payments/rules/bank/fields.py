"""Single fields of statements, whatever the format: refused in words, never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from purveyor.kernel.money import Money, is_currency
from purveyor.payments.errors_bank import StatementUnreadable

BYTES_MAX = 30_000_000
ENTRIES_MAX = 50_000
TEXT_MAX = 2_000
_AMOUNT = re.compile(r"[0-9]{1,14}(?:\.[0-9]{0,5})?")
_CENTS = re.compile(r"([0-9]{1,14})\.([0-9]{2})")
_SPACES = re.compile(r"\s+")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")


def amount_of(text: str, currency: str, *, where: str) -> int:
    """Minor units of an amount without a sign. Raises StatementUnreadable."""
    plain = _CENTS.fullmatch(text) if currency == "EUR" else None
    if plain:
        return int(plain[1]) * 100 + int(plain[2])
    if not is_currency(currency):
        raise StatementUnreadable(reason="currency", where=where)
    if not _AMOUNT.fullmatch(text):
        raise StatementUnreadable(reason="amount", where=where)
    try:
        return Money.parse(Decimal(text), currency).amount
    except ValueError as error:
        raise StatementUnreadable(reason="amount", where=where) from error


def date_of(text: str, *, where: str) -> date:
    """The day of an ISO date or instant. Raises StatementUnreadable."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError as error:
        raise StatementUnreadable(reason="date", where=where) from error
    if not 1990 <= found.year <= 2100:
        raise StatementUnreadable(reason="date", where=where)
    return found


def line(text: str, limit: int = TEXT_MAX) -> str:
    """Text in one line without control characters, cut to ``limit``."""
    if text.isascii() and text.isprintable():
        # Nearly all of it; the rest is looked at sign by sign.
        return (_SPACES.sub(" ", text) if "  " in text else text).strip()[:limit]
    plain = "".join(
        " " if unicodedata.category(char).startswith("Z") or char in "\r\n\t" else char
        for char in text
        if char in "\r\n\t" or not unicodedata.category(char).startswith("C")
    )
    return _SPACES.sub(" ", plain).strip()[:limit]


def iban_of(text: str) -> str:
    """An account number in one piece; nothing for what is no IBAN."""
    compact = _SPACES.sub("", text).upper()
    return compact if _IBAN.fullmatch(compact) else ""


def account_of(text: str) -> str:
    """The account of a statement as it is kept: letters, digits and a slash. Raises StatementUnreadable."""
    compact = re.sub(r"[^0-9A-Z/]", "", text.upper())[:40]
    if len(compact) < 4:
        raise StatementUnreadable(reason="account")
    return compact
