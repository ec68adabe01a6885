"""Where the money of a credit note goes back to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from purveyor.kernel.money import Money
from purveyor.payments.types_refunds import RefundMethod, RefundTo, Share


class Paid(NamedTuple):
    """A payment of an invoice, and how much of it has not gone back yet."""

    payment_id: UUID
    method: RefundMethod
    left: Money


def split_refund(amount: Money, to: RefundTo, paid: Iterable[Paid]) -> list[Share]:
    """How ``amount`` goes back: to the balance in one piece, or each part the way it came, the newest money first.

    What came from the balance goes back there, and so does what is known of no payment. The shares sum to the
    amount; those of the balance are one.
    """
    shares: list[Share] = []
    rest = amount
    if to == "source":
        for payment in paid:
            if payment.method == "balance":
                continue
            taken = min(rest, payment.left)
            if taken.amount > 0:
                shares.append(Share(payment.payment_id, payment.method, taken))
                rest -= taken
    if rest.amount > 0:
        shares.append(Share(None, "balance", rest))
    return shares
