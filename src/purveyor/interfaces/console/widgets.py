"""Data that views hand to the tags of `templatetags/ui.py`: plain frozen rows, no markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from purveyor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Pager:
    """Cursor pages. An empty url means there is no such page. `total` only where counting is cheap."""

    previous_url: str = ""
    next_url: str = ""
    shown: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link to another page of the same thing."""

    label: str
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explained amount.

    `text` says what, `how` shows the arithmetic in words ("5 seats × 12 months × 4.00 EUR"), `amount` is the
    result. `kind` "sum" draws a rule above it, "total" makes it the last and strongest line, "note" is grey text.
    """

    text: str
    amount: Money | None = None
    how: str = ""
    kind: Literal["line", "sum", "total", "note"] = "line"


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of a chart; `shown` is the value written out for the reader (money, a count)."""

    label: str
    value: int
    shown: str = ""
