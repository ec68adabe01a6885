"""What renewals shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

# ``upcoming`` is computed, the others are stored.
RenewalStatus = Literal["upcoming", "pending", "at_risk", "missed", "paid", "ended"]


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """What became of one term at its end. ``reason`` is a stable word where it ended against the settings."""

    id: UUID
    subscription_id: UUID
    period_start: date
    status: RenewalStatus
    reason: str
    quantity: int
    invoice_id: UUID | None
    opened_at: datetime
