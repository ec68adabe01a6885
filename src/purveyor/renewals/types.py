"""What renewals shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money

# ``upcoming`` is computed, the others are stored.
RenewalStatus = Literal["upcoming", "pending", "at_risk", "missed", "paid", "ended"]
RenewalKind = Literal["renews", "ends", "commits"]
OPEN = ("pending", "at_risk", "missed")


@dataclass(frozen=True, slots=True)
class RenewalRow:
    """What became of one term at its end. ``reason`` is a stable word where it ended against the settings."""

    id: UUID
    subscription_id: UUID
    period_start: date
    status: RenewalStatus
    reason: str
    quantity: int
    invoice_id: UUID | None
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What was asked to change at the end of the term. None where it stays; ``seats_leaving`` may be 0."""

    quantity: int | None
    offer_code: str | None
    product: str | None
    plan: str | None
    term_months: int | None
    seats_leaving: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalView:
    """One end of a term: still to come (computed from its subscription), or what became of it (stored).

    ``due_on`` is the last term's exclusive end. ``kind``: it ``renews``, ``ends``, or ``commits`` for a year or more.
    ``offer_code``, ``product``, ``plan`` and ``term_months`` are those of the next term, ``quantity`` its seats.
    ``net``, ``vat`` and ``gross`` are what its payer is charged at the prices that hold on ``due_on`` as far as they
    are published; ``net_running`` the same at the running term's price. They are None for readers who are not the
    payer, where no price holds, and where nothing renews. ``cut_off_at`` is until when one that is paid first must
    be paid; ``cut_off_zone`` whose clock says so; ``suspend_at`` and ``end_at`` what follows. ``locked_from`` is the
    first day on which it cannot be changed any more. ``consequence`` says what happens next.
    """

    id: UUID
    subscription_id: UUID
    reseller_id: UUID
    customer_id: UUID
    customer_name: str
    payer_id: UUID
    offer_code: str
    product: str
    plan: str
    term_months: int
    due_on: date
    kind: RenewalKind
    status: RenewalStatus
    quantity: int
    seats_assigned: int
    net: Money | None
    vat: Money | None
    gross: Money | None
    net_running: Money | None
    prepay: bool
    cut_off_at: datetime | None
    cut_off_zone: str
    suspend_at: datetime | None
    end_at: datetime | None
    locked_from: date | None
    auto_renew: bool
    payment_method: str
    scheduled: Scheduled | None
    needs_consent: bool
    invoice_id: UUID | None
    pro_forma_id: UUID | None
    payable_id: UUID | None
    order_id: UUID | None
    paid_at: datetime | None
    on_time: bool | None
    consequence: Explanation

    @property
    def public_id(self) -> str:
        """The id as shown: ``ren_...``."""
        return show("ren", self.id)

    @property
    def is_open(self) -> bool:
        """Whether money is still awaited for it."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastMonth:
    """What renews and ends in one month (``month`` is its first day).

    ``net``: one amount a currency, of those the reader pays (the operator: of all). A term shorter than the
    time looked ahead counts in each month in which it would renew again.
    """

    month: date
    renews: int
    ends: int
    net: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many terms end on a day in one way; ``locks``: from this day on so many can no longer be changed."""

    day: date
    kind: Literal["renews", "ends", "commits", "locks"]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Renewals that wait for the reader's money: how many, and the next instant before which one must be paid."""

    count: int
    next_cut_off_at: datetime | None


NoticeKind = Literal["renews", "ends", "commits", "price", "payment", "pending", "unused", "rebased"]
NOTICE_KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
# A rise of the price is told whether one likes it or not.
LEGAL_KINDS: frozenset[NoticeKind] = frozenset({"price"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A notice that was given. ``step``: the days before ``period_end`` that it belongs to.

    ``facts``: plain JSON, and amounts in minor units of ``facts["currency"]`` for the payer alone.
    """

    id: UUID
    subscription_id: UUID
    customer_id: UUID
    payer_id: UUID | None
    period_end: date
    kind: NoticeKind
    step: int
    facts: dict[str, Any]
    noticed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """That somebody was told about a renewal. ``what`` is the kind of the event that a mail told of; of a notice
    ``kind`` and ``step`` say which. ``role`` is empty for an organization's own address."""

    at: datetime
    what: str
    kind: str
    step: int
    name: str
    email: str
    role: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSetting:
    """Whether a role of an organization gets a kind of notice. ``fixed``: it cannot be switched off."""

    role: str
    kind: NoticeKind
    wanted: bool
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuestion:
    """A coming rise of the price: what one seat and all seats cost now and then, per term and before tax.

    ``net_now`` and ``net_then`` are for the seats of the next term, less the payer's discount. ``percent`` is the
    rise of the list price, to two decimals. ``asked``: whether the payer must agree, else the term is not renewed.
    """

    subscription_id: UUID
    renewal_id: UUID | None
    due_on: date
    quantity: int
    term_months: int
    seat_now: Money
    seat_then: Money
    net_now: Money
    net_then: Money
    percent: Decimal
    asked: bool
    answer: Literal["not_needed", "missing", "accepted", "refused"]
