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


def credit(*, payer_id: UUID, net: Money, vat: Money) -> list[Leg]:
    """A credit note was issued: a sale taken back. What was recognized of it already is recognition's to reverse."""
    return [Leg(leg.kind, -leg.amount, leg.party_id) for leg in sale(payer_id=payer_id, net=net, vat=vat)]


def refund_to_balance(*, payer_id: UUID, amount: Money) -> list[Leg]:
    """What a credit note left over of money paid is the payer's to spend."""
    return _without_zero(
        [Leg(AccountKind.RECEIVABLE, amount, payer_id), Leg(AccountKind.CUSTOMER_PREPAID, -amount, payer_id)]
    )


def refund_asked(*, payer_id: UUID, amount: Money) -> list[Leg]:
    """What a credit note left over of money paid is to go back to where it came from."""
    return _without_zero(
        [Leg(AccountKind.RECEIVABLE, amount, payer_id), Leg(AccountKind.REFUND_PAYABLE, -amount, payer_id)]
    )


def refund_done(*, payer_id: UUID, amount: Money, by_card: bool) -> list[Leg]:
    """The money has left us, from the bank or by the card provider."""
    out = AccountKind.CARD_CLEARING if by_card else AccountKind.CASH_CLEARING
    return _without_zero([Leg(AccountKind.REFUND_PAYABLE, amount, payer_id), Leg(out, -amount)])


def refund_failed(*, payer_id: UUID, amount: Money) -> list[Leg]:
    """The money could not go back to where it came from: it is the payer's to spend."""
    return _without_zero(
        [
            Leg(AccountKind.REFUND_PAYABLE, amount, payer_id),
            Leg(AccountKind.CUSTOMER_PREPAID, -amount, payer_id),
        ]
    )


def earned(amount: Money) -> list[Leg]:
    """A day's share of what was sold; below zero where more was taken back."""
    return _without_zero([Leg(AccountKind.DEFERRED_REVENUE, amount), Leg(AccountKind.REVENUE, -amount)])


def card_received(
    *, payer_id: UUID, amount: Money, to_order: Money | None = None, to_invoice: Money | None = None
) -> list[Leg]:
    """A card was charged: the provider owes us the money. What nothing needs goes to the balance."""
    rest = amount
    booked = [Leg(AccountKind.CARD_CLEARING, amount)]
    for kind, part in ((AccountKind.ADVANCE, to_order), (AccountKind.RECEIVABLE, to_invoice)):
        if part is not None:
            booked.append(Leg(kind, -part, payer_id))
            rest -= part
    return _without_zero([*booked, Leg(AccountKind.CUSTOMER_PREPAID, -rest, payer_id)])


def card_fee(*, amount: Money) -> list[Leg]:
    """What the card provider keeps of a charge."""
    return _without_zero([Leg(AccountKind.FEES, amount), Leg(AccountKind.CARD_CLEARING, -amount)])


def charged_back(*, payer_id: UUID, open_again: Money, from_balance: Money, loss: Money) -> list[Leg]:
    """The holder's bank took card money back: it is owed again, or taken from the balance, or lost."""
    return _without_zero(
        [
            Leg(AccountKind.RECEIVABLE, open_again, payer_id),
            Leg(AccountKind.CUSTOMER_PREPAID, from_balance, payer_id),
            Leg(AccountKind.WRITE_OFF, loss),
            Leg(AccountKind.CARD_CLEARING, -(open_again + from_balance + loss)),
        ]
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
