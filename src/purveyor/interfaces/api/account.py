"""What is on account, as the schema describes it."""

from __future__ import annotations

from typing import Literal

from purveyor.interfaces.api.documents import Period
from purveyor.interfaces.api.types import Money, Shape


class Account(Shape):
    """What a reseller has gathered in one currency; ``cap`` (null: none) is the operator's limit of ``net``. ``held``
    is the part of it whose month is over and whose invoice cannot be issued yet."""

    reseller: str
    net: Money
    cap: Money | None
    billed_at: str | None
    held: Money


class AccountLine(Shape):
    """A line on account. One that takes seats back has a quantity and a net below zero. ``is_held``: the invoice that
    bills it cannot be issued yet."""

    kind: Literal["new", "add_seats", "renewal", "take_back"]
    customer: str
    customer_name: str
    subscription: str
    order: str | None
    description: str
    quantity: int
    months: int
    unit_price: Money
    discount_percent: int | float
    net: Money
    period: Period
    explanation: str
    put_at: str
    is_held: bool


class OnAccount(Shape):
    """What was delivered and is billed at the end of the month, by customer."""

    accounts: list[Account]
    data: list[AccountLine]


class TakenBack(Shape):
    """Seats that were taken back before they were billed; ``net`` is no longer owed."""

    subscription: str
    quantity: int
    net: Money
