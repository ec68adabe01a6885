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
class RenewalPending(Event):
    """A term that must be paid first is over, and its renewal waits for money until ``cut_off_at``.

    ``gross`` in minor units of ``currency``.
    """

    kind: ClassVar[str] = "renewal.pending"
    renewal_id: str
    subscription_id: str
    pro_forma_id: str
    due_on: str
    cut_off_at: str
    gross: int
    currency: str


@dataclass(frozen=True)
class RenewalAtRisk(Event):
    """The cut-off passed without the money; on ``suspend_on`` the subscription is suspended."""

    kind: ClassVar[str] = "renewal.at_risk"
    renewal_id: str
    subscription_id: str
    suspend_on: str
    end_on: str


@dataclass(frozen=True)
class RenewalPaid(Event):
    """The money is there and the next term runs from the end of the last. ``on_time``: before the cut-off."""

    kind: ClassVar[str] = "renewal.paid"
    renewal_id: str
    subscription_id: str
    invoice_id: str | None
    on_time: bool


@dataclass(frozen=True)
class RenewalMissed(Event):
    """A term that was to renew did not. ``reason`` is a stable code: ``renewal_unpaid`` while it can still be paid,
    else what ended it."""

    kind: ClassVar[str] = "renewal.missed"
    subscription_id: str
    reason: str


@dataclass(frozen=True)
class RenewalEnded(Event):
    """It was not paid to the last: its pro-forma is void and the subscription is over."""

    kind: ClassVar[str] = "renewal.ended"
    renewal_id: str
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


@dataclass(frozen=True)
class RenewalTakenOver(Event):
    """A customer took over what its reseller left unpaid; it pays for the subscription from now on."""

    kind: ClassVar[str] = "renewal.taken_over"
    renewal_id: str
    subscription_id: str
    payer_id: str
