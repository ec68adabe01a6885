"""Addresses pasted as a list. What one address may look like is ``kernel.text``'s."""

from __future__ import annotations

import re

from purveyor.seats.types import PastedRow

_NAMED = re.compile(r"^\s*\"?(?P<name>[^\"<>]*?)\"?\s*<(?P<email>[^<>]+)>\s*$")


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
