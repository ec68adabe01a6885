"""Corrections: what a credit note comes to, and what answers what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from purveyor.billing.types import Document, DocumentRow, TaxLine
from purveyor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """How much of an invoice's line is credited: seats and net, below or equal to the line's."""

    line_id: UUID
    quantity: int
    net: Money


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """What a credit note over lines of ``invoice`` comes to: its lines, the taxes of these, the sums, and how much
    of the gross is ``settles``, set off against what is open on the invoice. The ``rest`` was paid."""

    invoice: Document
    lines: tuple[CreditedLine, ...]
    taxes: tuple[TaxLine, ...]
    net: Money
    vat: Money
    settles: Money

    @property
    def gross(self) -> Money:
        """Net and VAT."""
        return self.net + self.vat

    @property
    def rest(self) -> Money:
        """What was paid already and goes back."""
        return self.gross - self.settles


@dataclass(frozen=True, slots=True)
class Corrections:
    """The invoice that a credit note ``answers``; the credit notes of an invoice, the first one first, and how many
    seats of each line they took back."""

    answers: DocumentRow | None = None
    credit_notes: tuple[DocumentRow, ...] = ()
    seats: Mapping[UUID, int] = field(default_factory=dict)
