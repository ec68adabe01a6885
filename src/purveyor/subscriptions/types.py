"""What other rooms and the edges see of subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.kernel.period import Period


class Status(StrEnum):
    """Where a subscription stands (rules.md a3). ``past_due`` is no status: see ``PaymentStatus``."""

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_LINK = "awaiting_link"
    PROVISIONING = "provisioning"
    PROVISION_FAILED = "provision_failed"
    TRIAL = "trial"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXTENDED = "extended"
    ENDED = "ended"
    CANCELLED = "cancelled"


PaymentStatus = Literal["ok", "past_due"]
RenewalPaymentMethod = Literal["bank_transfer", "balance", "card"]
Sort = Literal["newest", "customer", "ends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A customer's subscription to an offer. Dates are business dates, ``period_end`` is exclusive.

    ``term_price`` is the list price of one seat for the whole running term, frozen when the term began.
    ``started_on``, ``period_start`` and ``period_end`` are None until it is activated. ``quantity_max`` is how
    many seats its offer allows. ``renewal_id`` is the id of the renewal at ``period_end``; ``seats_leaving`` are those
    of the assigned seats whose members go then; ``renewal_offer_id`` is None while the offer stays.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    customer_name: str
    payer_id: UUID
    offer_id: UUID
    offer_code: str
    product: str
    plan: str
    plan_rank: int
    status: Status
    payment_status: PaymentStatus
    quantity: int
    seats_assigned: int
    term_months: int
    term_price: Money
    price_list: str
    started_on: date | None
    anchor_day: int | None
    period_start: date | None
    period_end: date | None
    trial_end: date | None
    auto_renew: bool
    renewal_quantity: int | None
    renewal_payment_method: RenewalPaymentMethod
    created_at: datetime
    ended_at: datetime | None
    end_reason: str
    quantity_max: int | None = None
    renewal_offer_id: UUID | None = None
    renewal_id: UUID | None = None
    seats_leaving: int = 0
    suspended_at: datetime | None = None
    suspend_reason: str = ""

    @property
    def seats_free(self) -> int:
        """Seats that nobody holds."""
        return self.quantity - self.seats_assigned

    @property
    def period(self) -> Period | None:
        """The running (or last) term, None before activation."""
        if self.period_start is None or self.period_end is None:
            return None
        return Period(self.period_start, self.period_end)

    @property
    def renews_with(self) -> int:
        """Seats the next term begins with: what was asked for, but never fewer than are taken by then."""
        wanted = self.quantity if self.renewal_quantity is None else self.renewal_quantity
        return max(wanted, self.seats_assigned - self.seats_leaving)

    @property
    def renews_to(self) -> UUID:
        """The offer of the next term: another plan or term where that was scheduled."""
        return self.renewal_offer_id or self.offer_id

    @property
    def currency(self) -> str:
        """The currency it is priced in."""
        return self.term_price.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCount:
    """The seats of one subscription right after they were taken, given back or locked."""

    subscription_id: UUID
    reseller_id: UUID
    customer_id: UUID
    quantity: int
    assigned: int

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.quantity - self.assigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a subscription. ``price`` is list price a seat for the whole term; zero in a trial."""

    id: UUID
    subscription_id: UUID
    kind: Literal["trial", "paid"]
    start: date
    end: date
    price: Money
    price_list: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsLeft:
    """How many months of the running term a seat added on a day pays for (rules.md b), and why."""

    months: int
    term_months: int
    end: date
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Figures for a landing page."""

    subscriptions: int
    quantity: int
    assigned: int

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.quantity - self.assigned
