"""What the bank's own word for an entry says: its charge, its interest, something that came back.

ISO 20022 bank transaction codes (domain.family.subfamily, "ACMT.MDOP.CHRG"), the types of MT940 ("NCHG") and the
business transaction codes of German banks ("NMSC+808+9300"). Only a suggestion for a person ever follows from them.
"""

from __future__ import annotations

import re

from purveyor.payments.types_bank import OwnAccount

_WORDS = re.compile(r"[0-9A-Z]+")
_FEES = frozenset({"CHRG", "COMM", "FEES", "CHG", "COM", "805", "808"})
_INTEREST = frozenset({"INTR", "INT", "814"})
_RETURNS = frozenset({"RRTN", "RPCR", "RTI", "RTN", "159", "169"})
# MT940 writes N, F or S before a type of three letters.
_TYPE = re.compile(r"[NFS]([A-Z]{3})")
# The end-to-end id of a payout: REF and an id in base 32 (``payment_files.end_to_end_of``).
_PAYOUT = re.compile(r"REF[0-9A-HJKMNP-TV-Z]{26}")
_SEPARATORS = re.compile(r"[^0-9A-Z]+")


def account_of_code(code: str) -> OwnAccount | None:
    """Where an entry of this kind is booked, as far as the bank says it."""
    words = _words(code)
    if words & _FEES:
        return "bank_fees"
    return "bank_interest" if words & _INTEREST else None


def is_return(code: str) -> bool:
    """Whether the bank says that a payment came back."""
    return bool(_words(code) & _RETURNS)


def payouts_in(*texts: str) -> tuple[str, ...]:
    """End-to-end ids of our payouts that these texts name, however a bank broke them up."""
    found: dict[str, None] = {}
    for text in texts:
        if "REF" in text.upper():
            found.update(dict.fromkeys(_PAYOUT.findall(_SEPARATORS.sub("", text.upper()))))
    return tuple(found)


def _words(code: str) -> set[str]:
    words = set(_WORDS.findall(code.upper()))
    return words | {found[1] for word in words if (found := _TYPE.fullmatch(word))}
