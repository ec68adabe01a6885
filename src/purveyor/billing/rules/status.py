"""What a payment makes of an invoice (rules.md d)."""

from __future__ import annotations

from typing import Literal

from purveyor.billing.types import Status

PAYABLE: frozenset[str] = frozenset({"issued", "partially_paid", "overdue"})


def status_of(*, gross: int, paid: int, before: Status = "issued") -> Status:
    """The status of an invoice with ``paid`` of ``gross`` (minor units); a part does not undo "overdue"."""
    if paid >= gross:
        return "paid"
    if before == "overdue" or paid == 0:
        return before
    return "partially_paid"


def number(*, year: int, code: str, series: Literal["", "PF", "CN"], sequence: int) -> str:
    """The number as printed: ``2026-R017-000123``, pro-formas ``2026-R017-PF-000045``."""
    middle = f"{code}-{series}" if series else code
    return f"{year}-{middle}-{sequence:06d}"
