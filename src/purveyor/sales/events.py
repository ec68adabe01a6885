"""What sales announces. The payer and the operator read these; ``payer_id`` is set on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A quote was accepted, or renewals are to be paid together (``customer_id`` is None where they are of several).
    ``pro_forma_id`` is set where money is still to come for a quote."""

    kind: ClassVar[str] = "order.placed"
    order_id: str
    customer_id: str | None
    payment_method: str
    gross: int
    currency: str
    pro_forma_id: str | None


@dataclass(frozen=True)
class OrderCompleted(Event):
    """It is in force: paid and invoiced, or on account (``invoice_id`` is None) until the month's end. Renewals that
    were paid together have an invoice each: ``renewal.paid`` names it."""

    kind: ClassVar[str] = "order.completed"
    order_id: str
    customer_id: str | None
    invoice_id: str | None
    subscription_ids: list[str]


@dataclass(frozen=True)
class OrderHeld(Event):
    """It is paid, but cannot be carried out as promised; a person decides. ``reason`` is a refusal's code."""

    kind: ClassVar[str] = "order.held"
    order_id: str
    customer_id: str
    reason: str


@dataclass(frozen=True)
class OrderReleased(Event):
    """It waited for room below its reseller's credit limit, and goes on: ``status`` is what became of it.

    ``still_waiting`` is how many of the reseller's orders in this currency wait on.
    """

    kind: ClassVar[str] = "order.released"
    order_id: str
    customer_id: str
    status: str
    still_waiting: int


@dataclass(frozen=True)
class OrderCancelled(Event):
    """It was cancelled before it was carried out."""

    kind: ClassVar[str] = "order.cancelled"
    order_id: str
    customer_id: str | None


@dataclass(frozen=True)
class AccountBilled(Event):
    """What a reseller had gathered was billed; ``invoice_id`` is None where all of it had been taken back."""

    kind: ClassVar[str] = "account.billed"
    reseller_id: str
    invoice_id: str | None
    lines: int
    net: int
    currency: str
