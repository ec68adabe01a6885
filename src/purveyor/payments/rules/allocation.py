"""How much of a payment a payable takes, and what that makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from purveyor.kernel.money import Money
from purveyor.payments.types import Payable, PayableStatus


@dataclass(frozen=True, slots=True)
class Allocated:
    """``to_payable`` and ``to_balance`` sum to the payment; ``paid`` and ``status`` are the payable's after it."""

    to_payable: Money
    to_balance: Money
    paid: Money
    status: PayableStatus


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
        status = "settled" if paid == payable.amount else "partially_paid"
    return Allocated(taken, amount - taken, paid, status)
