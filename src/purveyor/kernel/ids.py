"""Ids: UUIDv7 (RFC 9562) made here, shown to people as ``cus_`` and 26 characters of Crockford base 32.

An id tells the order of creation on the real clock; business time, which a test clock may move, is never
read from it.
"""

import os
import threading
import time
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_TEXT_LENGTH = 26
# Two characters at a time: a list of fifty rows shows two hundred ids.
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_SHIFTS = tuple(range(120, -1, -10))


class _Ticks:
    """The last tick given out, so that a clock that stands still or steps back does not break the order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def after(self, tick: int, count: int = 1) -> int:
        """The first of ``count`` ticks, none of them given out before."""
        with self._lock:
            first = max(tick, self._last + 1)
            self._last = first + count - 1
            return first


_ticks = _Ticks()


def new_id() -> UUID:
    """A new UUIDv7, larger than every one this process made before.

    48 bits of milliseconds, 12 bits of their fraction (RFC 9562 section 6.2, method 3), 62 random bits.
    """
    tick = _ticks.after(_tick())
    random_bits = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = ((tick >> 12) << 80) | (0x7 << 76) | ((tick & 0xFFF) << 64) | (0b10 << 62) | random_bits
    return UUID(int=value)


def _tick() -> int:
    """The real clock in milliseconds and 4096ths of one."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    return ((seconds * 1000 + milliseconds) << 12) | (rest * 4096 // 1_000_000)


def new_id_texts(count: int) -> list[str]:
    """``count`` new ids, in order, as the texts that JSON and COPY carry: a bulk run needs ten a row."""
    first = _ticks.after(_tick(), count)
    noise = os.urandom(8 * count).hex()
    found = []
    for index in range(count):
        tick = first + index
        time_part = f"{tick >> 12:012x}"
        at = 16 * index
        variant = "89ab"[int(noise[at], 16) & 3]
        found.append(
            f"{time_part[:8]}-{time_part[8:]}-7{tick & 0xFFF:03x}"
            f"-{variant}{noise[at + 1 : at + 4]}-{noise[at + 4 : at + 16]}"
        )
    return found


def plain(value: UUID | None) -> str | None:
    """The id as JSON carries it inside the house; None stays None."""
    return None if value is None else str(value)


def show(prefix: str, value: UUID) -> str:
    """The id as people and programs see it: ``show("cus", id)`` is ``cus_`` and 26 lower-case characters."""
    number = value.int
    return f"{prefix}_{''.join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])}"


def read(prefix: str, text: str) -> UUID:
    """The id behind ``text``. One id has one spelling, so upper case and look-alike letters are refused.

    Raises:
        ValueError: another prefix, another length, a foreign character, or a number beyond 128 bits.
    """
    head, separator, body = text.partition("_")
    if head != prefix or not separator or len(body) != _TEXT_LENGTH:
        raise ValueError(f"not an id of kind {prefix}_")
    number = 0
    for char in body:
        digit = _VALUES.get(char)
        if digit is None:
            raise ValueError(f"not an id of kind {prefix}_")
        number = number * 32 + digit
    if number >> 128:
        raise ValueError(f"not an id of kind {prefix}_")
    return UUID(int=number)
