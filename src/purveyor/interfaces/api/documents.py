"""The answers as the schema describes them. Tests hold every answer to these shapes."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import ConfigDict

from purveyor.interfaces.api.types import Money, PaymentMethod, Shape, SubscriptionStatus, VatStatus

T = TypeVar("T")


class Listed(Shape, Generic[T]):
    """A page of a list; ``next_cursor`` is null on the last one."""

    data: list[T]
    next_cursor: str | None


class Problem(Shape):
    """A refusal (RFC 9457). ``code`` is stable; ``detail`` is in the language of ``Accept-Language``."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    facts: dict[str, Any]


class Organization(Shape):
    """Whose key it is."""

    id: str
    kind: Literal["operator", "reseller", "customer"]
    name: str


class Me(Shape):
    """Who calls, and where."""

    organization: Organization
    role: str
    sandbox: bool


class Period(Shape):
    """Dates; ``end`` is exclusive."""

    start: str
    end: str


class Address(Shape):
    """Empty parts are left out."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None


class Customer(Shape):
    """A customer."""

    id: str
    name: str
    country: str
    email: str
    language: str
    currency: str
    vat_number: str | None
    vat_status: VatStatus
    bill_to: Literal["customer", "reseller"]
    may_pay_itself: bool
    address: Address
    reseller: str
    created_at: str


class Reseller(Shape):
    """A reseller; ``code`` stands in the numbers of its documents."""

    id: str
    code: str
    name: str
    country: str
    email: str
    language: str
    currency: str
    vat_number: str | None
    vat_status: VatStatus
    address: Address
    help_name: str
    help_email: str
    help_url: str
    billing_mode: Literal["at_once", "gathered"]
    gathering_allowed: bool
    gathered_due_days: int
    created_at: str


class Discount(Shape):
    """On one offer, or (``offer`` null) on all without their own; ``valid_to`` is exclusive."""

    reseller: str
    offer: str | None
    offer_code: str | None
    percent: int | float
    valid_from: str
    valid_to: str | None


class Offer(Shape):
    """An offer; prices are for one seat and the whole term."""

    id: str
    code: str
    vendor: str
    product: str
    plan: str
    plan_rank: int
    term_months: int
    billing_months: int
    terms: dict[str, Any]
    list_price: Money
    your_price: Money
    discount_percent: int | float


class PricedLine(Shape):
    """``unit_price`` is one seat for the months charged, before discount."""

    type: Literal["new", "add_seats", "change_plan", "renewal"]
    offer: str
    subscription: str | None
    product: str
    plan: str
    quantity: int
    months: int
    unit_price: Money
    discount_percent: int | float
    net: Money
    explanation: str


class QuoteLine(PricedLine):
    """A line of a quote; a new period is as if it began today."""

    offer_code: str
    period: Period


class Tax(Shape):
    """The tax of one category (EN 16931), with its reason as a sentence."""

    category: Literal["S", "AE", "O", "Z", "E", "L"]
    rate_percent: int | float
    base: Money
    amount: Money
    reason: str


class NextRenewal(Shape):
    """What comes next at today's prices; ``net`` is null where somebody else will pay it."""

    date: str
    net: Money | None
    explanation: str


class Quote(Shape):
    """A computed promise."""

    id: str
    status: Literal["open", "accepted", "expired"]
    customer: str
    payer: str
    bill_to: str
    created_at: str
    expires_at: str
    lines: list[QuoteLine]
    net: Money
    taxes: list[Tax]
    gross: Money
    next_renewal: NextRenewal
    order: str | None


class DocumentRef(Shape):
    """A document by id and number."""

    id: str
    number: str


class PaymentDetails(Shape):
    """How to pay: by bank transfer, or by card at ``url``, where the payer can act if its kept card does not pay."""

    reference: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank_name: str | None = None
    url: str | None = None
    amount: Money


class Order(Shape):
    """An accepted quote, or (``kind`` renewals) renewals paid together, which have a document each; ``customer`` is
    null where they are of several. ``payment`` is there while money is to come. ``invoice_held``: it is complete, and
    its invoice waits until its VAT is clear; it comes by itself."""

    id: str
    status: Literal["awaiting_payment", "on_hold", "provisioning", "completed", "cancelled"]
    hold_reason: str | None
    kind: Literal["sale", "renewals"]
    quote: str | None
    customer: str | None
    payer: str
    bill_to: str
    payment_method: PaymentMethod
    on_account: bool
    lines: list[PricedLine]
    net: Money
    vat: Money
    gross: Money
    subscriptions: list[str]
    placed_at: str
    completed_at: str | None
    invoice_held: bool
    pro_forma: DocumentRef | None = None
    invoice: DocumentRef | None = None
    payment: PaymentDetails | None = None


class Renewal(Shape):
    """What is scheduled for the end of the term."""

    on: str
    quantity: int


class ScheduledChange(Shape):
    """What will be different after ``applies_on``. ``quantity`` and ``offer`` are null where they stay; ``ends``: it
    does not renew. ``leaving`` members go with their seats."""

    applies_on: str
    ends: bool
    quantity: int | None
    offer: str | None
    leaving: int


class Subscription(Shape):
    """A subscription. ``period`` is null until it has begun; ``renewal`` when it will not renew; ``scheduled`` when
    nothing changes then. From ``renewal_locked_from`` on the renewal is settled; null where it never is."""

    id: str
    customer: str
    customer_name: str
    payer: str
    offer: str
    offer_code: str
    product: str
    plan: str
    status: SubscriptionStatus
    payment_status: Literal["ok", "past_due"]
    quantity: int
    seats_assigned: int
    seats_free: int
    term_months: int
    period: Period | None
    trial_end: str | None
    auto_renew: bool
    renewal_quantity: int | None
    renewal_offer: str | None
    renewal_payment_method: PaymentMethod
    renewal_locked_from: str | None
    renewal: Renewal | None
    scheduled: ScheduledChange | None
    suspended_at: str | None
    suspend_reason: str | None
    created_at: str
    ended_at: str | None
    end_reason: str | None


class Member(Shape):
    """A customer's user."""

    id: str
    customer: str
    email: str
    name: str
    language: str
    role: Literal["member", "manager", "admin"]
    status: Literal["invited", "active", "removed"]
    created_at: str


class SeatHolder(Shape):
    """The member in a seat."""

    id: str
    email: str
    name: str
    status: Literal["invited", "active", "removed"]


class Assignment(Shape):
    """A member in a seat."""

    id: str
    subscription: str
    member: SeatHolder
    status: Literal["reserved", "active", "ended"]
    since: str
    leaves_at_renewal: bool


class Payment(Shape):
    """Money that came; what its target did not need went to the payer's balance."""

    id: str
    customer: str | None
    payer: str
    amount: Money
    allocated: Money
    to_balance: Money
    method: str
    received_on: str
    reference: str
    recorded_at: str
