"""What billing announces; each with its payer, because it tells amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class _DocumentEvent(Event):
    """Ids as UUID text; ``gross`` in minor units. A gathered invoice is for no single customer."""

    document_id: str
    number: str
    customer_id: str | None
    payer_id: str
    order_id: str | None
    gross: int
    currency: str


@dataclass(frozen=True)
class InvoiceIssued(_DocumentEvent):
    """An invoice got its number."""

    kind: ClassVar[str] = "invoice.issued"


@dataclass(frozen=True)
class ProFormaIssued(_DocumentEvent):
    """A pro-forma asks for money before the invoice."""

    kind: ClassVar[str] = "pro_forma.issued"


@dataclass(frozen=True)
class CreditNoteIssued(_DocumentEvent):
    """A credit note answers an invoice, whole or in part."""

    kind: ClassVar[str] = "credit_note.issued"


@dataclass(frozen=True)
class InvoicePaid(_DocumentEvent):
    """Nothing is open on it any more."""

    kind: ClassVar[str] = "invoice.paid"


@dataclass(frozen=True)
class InvoicePartlyPaid(_DocumentEvent):
    """Money was counted towards it, and something is still open."""

    kind: ClassVar[str] = "invoice.partly_paid"


@dataclass(frozen=True)
class InvoiceOverdue(_DocumentEvent):
    """Its due date passed and something is open."""

    kind: ClassVar[str] = "invoice.overdue"


@dataclass(frozen=True)
class InvoiceHeld(Event):
    """A supply was made, and its invoice waits; ``subject_id`` is the order's or the subscription's."""

    kind: ClassVar[str] = "invoice.held"
    held_id: str
    subject_kind: str
    subject_id: str
    reason: str


@dataclass(frozen=True)
class InvoiceReleased(Event):
    """An invoice that was held is issued; invoice.issued comes with it."""

    kind: ClassVar[str] = "invoice.released"
    held_id: str
    subject_kind: str
    subject_id: str
    document_id: str
    number: str


@dataclass(frozen=True)
class InvoiceReplaced(Event):
    """An invoice was credited in full and issued anew, as ``by_id``; ``paid``: nothing is open on the new one."""

    kind: ClassVar[str] = "invoice.replaced"
    document_id: str
    by_id: str
    number: str
    paid: bool
