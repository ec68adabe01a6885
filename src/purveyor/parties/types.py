"""What parties shows to other rooms: frozen rows and small words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.kernel.ids import show

Kind = Literal["operator", "reseller", "customer"]
BillingMode = Literal["at_once", "gathered"]
BillTo = Literal["customer", "reseller"]
VatStatus = Literal["none", "valid", "invalid", "unknown"]
# What the seller does while nobody can say whether a buyer's number is valid.
VatUnknownPolicy = Literal["hold_invoice", "charge_then_correct"]

LANGUAGES = ("en", "es", "de", "it", "fr")
PREFIXES: dict[str, str] = {"operator": "ope", "reseller": "res", "customer": "cus"}

ROLES: dict[str, tuple[str, ...]] = {
    "operator": ("admin",),
    "reseller": ("admin", "technician"),
    "customer": ("admin", "manager", "member"),
}


@dataclass(frozen=True)
class Address:
    """Where a party is; ``region`` and ``line2`` may be empty."""

    line1: str
    city: str
    postal_code: str
    line2: str = ""
    region: str = ""


@dataclass(frozen=True)
class Organization:
    """An operator, a reseller or a customer."""

    id: UUID
    kind: Kind
    name: str
    country: str
    email: str
    language: str
    currency: str
    currency_frozen: bool
    vat_number: str
    vat_status: VatStatus
    bill_to: BillTo
    address: Address
    reseller_id: UUID | None
    created_at: datetime
    # A reseller's customer: it may take over a renewal that the reseller leaves unpaid.
    may_pay_itself: bool = False

    @property
    def public_id(self) -> str:
        """The id as shown: ``cus_...``, ``res_...``, ``ope_...``."""
        return show(PREFIXES[self.kind], self.id)


@dataclass(frozen=True)
class ResellerProfile:
    """What a reseller's own customers may know of it, and its switches."""

    organization_id: UUID
    code: str
    name: str
    is_house: bool
    help_name: str
    help_email: str
    help_url: str
    notify_customer_contact: bool
    documents_to_bill_to: bool
    billing_mode: BillingMode = "at_once"
    gathering_allowed: bool = True
    gathered_due_days: int = 14


@dataclass(frozen=True)
class Seller:
    """The operator as seller of record, with the account that transfers go to."""

    organization: Organization
    iban: str
    bic: str
    bank_name: str
    help_email: str
    help_url: str
    vat_unknown: VatUnknownPolicy = "hold_invoice"
    vat_answer_days: int = 30


@dataclass(frozen=True)
class PersonRow:
    """A login."""

    id: UUID
    email: str
    name: str
    language: str


@dataclass(frozen=True)
class Workspace:
    """One organization in which a person works, and as what."""

    membership_id: UUID
    organization_id: UUID
    kind: Kind
    role: str
    reseller_id: UUID | None
    customer_id: UUID | None


@dataclass(frozen=True)
class MembershipRow:
    """A person's place in an organization."""

    id: UUID
    person: PersonRow
    organization_id: UUID
    role: str
    since: datetime


@dataclass(frozen=True)
class ApiKeyRow:
    """An API key without its secret."""

    id: UUID
    name: str
    hint: str
    role: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class CustomerInput:
    """What is asked for when a customer is created or corrected."""

    name: str
    country: str
    email: str
    language: str
    address: Address
    vat_number: str = ""
    bill_to: BillTo | None = None
    currency: str | None = None
