"""What this room announces. Ids are UUID texts, dates ISO texts; amounts of money never."""

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class SubscriptionActivated(Event):
    """It runs (from an order, or converted from a trial)."""

    kind: ClassVar[str] = "subscription.activated"
    subscription_id: str
    customer_id: str
    offer_id: str
    quantity: int
    period_start: str
    period_end: str


@dataclass(frozen=True)
class SubscriptionTrialStarted(Event):
    """A trial began."""

    kind: ClassVar[str] = "subscription.trial_started"
    subscription_id: str
    customer_id: str
    offer_id: str
    quantity: int
    trial_end: str


@dataclass(frozen=True)
class SubscriptionSeatsAdded(Event):
    """The running term has more seats."""

    kind: ClassVar[str] = "subscription.seats_added"
    subscription_id: str
    customer_id: str
    added: int
    quantity: int


@dataclass(frozen=True)
class SubscriptionSeatsRemoved(Event):
    """Seats that were never billed were taken back."""

    kind: ClassVar[str] = "subscription.seats_removed"
    subscription_id: str
    customer_id: str
    removed: int
    quantity: int


@dataclass(frozen=True)
class SubscriptionRenewed(Event):
    """A next term began."""

    kind: ClassVar[str] = "subscription.renewed"
    subscription_id: str
    customer_id: str
    quantity: int
    period_start: str
    period_end: str


@dataclass(frozen=True)
class SubscriptionRenewalChanged(Event):
    """Somebody changed what happens at the end of the term."""

    kind: ClassVar[str] = "subscription.renewal_changed"
    subscription_id: str
    customer_id: str
    auto_renew: bool
    renewal_quantity: int | None
    renewal_payment_method: str
    renewal_offer_id: str | None


@dataclass(frozen=True)
class SubscriptionRenewalRebased(Event):
    """Seats were added while another number was scheduled for the renewal: the difference stays, the number moved."""

    kind: ClassVar[str] = "subscription.renewal_rebased"
    subscription_id: str
    customer_id: str
    quantity_from: int
    quantity_to: int
    quantity_now: int


@dataclass(frozen=True)
class SubscriptionEnded(Event):
    """It is over; ``reason`` is a stable word (not_renewed, trial_over, cancelled, ...), or what a person wrote."""

    kind: ClassVar[str] = "subscription.ended"
    subscription_id: str
    customer_id: str
    reason: str


@dataclass(frozen=True)
class SubscriptionSuspended(Event):
    """It stands still: members keep their seats, nobody can use them. ``reason`` is a word or what a person wrote."""

    kind: ClassVar[str] = "subscription.suspended"
    subscription_id: str
    customer_id: str
    reason: str


@dataclass(frozen=True)
class SubscriptionResumed(Event):
    """It runs again. The end of its term has not moved."""

    kind: ClassVar[str] = "subscription.resumed"
    subscription_id: str
    customer_id: str
    reason: str


@dataclass(frozen=True)
class SubscriptionReactivated(Event):
    """It was ended and runs again, within the term that was paid for. Its seats are free."""

    kind: ClassVar[str] = "subscription.reactivated"
    subscription_id: str
    customer_id: str
    reason: str
    period_end: str
