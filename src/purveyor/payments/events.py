"""What payments announces; each with its payer, because it tells amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class PayableSettled(Event):
    """Money that arrived later covered a payable: whoever opened it goes on from here.

    Not announced for a payment from the balance, whose subject is settled in the same transaction.
    """

    kind: ClassVar[str] = "payable.settled"
    payable_id: str
    subject_kind: str
    subject_id: str
    method: str


@dataclass(frozen=True)
class PaymentReceived(Event):
    """A transfer was recorded. Amounts in minor units; ``payable_id`` is None for a deposit."""

    kind: ClassVar[str] = "payment.received"
    payment_id: str
    payable_id: str | None
    subject_kind: str | None
    subject_id: str | None
    amount: int
    currency: str


@dataclass(frozen=True)
class BalanceDeposited(Event):
    """Money was added to a prepaid balance: paid in, left over, or freed by a cancelled order."""

    kind: ClassVar[str] = "balance.deposited"
    organization_id: str
    amount: int
    currency: str
    reason: str
