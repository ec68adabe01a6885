"""What is sent and answered about the price of a coming renewal."""

from __future__ import annotations

from typing import Literal

from purveyor.interfaces.api.answers import Json, day, number
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Body, Flag, Money, Shape
from purveyor.kernel.ids import show
from purveyor.renewals.types import PriceQuestion


class PriceConsentIn(Body):
    """The payer's answer; the last one before the end of the term counts."""

    accept: Flag


class PriceConsent(Shape):
    """A rise of the price at a renewal. Seats at list price for the whole term; nets of all seats, before VAT."""

    renewal: str | None
    subscription: str
    due_on: str
    quantity: int
    term_months: int
    seat_now: Money
    seat_then: Money
    net_now: Money
    net_then: Money
    percent: int | float
    answer: Literal["not_needed", "missing", "accepted", "refused"]


def price_consent(row: PriceQuestion) -> Json:
    """The rise, and how it was answered."""
    return {
        "renewal": None if row.renewal_id is None else show("ren", row.renewal_id),
        "subscription": show("sub", row.subscription_id),
        "due_on": day(row.due_on),
        "quantity": row.quantity,
        "term_months": row.term_months,
        "seat_now": money(row.seat_now),
        "seat_then": money(row.seat_then),
        "net_now": money(row.net_now),
        "net_then": money(row.net_then),
        "percent": number(row.percent),
        "answer": row.answer,
    }
