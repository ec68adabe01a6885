"""An invoice that is held, as it is shown to other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from purveyor.billing.types import DocumentDraft
from purveyor.kernel.money import Money

# Nobody can say whether the buyer's VAT number is valid; it would break a rule of the e-invoice's norm; the VAT cannot
# be told in the seller's currency.
HoldReason = Literal["number_unknown", "would_not_validate", "rate_missing"]
HeldSubject = Literal["order", "renewal", "account"]


@dataclass(frozen=True, slots=True)
class Why:
    """Why an invoice cannot be issued now; ``rules`` are the norm's that it would break."""

    reason: HoldReason
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """How a sale is booked when its invoice is issued: the ledger's kind and reference of the movement."""

    kind: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldInvoice:
    """A supply that was made and is not invoiced yet.

    ``paid`` waits for it as an advance. ``due_at`` is when it is issued however it stands; None where it cannot be.
    ``supplied_on`` is the day whose law decides its VAT.
    """

    id: UUID
    subject_kind: HeldSubject
    subject_id: UUID
    why: Why
    draft: DocumentDraft
    booking: Booking
    paid: Money
    held_at: datetime
    supplied_on: date
    due_at: datetime | None
    released_at: datetime | None = None
    document_id: UUID | None = None

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.held_at, self.id)
