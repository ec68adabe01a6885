"""What other rooms and the edges see of subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


_OVER = frozenset({Status.ENDED, Status.CANCELLED})
PaymentStatus = Literal["ok", "past_due"]
RenewalPaymentMethod = Literal["bank_transfer", "balance", "card"]
Sort = Literal["newest", "customer", "ends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledChange:
    """What will be different after ``applies_on``, the end of the running term; what stays is None.

    ``ends``: it does not renew, and nothing else applies. ``leaving`` is how many members go with their seats.
    """

    applies_on: date
    ends: bool = False
    quantity_from: int | None = None
    quantity_to: int | None = None
    offer_from: UUID | None = None
    offer_to: UUID | None = None
    leaving: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A customer's subscription to an offer. Dates are business dates, ``period_end`` is exclusive.

    ``term_price`` is the list price of one seat for the whole running term, frozen when the term began.
    ``started_on``, ``period_start`` and ``period_end`` are None until it is activated. ``quantity_max`` is how
    many seats its offer allows. ``renewal_id`` is the id of the renewal at ``period_end``; ``seats_leaving`` are those
    of the assigned seats whose members go then; ``renewal_offer_id`` is None while the offer stays. ``lock_days`` is
    how many days before ``period_end`` its renewal can no longer be changed.
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
    lock_days: int = 0

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
    def locked_from(self) -> date | None:
        """The first day on which its renewal is settled; None where it never is. A trial is free until its end."""
        if self.period_end is None or not self.lock_days or self.status is Status.TRIAL:
            return None
        return self.period_end - timedelta(days=self.lock_days)

    @property
    def scheduled(self) -> ScheduledChange | None:
        """What will be different after the end of its term; None where it goes on as it is, or is over."""
        end = self.period_end
        if end is None or self.status in _OVER:
            return None
        if not self.auto_renew:
            return ScheduledChange(applies_on=end, ends=True, leaving=self.seats_leaving)
        fewer = self.renews_with != self.quantity
        other = self.renews_to != self.offer_id
        if not (fewer or other or self.seats_leaving):
            return None
        return ScheduledChange(
            applies_on=end,
            quantity_from=self.quantity if fewer else None,
            quantity_to=self.renews_with if fewer else None,
            offer_from=self.offer_id if other else None,
            offer_to=self.renews_to if other else None,
            leaving=self.seats_leaving,
        )

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
