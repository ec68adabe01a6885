"""The answers about what happened, as the schema describes them."""

from __future__ import annotations

from typing import Any

from purveyor.interfaces.api.types import Money, Shape


class Activity(Shape):
    """One act on record."""

    id: str
    at: str
    actor: str
    role: str
    via: str
    ip: str | None
    acting_on: str | None = None
    kind: str
    customer: str | None
    subject: str | None
    facts: dict[str, Any]


class Event(Shape):
    """Something that happened; ``cursor`` continues the feed right after it."""

    id: str
    at: str
    kind: str
    customer: str | None
    subject: str | None
    facts: dict[str, Any]
    cursor: str


class Clock(Shape):
    """Business now; ``done`` is how many pieces of due work a move did."""

    now: str
    done: int | None = None


class Mail(Shape):
    """A mail that would have been sent."""

    to: str
    subject: str
    language: str
    text: str
    html: str
    links: list[str]
    sent_at: str


class Balance(Shape):
    """Prepaid money, one entry a currency, never converted."""

    available: list[Money]
    reserved: list[Money]


class Movement(Shape):
    """One change of a prepaid balance: above zero was paid in, below zero spent."""

    id: str
    at: str
    booked_on: str
    kind: str
    reference: str
    amount: Money
    customer: str | None
