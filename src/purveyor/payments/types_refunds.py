"""Money that goes back to its payer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.billing.types import Document
from purveyor.kernel.money import Money

RefundTo = Literal["balance", "source"]
RefundMethod = Literal["balance", "bank_transfer", "card"]
RefundStatus = Literal["pending", "sent", "done", "failed"]
RefundOutcome = Literal["sent", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back. ``payment_id`` is the payment it came with, where that is known.

    ``iban`` and ``name`` are the account of a transfer, empty while nobody has named one; ``reference`` is what the
    payer reads on its statement; ``why`` is why it failed (then it went to the balance). One of a balance answers
    no invoice.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID
    invoice_id: UUID | None
    credit_note_id: UUID | None
    payment_id: UUID | None
    number: str
    method: RefundMethod
    amount: Money
    status: RefundStatus
    iban: str
    name: str
    reference: str
    provider_id: str
    why: str
    asked_at: datetime
    sent_at: datetime | None
    done_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the money is still on its way."""
        return self.status in ("pending", "sent")

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.asked_at, self.id)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a refund, before it is asked for; ``payment_id`` is None for what goes to the balance."""

    payment_id: UUID | None
    method: RefundMethod
    amount: Money


@dataclass(frozen=True, slots=True)
class CreditLine:
    """How many seats of an invoice's line are credited."""

    line_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """A credit note and where its money went: ``settled`` was open on the invoice, the rest is ``refunds``.

    ``ended`` counts the seats that ended with it, a subscription.
    """

    document: Document
    settled: Money
    refunds: tuple[Refund, ...]
    ended: tuple[tuple[UUID, int], ...] = ()
