"""What renewals shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """What became of one term at its end. ``reason`` is a stable word where it ended against the settings."""

    id: UUID
    subscription_id: UUID
    period_start: date
    outcome: Literal["renewed", "ended"]
    reason: str
    quantity: int
    invoice_id: UUID | None
    rolled_at: datetime
