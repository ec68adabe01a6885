"""Ids that a number names, so that every contender can ask for the same rows without looking them up first.

They are UUIDv7 of one instant: kind and number stand where the random bits are.
"""

from __future__ import annotations

from uuid import UUID

_EPOCH_MS = 1_750_000_000_000
CUSTOMER, MEMBER, SUBSCRIPTION, ASSIGNMENT, TERM, ACTIVITY, QUOTE, OTHER = range(1, 9)


def of(kind: int, number: int) -> UUID:
    """The id of row `number` (below 2**48) of `kind` (below 4096)."""
    return UUID(int=(_EPOCH_MS << 80) | (0x7 << 76) | (kind << 64) | (0b10 << 62) | number)


_PREFIXES = {kind: str(of(kind, 0))[:24] for kind in range(1, 9)}


def prefix(kind: int) -> str:
    """All of an id but its last twelve hexadecimal digits, which are the number."""
    return _PREFIXES[kind]


def text(kind: int, number: int) -> str:
    """The same id as text, faster: loading makes half a million."""
    return f"{_PREFIXES[kind]}{number:012x}"
