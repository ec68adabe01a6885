"""What sales speaks of: wishes, quotes, orders. Frozen, and free of the database. Taxes are ``tax.decision``'s."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.tax.decision import TaxLine

LineType = Literal["new", "add_seats", "change_plan"]
OrderLineType = Literal["new", "add_seats", "change_plan", "renewal"]
OrderKind = Literal["sale", "renewals"]
PaymentMethod = Literal["bank_transfer", "balance", "card"]
QuoteStatus = Literal["open", "accepted", "expired"]
OrderStatus = Literal["awaiting_payment", "on_hold", "provisioning", "completed", "cancelled"]


@dataclass(frozen=True, slots=True)
class LineWish:
    """One thing somebody wants to buy. ``offer`` is an id (``off_...``) or a code.

    ``new`` needs ``offer``; ``add_seats`` needs ``subscription_id``.
    """

    type: LineType
    quantity: int
    offer: str | None = None
    subscription_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PricingContext:
    """What made the price, frozen on each order line (rules.md b): who bought, in which role, from which list."""

    actor_org: UUID
    role: str
    tier: str
    discount_percent: Decimal
    price_list: str


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One priced line. ``unit_price`` is one seat for the months charged, before discount.

    ``list_term_price`` is one seat for the whole term of ``term_months``. The period is half-open; of a new
    subscription it is as if it began today.
    """

    position: int
    type: LineType
    offer_id: UUID
    offer_code: str
    product: str
    plan: str
    subscription_id: UUID | None
    quantity: int
    months: int
    term_months: int
    unit_price: Money
    discount_percent: Decimal
    net: Money
    explanation: tuple[Explanation, ...]
    context: PricingContext
    list_term_price: Money
    period_start: date
    period_end: date


@dataclass(frozen=True, slots=True)
class NextRenewal:
    """What comes next, at today's prices: the earliest date, and the net of all that renews on it.

    ``net`` is None where the reader is not the one who will pay it: a customer's own top-up of a
    subscription its reseller pays for must not show the reseller's discount.
    """

    date: date
    net: Money | None
    explanation: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotePreview:
    """What a quote would say now. Nobody promised it: nothing is stored."""

    customer_id: UUID
    payer_id: UUID
    bill_to_id: UUID
    lines: tuple[QuoteLine, ...]
    taxes: tuple[TaxLine, ...]
    net: Money
    vat: Money
    gross: Money
    next_renewal: NextRenewal


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A computed promise. ``payer_id`` will owe it; ``bill_to_id`` stands on the invoice."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    bill_to_id: UUID
    status: QuoteStatus
    created_at: datetime
    expires_at: datetime
    currency: str
    lines: tuple[QuoteLine, ...]
    taxes: tuple[TaxLine, ...]
    net: Money
    vat: Money
    gross: Money
    next_renewal: NextRenewal
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document by id and number."""

    id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """How to pay an order by bank transfer. ``reference`` is the RF creditor reference."""

    reference: str
    iban: str
    bic: str
    bank_name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """One line of an order, as it was promised. ``subscription_id`` is set for every line."""

    position: int
    type: OrderLineType
    offer_id: UUID
    subscription_id: UUID
    product: str
    plan: str
    quantity: int
    months: int
    unit_price: Money
    discount_percent: Decimal
    net: Money
    explanation: tuple[Explanation, ...]
    context: PricingContext


@dataclass(frozen=True, slots=True)
class OrderView:
    """An accepted quote. ``hold_reason`` is the code of what a person must decide, when on hold; ``on_account`` says
    that it is billed with the gathered invoice of its month (``invoice``, once that is there)."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    bill_to_id: UUID
    quote_id: UUID | None
    status: OrderStatus
    hold_reason: str
    payment_method: PaymentMethod
    currency: str
    net: Money
    vat: Money
    gross: Money
    lines: tuple[OrderLineView, ...]
    payable_id: UUID | None
    pro_forma: DocumentRef | None
    invoice: DocumentRef | None
    payment: PaymentDetails | None
    placed_at: datetime
    completed_at: datetime | None
    on_account: bool = False
    # Completed, and its invoice waits until something is known.
    invoice_held: bool = False
    kind: OrderKind = "sale"
    taxes: tuple[TaxLine, ...] = ()

    @property
    def is_for_many(self) -> bool:
        """Whether it pays renewals of several customers of the reseller that pays."""
        return self.customer_id == self.reseller_id

    @property
    def subscriptions(self) -> tuple[UUID, ...]:
        """The subscriptions of its lines, each once, in the order of the lines."""
        return tuple(dict.fromkeys(line.subscription_id for line in self.lines))


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list."""

    id: UUID
    customer_id: UUID
    payer_id: UUID
    status: OrderStatus
    hold_reason: str
    payment_method: PaymentMethod
    net: Money
    gross: Money
    placed_at: datetime
    completed_at: datetime | None
    reseller_id: UUID
    kind: OrderKind = "sale"

    @property
    def is_for_many(self) -> bool:
        """As :attr:`OrderView.is_for_many`."""
        return self.customer_id == self.reseller_id


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A trial that began: no order, no payment. ``ends_on`` is exclusive."""

    subscription_id: UUID
    customer_id: UUID
    ends_on: date


@dataclass(frozen=True, slots=True)
class HandNeeded:
    """What needs a hand today: counts for the landing page, each with a list of its own behind it."""

    orders_waiting: int
    orders_on_hold: int
    invitations_pending: int
    seats_free: int
    terms_ending: int
    invoices_open: int


@dataclass(frozen=True, slots=True)
class SeatsTakenBack:
    """Seats that were taken back before they were billed: how many there are now, and what is no longer owed."""

    subscription_id: UUID
    customer_id: UUID
    quantity: int
    net: Money
