"""Kept cards, attempts to charge them, and chargebacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from purveyor.kernel.money import Money

AttemptKind = Literal["keep", "on_session", "off_session"]
AttemptStatus = Literal["planned", "sending", "waiting", "succeeded", "declined", "cancelled"]
DeclineKind = Literal["", "hard", "soft", "authentication"]
DisputeStatus = Literal["open", "won", "lost"]
OPEN_ATTEMPTS: tuple[AttemptStatus, ...] = ("planned", "sending", "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A kept card: what may be known of it. ``expires_on`` is the first day on which it cannot pay any more."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    is_default: bool
    added_at: datetime
    added_by: str
    removed_at: datetime | None

    @property
    def expires_on(self) -> date:
        """The day after its last month."""
        month = self.exp_year * 12 + self.exp_month
        return date(month // 12, month % 12 + 1, 1)

    def is_good_on(self, day: date) -> bool:
        """Whether it can pay on that day, as far as one knows."""
        return self.removed_at is None and day < self.expires_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to charge a card, or to keep one (then there is no payable and no amount).

    ``decline_code`` is the provider's word, ``decline_kind`` what follows from it: ``hard`` is not tried again,
    ``soft`` is, ``authentication`` needs the holder. ``due_at`` is when a planned one is sent.
    """

    id: UUID
    payer_id: UUID
    kind: AttemptKind
    payable_id: UUID | None
    card_id: UUID | None
    number: int
    amount: Money | None
    status: AttemptStatus
    decline_kind: DeclineKind
    decline_code: str
    charge_id: str | None
    fee: Money | None
    tries: int
    due_at: datetime | None
    opened_at: datetime
    opened_by: str
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self.status in OPEN_ATTEMPTS


@dataclass(frozen=True, slots=True)
class CardPayment:
    """What came of asking to pay by card: ``processing`` (the kept card is being charged) or ``action_needed``.

    ``url`` is the page where the payer pays, in either case: a kept card may be declined.
    """

    status: Literal["processing", "action_needed"]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A chargeback. ``invoice_id`` is the invoice that stands open again, where there is one."""

    id: UUID
    payer_id: UUID
    payment_id: UUID
    invoice_id: UUID | None
    amount: Money
    reason: str
    status: DisputeStatus
    opened_at: datetime
    closed_at: datetime | None
