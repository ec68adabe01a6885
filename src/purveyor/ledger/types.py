"""What the ledger takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from purveyor.kernel.money import Money


class AccountKind(StrEnum):
    """The accounts of a reseller's books; those of a party (``PARTY_KINDS``) exist once per party."""

    CASH_CLEARING = "cash_clearing"
    CARD_CLEARING = "card_clearing"
    RECEIVABLE = "receivable"
    CUSTOMER_PREPAID = "customer_prepaid"
    ADVANCE = "advance"
    REFUND_PAYABLE = "refund_payable"
    DEFERRED_REVENUE = "deferred_revenue"
    REVENUE = "revenue"
    TAX_PAYABLE = "tax_payable"
    WRITE_OFF = "write_off"
    FEES = "fees"
    FX = "fx"
    # The operator's own money on its bank account: in its own books, and nobody's payment.
    BANK_FEES = "bank_fees"
    BANK_INTEREST = "bank_interest"
    BANK_OTHER = "bank_other"


PARTY_KINDS = frozenset(
    {
        AccountKind.RECEIVABLE,
        AccountKind.CUSTOMER_PREPAID,
        AccountKind.ADVANCE,
        AccountKind.REFUND_PAYABLE,
    }
)
# Movements in the operator's own books, which are no reseller's.
OWN_MOVEMENTS = frozenset({"bank_fees", "bank_interest", "bank_other", "bank_undone"})


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a transaction: debit above zero, credit below. ``party_id`` exactly for ``PARTY_KINDS``."""

    kind: AccountKind
    amount: Money
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The transaction of a reference; ``is_new`` is False when it had been posted before."""

    transaction_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """Prepaid money of one party in one currency: free to spend, and set aside."""

    available: Money
    reserved: Money


@dataclass(frozen=True, slots=True)
class PartyBalance:
    """Prepaid money of a party in one currency, as a row of a list of all."""

    account_id: UUID
    party_id: UUID
    available: Money
    reserved: Money

    @property
    def cursor(self) -> tuple[int, UUID]:
        """Where the next page of a list begins."""
        return (self.available.amount, self.account_id)


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a prepaid balance: above zero was paid in, below zero spent.

    ``kind`` and ``reference`` are those of the transaction; ``id`` orders movements and is their cursor.
    """

    id: int
    at: datetime
    booked_on: date
    kind: str
    reference: str
    amount: Money
    customer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Drift:
    """A cached balance that differs from the sum of its entries. There should never be one."""

    account_id: UUID
    party_id: UUID
    cached: Money
    summed: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One sum that the books should hold, or do hold: debit above zero, minor units.

    ``what`` is the account's kind, or the name of another sum that two places must agree on.
    """

    what: str
    reseller_id: UUID
    party_id: UUID | None
    currency: str
    amount: int
