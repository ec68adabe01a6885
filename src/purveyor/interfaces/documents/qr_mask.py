"""The mask of a QR code (ISO/IEC 18004, 7.8), chosen by the standard's four penalties over whole numbers of bits.

segno tries the eight masks module by module: 8 ms a code, half of what a document took. What one mask changes against
another does not depend on the content, so it is learnt from segno once a version, and the scores are a few shifts each.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import segno

# Of each row the modules, "1" for dark.
Rows = list[str]
_MASKS = 8
# Between two rows, so that no pattern runs from one into the next; as wide as the light area of the third rule.
_GAP = 4
_DIGITS = bytes.maketrans(b"\x00\x01", b"01")


class _Form(NamedTuple):
    """Of one version: which bits are modules, and what each mask changes, by rows and by columns."""

    side: int
    modules: int
    changes: tuple[tuple[int, int], ...]


def best_masked(content: bytes, error: str) -> Rows:
    """The smallest code of ``content`` at this error level, under the mask with the lowest penalty."""
    code = segno.make_qr(content, error=error, boost_error=False, mask=0)
    form = _form(int(code.version), error)
    rows, columns = _bits(code.matrix), _bits(list(zip(*code.matrix, strict=True)))
    best = min(form.changes, key=lambda change: _penalty(rows ^ change[0], columns ^ change[1], form))
    return _rows(rows ^ best[0], form.side)


@cache
def _form(version: int, error: str) -> _Form:
    codes = [
        segno.make_qr(b"?", error=error, boost_error=False, version=version, mask=mask).matrix
        for mask in range(_MASKS)
    ]
    side = len(codes[0])
    both = [(_bits(one), _bits(list(zip(*one, strict=True)))) for one in codes]
    modules = _bits([[1] * side] * side)
    return _Form(side, modules, tuple((one[0] ^ both[0][0], one[1] ^ both[0][1]) for one in both))


def _bits(rows: Sequence[Sequence[int]]) -> int:
    """All rows as one number, a gap of zeros behind each."""
    return int(b"".join(bytes(row).translate(_DIGITS) + b"0" * _GAP for row in rows), 2)


def _rows(bits: int, side: int) -> Rows:
    text = f"{bits:0{side * (side + _GAP)}b}"
    return [text[at : at + side] for at in range(0, len(text), side + _GAP)]


def _penalty(rows: int, columns: int, form: _Form) -> int:
    stride = form.side + _GAP
    found = 0
    for dark in (rows, columns):
        light = form.modules & ~dark
        found += _runs(dark) + _runs(light) + 40 * _finders(dark, light)
    found += 3 * (_blocks(rows, stride) + _blocks(form.modules & ~rows, stride))
    share = rows.bit_count() * 100 / form.side**2
    return found + 10 * int(abs(share - 50) / 5)


def _runs(one: int) -> int:
    """Five or more of one colour in line: three points, and one for each beyond the fifth."""
    fives = one & one >> 1 & one >> 2 & one >> 3 & one >> 4
    return fives.bit_count() + 2 * (fives & ~(fives >> 1)).bit_count()


def _blocks(one: int, stride: int) -> int:
    """Squares of two by two in one colour."""
    pairs = one & one >> 1
    return (pairs & pairs >> stride).bit_count()


def _finders(dark: int, light: int) -> int:
    """What looks like a finder: dark, light, three dark, light, dark, with four light modules before or behind it.
    Outside the code all is light."""
    patterns = dark & light >> 1 & dark >> 2 & dark >> 3 & dark >> 4 & light >> 5 & dark >> 6
    before = ~dark >> 7 & ~dark >> 8 & ~dark >> 9 & ~dark >> 10
    behind = ~(dark << 1 | dark << 2 | dark << 3 | dark << 4)
    return (patterns & (before | behind)).bit_count()
