"""Payables, payments and how they met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from purveyor.kernel.money import Money

Method = Literal["bank_transfer", "balance"]
SubjectKind = Literal["order", "invoice", "renewal"]
PayableStatus = Literal["open", "partially_paid", "settled", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """Something to be paid by ``payer_id``. Its subject is a name for whoever opened it; payments only
    knows that an order has no invoice yet.

    ``reference`` is the ISO 11649 creditor reference; None for one paid from the balance at once.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    amount: Money
    paid: Money
    method: Method
    reference: str | None
    status: PayableStatus
    opened_at: datetime
    settled_at: datetime | None

    @property
    def open(self) -> Money:
        """What is still to come."""
        return self.amount - self.paid

    @property
    def is_settled(self) -> bool:
        """Whether all of it is paid."""
        return self.status == "settled"

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.opened_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that came: ``allocated`` of it to the payable, the rest to the payer's balance.

    ``reference`` is what the bank statement or the operator says about it.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID
    payable_id: UUID | None
    amount: Money
    allocated: Money
    method: Method
    received_on: date
    reference: str
    recorded_at: datetime
    recorded_by: str

    @property
    def to_balance(self) -> Money:
        """What the payable did not need. A payment from the balance never has a rest."""
        return self.amount - self.allocated

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.recorded_at, self.id)


@dataclass(frozen=True, slots=True)
class Allocated:
    """``to_payable`` and ``to_balance`` sum to the payment; ``paid`` and ``status`` are the payable's after it."""

    to_payable: Money
    to_balance: Money
    paid: Money
    status: PayableStatus


@dataclass(frozen=True, slots=True)
class Instructions:
    """How to pay a payable by bank transfer."""

    amount: Money
    reference: str
    beneficiary: str
    iban: str
    bic: str
    bank_name: str
