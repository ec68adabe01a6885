"""How much of a payment a payable takes, and what that makes of it."""

from __future__ import annotations

from purveyor.kernel.money import Money
from purveyor.payments.types import Allocated, Payable, PayableStatus


def allocate(payable: Payable, amount: Money) -> Allocated:
    """A payable takes what is open on it; the rest is the payer's to spend (rules.md e).

    A cancelled or settled payable takes nothing.

    Raises: ValueError: another currency, or nothing received.
    """
    if amount.amount <= 0:
        raise ValueError("a payment is above zero")
    is_open = payable.status in ("open", "partially_paid")
    room = payable.open if is_open else Money.zero(payable.amount.currency)
    taken = room if room <= amount else amount
    paid = payable.paid + taken
    status: PayableStatus = payable.status
    if is_open:
        status = "settled" if paid == payable.owed else "partially_paid"
    return Allocated(taken, amount - taken, paid, status)
