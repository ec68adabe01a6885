"""The standard movements as legs, so that every room books the same business the same way.

Debit above zero. A post may join several of them (``sale(...) + from_advance(...)``).
"""

from __future__ import annotations

from uuid import UUID

from purveyor.kernel.money import Money
from purveyor.ledger.types import AccountKind, Leg


def sale(*, payer_id: UUID, net: Money, vat: Money) -> list[Leg]:
    """An invoice was issued: the payer owes the gross; revenue is deferred, VAT is owed to the state."""
    return _without_zero(
        [
            Leg(AccountKind.RECEIVABLE, net + vat, payer_id),
            Leg(AccountKind.DEFERRED_REVENUE, -net),
            Leg(AccountKind.TAX_PAYABLE, -vat),
        ]
    )


def from_advance(*, payer_id: UUID, amount: Money) -> list[Leg]:
    """Money that had arrived for an order pays the invoice that the order became."""
    return _without_zero(
        [Leg(AccountKind.ADVANCE, amount, payer_id), Leg(AccountKind.RECEIVABLE, -amount, payer_id)]
    )


def from_balance(*, payer_id: UUID, amount: Money) -> list[Leg]:
    """The payer's prepaid balance pays what it owes."""
    return _without_zero(
        [Leg(AccountKind.CUSTOMER_PREPAID, amount, payer_id), Leg(AccountKind.RECEIVABLE, -amount, payer_id)]
    )


def transfer_for_order(*, payer_id: UUID, amount: Money, to_order: Money) -> list[Leg]:
    """Money arrived for an order that has no invoice yet; what it does not need goes to the balance."""
    return _received(payer_id, amount, AccountKind.ADVANCE, to_order)


def transfer_for_invoice(*, payer_id: UUID, amount: Money, to_invoice: Money) -> list[Leg]:
    """Money arrived for an invoice; what it does not need goes to the balance."""
    return _received(payer_id, amount, AccountKind.RECEIVABLE, to_invoice)


def deposit(*, party_id: UUID, amount: Money) -> list[Leg]:
    """Money paid in ahead. It is a debt of ours, not revenue (rules.md e)."""
    return _received(party_id, amount, AccountKind.ADVANCE, Money.zero(amount.currency))


def advance_to_balance(*, payer_id: UUID, amount: Money) -> list[Leg]:
    """The order was cancelled: what had arrived for it is the payer's to spend."""
    return _without_zero(
        [Leg(AccountKind.ADVANCE, amount, payer_id), Leg(AccountKind.CUSTOMER_PREPAID, -amount, payer_id)]
    )


def _received(payer_id: UUID, amount: Money, kind: AccountKind, allocated: Money) -> list[Leg]:
    return _without_zero(
        [
            Leg(AccountKind.CASH_CLEARING, amount),
            Leg(kind, -allocated, payer_id),
            Leg(AccountKind.CUSTOMER_PREPAID, allocated - amount, payer_id),
        ]
    )


def _without_zero(legs: list[Leg]) -> list[Leg]:
    return [leg for leg in legs if leg.amount.amount != 0]
