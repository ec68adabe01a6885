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
