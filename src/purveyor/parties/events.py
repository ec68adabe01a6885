"""What parties announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class CustomerCreated(Event):
    kind: ClassVar[str] = "customer.created"
    customer: str
    name: str


@dataclass(frozen=True)
class CustomerUpdated(Event):
    kind: ClassVar[str] = "customer.updated"
    customer: str
    changed: list[str]


@dataclass(frozen=True)
class VatNumberChanged(Event):
    kind: ClassVar[str] = "vat_number.changed"
    organization: str
    number: str
    before: str
    status: str


@dataclass(frozen=True)
class ResellerCreated(Event):
    kind: ClassVar[str] = "reseller.created"
    reseller: str
    name: str


@dataclass(frozen=True)
class ResellerUpdated(Event):
    kind: ClassVar[str] = "reseller.updated"
    reseller: str
    changed: list[str]


@dataclass(frozen=True)
class OperatorUpdated(Event):
    """The seller's data or bank account was corrected."""

    kind: ClassVar[str] = "operator.updated"
    operator: str


@dataclass(frozen=True)
class CreditLimitSet(Event):
    """How much a reseller may owe; ``amount`` in minor units, None: as much as it likes."""

    kind: ClassVar[str] = "credit_limit.set"
    reseller: str
    currency: str
    amount: int | None
