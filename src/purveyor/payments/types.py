"""Payables, payments and how they met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from purveyor.kernel.money import Money

Method = Literal["bank_transfer", "balance", "card"]
SubjectKind = Literal["order", "invoice", "renewal", "deposit"]
PayableStatus = Literal["open", "partially_paid", "settled", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """Something to be paid by ``payer_id``. Its subject is a name for whoever opened it; payments only
    knows that an order has no invoice yet.

    ``reference`` is the ISO 11649 creditor reference; None for one paid from the balance at once.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    amount: Money
    paid: Money
    method: Method
    reference: str | None
    status: PayableStatus
    opened_at: datetime
    settled_at: datetime | None
    # What credit notes took off it.
    credited: Money | None = None

    @property
    def owed(self) -> Money:
        """What is to be paid in all: the amount without what was credited."""
        return self.amount if self.credited is None else self.amount - self.credited

    @property
    def open(self) -> Money:
        """What is still to come."""
        return self.owed - self.paid

    @property
    def is_settled(self) -> bool:
        """Whether all of it is paid."""
        return self.status == "settled"

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.opened_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that came: ``allocated`` of it to the payable, the rest to the payer's balance.

    ``reference`` is what the bank statement or the operator says about it.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID
    payable_id: UUID | None
    amount: Money
    allocated: Money
    method: Method
    received_on: date
    reference: str
    recorded_at: datetime
    recorded_by: str

    @property
    def to_balance(self) -> Money:
        """What the payable did not need. A payment from the balance never has a rest."""
        return self.amount - self.allocated

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.recorded_at, self.id)


@dataclass(frozen=True, slots=True)
class Allocated:
    """``to_payable`` and ``to_balance`` sum to the payment; ``paid`` and ``status`` are the payable's after it."""

    to_payable: Money
    to_balance: Money
    paid: Money
    status: PayableStatus


@dataclass(frozen=True, slots=True)
class Instructions:
    """How to pay a payable by bank transfer."""

    amount: Money
    reference: str
    beneficiary: str
    iban: str
    bic: str
    bank_name: str


Channel = Literal["mail"]
Audience = Literal["payer", "reseller", "operator"]
DunningAction = Literal["remind", "final_notice", "block_orders", "suspend", "terminate"]
DunningStatus = Literal[
    "none",
    "reminded",
    "retrying",
    "final_notice",
    "suspended",
    "terminated",
    "on_hold",
    "promised",
    "resolved",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One step of a dunning ladder: so many days after an invoice's due date, this is done and these are told."""

    days: int
    action: DunningAction
    audience: tuple[Audience, ...] = ()
    channel: Channel = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps that hold for a reseller, and whose they are: its ``own``, or the default of all."""

    reseller_id: UUID | None
    steps: tuple[LadderStep, ...]
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningCase:
    """The dunning of one overdue invoice.

    ``plan`` is the ladder as it stood when the case opened, so that a date once announced holds; ``position``
    the step that comes next; ``shift_days`` how far a pause has pushed what is still to come. ``before`` is the
    state to which a pause returns. ``retry_at`` is when the payer's card is tried again, after a decline that may pass.
    ``customer_id`` is None for an invoice over several customers.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID
    invoice_id: UUID
    number: str
    due_on: date
    status: DunningStatus
    before: DunningStatus
    plan: tuple[LadderStep, ...]
    position: int
    shift_days: int
    due_at: datetime | None
    reason: str
    promised_until: date | None
    retry_at: datetime | None
    blocks_orders: bool
    opened_at: datetime
    resolved_at: datetime | None

    @property
    def is_paused(self) -> bool:
        """Whether it waits for a release or for a promised day."""
        return self.status in ("on_hold", "promised")

    @property
    def is_open(self) -> bool:
        """Whether something may still come: a step, or its money."""
        return self.status != "resolved"

    @property
    def to_come(self) -> tuple[tuple[LadderStep, date], ...]:
        """The steps ahead, each with its day if nothing is paid or agreed meanwhile."""
        if not self.is_open:
            return ()
        return tuple(
            (step, self.due_on + timedelta(days=step.days + self.shift_days))
            for step in self.plan[self.position :]
        )

    def day_of(self, action: DunningAction) -> date | None:
        """When this will be done, if it is still to come."""
        return next((day for step, day in self.to_come if step.action == action), None)

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.opened_at, self.id)


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step that was taken, once."""

    position: int
    step: LadderStep
    done_at: datetime
