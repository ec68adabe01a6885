"""What renewals announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class RenewalInvoiced(Event):
    """A term was renewed and invoiced; ``paid`` when the balance settled it at once."""

    kind: ClassVar[str] = "renewal.invoiced"
    subscription_id: str
    invoice_id: str
    period_start: str
    period_end: str
    paid: bool


@dataclass(frozen=True)
class RenewalMissed(Event):
    """A term that was to renew ended instead. ``reason`` is a stable code."""

    kind: ClassVar[str] = "renewal.missed"
    subscription_id: str
    reason: str


@dataclass(frozen=True)
class RenewalPriceAnswered(Event):
    """The payer answered a rise of the price at one renewal; the last answer counts."""

    kind: ClassVar[str] = "renewal.price_answered"
    subscription_id: str
    renewal_id: str
    period_start: str
    accepted: bool


@dataclass(frozen=True)
class NoticesGiven(Event):
    """An organization has notices of a day: how many of which kind. What they say stands in its people's mail."""

    kind: ClassVar[str] = "notices.given"
    organization_id: str
    day: str
    kinds: dict[str, int]


@dataclass(frozen=True)
class RenewalGathered(Event):
    """The next term began; its line is on account and billed with the gathered invoice of the month."""

    kind: ClassVar[str] = "renewal.gathered"
    subscription_id: str
    period_start: str
    period_end: str
