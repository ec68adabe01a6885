"""What payments announces; each with its payer, because it tells amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class PayableSettled(Event):
    """Money that arrived later covered a payable: whoever opened it goes on from here.

    Not announced for a payment from the balance, whose subject is settled in the same transaction.
    """

    kind: ClassVar[str] = "payable.settled"
    payable_id: str
    subject_kind: str
    subject_id: str
    method: str


@dataclass(frozen=True)
class PaymentReceived(Event):
    """A transfer was recorded. Amounts in minor units; ``payable_id`` is None for a deposit."""

    kind: ClassVar[str] = "payment.received"
    payment_id: str
    payable_id: str | None
    subject_kind: str | None
    subject_id: str | None
    amount: int
    currency: str


@dataclass(frozen=True)
class PaymentReversed(Event):
    """A transfer was taken back: ``returned`` by the bank, or ``unmatched`` by a person. What it paid is open again.

    ``amount`` in minor units is all of it; ``payable_id`` the first that it paid, None for a deposit.
    """

    kind: ClassVar[str] = "payment.reversed"
    payment_id: str
    payable_id: str | None
    amount: int
    currency: str
    reason: str


@dataclass(frozen=True)
class _StatementEvent(Event):
    """About a bank statement, for the operator; the id as UUID text. ``entries`` were not looked at yet."""

    bank_statement_id: str
    entries: int


@dataclass(frozen=True)
class StatementImported(_StatementEvent):
    """A bank statement was stored: its entries are matched now."""

    kind: ClassVar[str] = "bank_statement.imported"


@dataclass(frozen=True)
class StatementGoingOn(_StatementEvent):
    """A thousand entries of a large statement were looked at, and others are left."""

    kind: ClassVar[str] = "bank_statement.going_on"


@dataclass(frozen=True)
class BalanceDeposited(Event):
    """Money was added to a prepaid balance: paid in, left over, or freed by a cancelled order."""

    kind: ClassVar[str] = "balance.deposited"
    organization_id: str
    amount: int
    currency: str
    reason: str


@dataclass(frozen=True)
class DepositAsked(Event):
    """An organization, or its automatic top-up, asked for a deposit. ``method`` is how it is to be paid."""

    kind: ClassVar[str] = "deposit.asked"
    payable_id: str
    organization_id: str
    amount: int
    currency: str
    method: str
    automatic: bool


@dataclass(frozen=True)
class BalanceLow(Event):
    """A balance fell below its owner's threshold: once, until it is above again. Amounts in minor units."""

    kind: ClassVar[str] = "balance.low"
    organization_id: str
    available: int
    threshold: int
    currency: str


@dataclass(frozen=True)
class _RefundEvent(Event):
    """Ids as UUID text; ``amount`` in minor units; ``number`` is the credit note's, empty for a balance's payout."""

    refund_id: str
    credit_note_id: str | None
    number: str
    payer_id: str
    method: str
    amount: int
    currency: str


@dataclass(frozen=True)
class RefundAsked(_RefundEvent):
    """Money is to go back by card or by transfer: whoever can send it does."""

    kind: ClassVar[str] = "refund.asked"


@dataclass(frozen=True)
class RefundDone(_RefundEvent):
    """The money has left us."""

    kind: ClassVar[str] = "refund.done"


@dataclass(frozen=True)
class RefundFailed(_RefundEvent):
    """The money could not go back to where it came from, and went to the balance."""

    kind: ClassVar[str] = "refund.failed"


@dataclass(frozen=True)
class _DunningEvent(Event):
    """About one overdue invoice; ids as UUID text. ``position`` is the step's place in the case's plan."""

    case_id: str
    invoice_id: str
    number: str
    customer_id: str | None
    payer_id: str
    position: int


@dataclass(frozen=True)
class DunningReminded(_DunningEvent):
    """A reminder is due to be sent."""

    kind: ClassVar[str] = "dunning.reminded"


@dataclass(frozen=True)
class DunningFinalNotice(_DunningEvent):
    """The last word before the suspension."""

    kind: ClassVar[str] = "dunning.final_notice"


@dataclass(frozen=True)
class DunningOrdersBlocked(_DunningEvent):
    """The payer is refused new orders until it has paid."""

    kind: ClassVar[str] = "dunning.orders_blocked"


@dataclass(frozen=True)
class DunningSuspendDue(_DunningEvent):
    """The subscriptions on the invoice are to be suspended: renewals does."""

    kind: ClassVar[str] = "dunning.suspend_due"


@dataclass(frozen=True)
class DunningTerminateDue(_DunningEvent):
    """The subscriptions on the invoice are to end: renewals does."""

    kind: ClassVar[str] = "dunning.terminate_due"


@dataclass(frozen=True)
class DunningResolved(_DunningEvent):
    """The invoice is paid. ``was`` is the state before: what was suspended goes on."""

    kind: ClassVar[str] = "dunning.resolved"
    was: str
    blocked_orders: bool


@dataclass(frozen=True)
class _CardEvent(Event):
    """About an attempt to charge a card; ids as UUID text, ``amount`` in minor units.

    ``reason`` is the provider's word for a decline, or ``no_card``; ``next_on`` the day of the next try, if any
    is left.
    """

    payable_id: str
    subject_kind: str
    subject_id: str
    payer_id: str
    amount: int
    currency: str
    reason: str
    next_on: str | None


@dataclass(frozen=True)
class CardDeclined(_CardEvent):
    """A kept card was declined."""

    kind: ClassVar[str] = "card.declined"


@dataclass(frozen=True)
class CardActionNeeded(_CardEvent):
    """The payer itself must act: its bank asks for it, or there is no card."""

    kind: ClassVar[str] = "card.action_needed"


@dataclass(frozen=True)
class _KeptCardEvent(Event):
    """About a kept card: brand and last four digits, nothing more."""

    card_id: str
    payer_id: str
    brand: str
    last4: str


@dataclass(frozen=True)
class CardAdded(_KeptCardEvent):
    """A card is kept from now on."""

    kind: ClassVar[str] = "card.added"


@dataclass(frozen=True)
class CardRemoved(_KeptCardEvent):
    """A card is kept no longer."""

    kind: ClassVar[str] = "card.removed"


@dataclass(frozen=True)
class _DisputeEvent(Event):
    """About a chargeback; ids as UUID text, ``amount`` in minor units. ``invoice_ids`` are all that stand open again,
    ``invoice_id`` the first of them."""

    dispute_id: str
    payment_id: str
    payer_id: str
    invoice_id: str | None
    invoice_ids: list[str]
    amount: int
    currency: str
    reason: str


@dataclass(frozen=True)
class DisputeOpened(_DisputeEvent):
    """The holder's bank took money back."""

    kind: ClassVar[str] = "dispute.opened"


@dataclass(frozen=True)
class DisputeClosed(_DisputeEvent):
    """The chargeback is decided: ``won`` brings the money back."""

    kind: ClassVar[str] = "dispute.closed"
    won: bool
