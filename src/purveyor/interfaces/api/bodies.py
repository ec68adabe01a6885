"""What is sent. Everything else about it is for the rooms to judge, so that each rule has one home."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from purveyor.interfaces.api.types import (
    AMOUNT_MAX,
    Body,
    Day,
    Flag,
    Id,
    Instant,
    MoneyIn,
    Name,
    Quantity,
    Text,
    left_out,
)

Language = Literal["en", "es", "de", "it", "fr"]
Role = Literal["member", "manager", "admin"]
BillTo = Literal["customer", "reseller"]
PaymentMethod = Literal["bank_transfer", "balance", "card"]


class AddressIn(Body):
    """Where a customer is."""

    line1: Name
    line2: Name | None = None
    city: Name
    region: Name | None = None
    postal_code: Name


class CustomerIn(Body):
    """A new customer. ``reseller`` is the operator's choice alone (default: its own house)."""

    name: Name
    country: Name
    email: Name
    language: Language
    currency: Name | None = None
    vat_number: Name | None = None
    bill_to: BillTo | None = None
    address: AddressIn
    reseller: Id | None = None


class ResellerIn(Body):
    """A new reseller. ``code`` stands in the numbers of its documents (default: the next ``R...``)."""

    name: Name
    country: Name
    email: Name
    language: Language
    currency: Name
    vat_number: Name | None = None
    address: AddressIn
    code: Name | None = None


class AccountCap(Body):
    """The most that a reseller may have on account in a currency, net in minor units; ``cap: null`` for no limit."""

    currency: Annotated[str, Field(min_length=3, max_length=3)]
    cap: Annotated[int, Strict(), Field(ge=0, le=AMOUNT_MAX)] | None


class ResellerChange(Body):
    """How it is billed. The mode is its own administrator's or the operator's to choose, the rest the operator's."""

    billing_mode: Literal["at_once", "gathered"] = left_out()
    gathering_allowed: Flag = left_out()
    gathered_due_days: Annotated[int, Strict(), Field(ge=0, le=90)] = left_out()
    account_caps: Annotated[list[AccountCap], Field(max_length=20)] = left_out()


class TakeBackIn(Body):
    """How many seats go back."""

    quantity: Quantity


class DiscountIn(Body):
    """A discount from a day on (default today): a whole number of percent, or a text such as ``"12.5"``."""

    percent: (
        Annotated[int, Strict(), Field(ge=0, le=100)]
        | Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$")]
    )
    offer: Id | None = None
    valid_from: Day | None = None


class AddressChange(Body):
    """Parts of an address that change."""

    line1: Name = left_out()
    line2: Name | None = None
    city: Name = left_out()
    region: Name | None = None
    postal_code: Name = left_out()


class CustomerChange(Body):
    """What changes; what is left out stays. ``vat_number: null`` takes the number away."""

    name: Name = left_out()
    country: Name = left_out()
    email: Name = left_out()
    language: Language = left_out()
    currency: Name = left_out()
    vat_number: Name | None = None
    bill_to: BillTo = left_out()
    may_pay_itself: Flag = left_out()
    address: AddressChange = left_out()


class NewLine(Body):
    """A new subscription."""

    type: Literal["new"]
    offer: Id
    quantity: Quantity


class AddSeatsLine(Body):
    """More seats in the running term, for the months that are left."""

    type: Literal["add_seats"]
    subscription: Id
    quantity: Quantity


class ChangePlanLine(Body):
    """Another plan of the same product (not offered yet: ``invalid``)."""

    type: Literal["change_plan"]
    subscription: Id
    offer: Id
    quantity: Quantity


Line = Annotated[NewLine | AddSeatsLine | ChangePlanLine, Field(discriminator="type")]


class QuoteIn(Body):
    """What somebody wants to buy."""

    customer: Id
    lines: Annotated[list[Line], Field(min_length=1, max_length=100)]


class TrialIn(Body):
    """A trial of an offer that has trial days."""

    customer: Id
    offer: Id
    quantity: Quantity


class OrderIn(Body):
    """The acceptance of a quote."""

    quote: Id
    payment_method: PaymentMethod


class RenewalChange(Body):
    """What happens at the end of the term. ``renewal_quantity: null`` renews as many seats as there are,
    ``renewal_offer: null`` the offer that there is; else another plan or term of the same product (id or code)."""

    auto_renew: Flag = left_out()
    renewal_quantity: Quantity | None = None
    renewal_offer: Id | None = None
    renewal_payment_method: PaymentMethod = left_out()


class ReasonIn(Body):
    """Why, in a line: kept, and told to those whom it concerns."""

    reason: Name


class LeaversIn(Body):
    """Whose seats go at the end of the term: exactly these assignments."""

    assignments: Annotated[list[Id], Field(max_length=1000)]


class MemberIn(Body):
    """A new member. An administrator needs ``confirm: "discount_lost"``."""

    email: Name
    name: Name | None = None
    language: Language | None = None
    role: Role = "member"
    confirm: Name | None = None


class MemberChange(Body):
    """What changes. A changed e-mail withdraws the old link and invites the new address."""

    email: Name = left_out()
    name: Name = left_out()
    language: Language = left_out()
    role: Role = left_out()
    confirm: Name | None = None


class AssignmentIn(Body):
    """Who gets the seat; somebody unknown is invited, and the seat is reserved meanwhile."""

    email: Name
    name: Name | None = None
    language: Language | None = None


class ReplacementIn(Body):
    """Who gets the seat instead."""

    email: Name
    name: Name | None = None
    language: Language | None = None


class CreditLineIn(Body):
    """How many seats of an invoice's line are credited."""

    line: Id
    quantity: Quantity


class CreditNoteIn(Body):
    """A credit note over some lines of an invoice. With ``end_seats`` the credited seats end now, and must be free."""

    invoice: Id
    lines: Annotated[list[CreditLineIn], Field(min_length=1, max_length=1000)]
    refund_to: Literal["balance", "source"]
    reason: Name
    end_seats: Flag = False


class PaymentIn(Body):
    """A bank transfer that arrived, for exactly one of an order, an invoice or a renewal."""

    order: Id | None = None
    invoice: Id | None = None
    renewal: Id | None = None
    amount: MoneyIn
    received_on: Day
    reference: Text


class DepositIn(Body):
    """Money paid in ahead."""

    organization: Id
    amount: MoneyIn
    reference: Text
    received_on: Day | None = None


class ClockIn(Body):
    """Where the test clock is to stand."""

    now: Instant
