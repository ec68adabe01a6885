"""The words that bodies and queries are made of. Strict: no number in quotes, no surprise in a name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

from purveyor.kernel.text import has_control_characters

QUANTITY_MAX = 100_000
AMOUNT_MAX = 10**15

SubscriptionStatus = Literal[
    "awaiting_payment",
    "awaiting_link",
    "provisioning",
    "provision_failed",
    "trial",
    "active",
    "suspended",
    "extended",
    "ended",
    "cancelled",
]
PaymentMethod = Literal["bank_transfer", "balance", "card"]
VatStatus = Literal["none", "valid", "invalid", "unknown"]


def _clean(value: str) -> str:
    if has_control_characters(value):
        raise ValueError("control_characters")
    return value


def _date(value: str) -> str:
    try:
        valid = date.fromisoformat(value).isoformat() == value
    except ValueError:
        valid = False
    if not valid:
        raise ValueError("date")
    return value


def _instant(value: str) -> str:
    try:
        valid = len(value) > 18 and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        valid = False
    if not valid:
        raise ValueError("instant")
    return value


def _digits(value: object) -> object:
    # Already a number: the default of the call itself.
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("not_an_integer")
    return value


Text = Annotated[str, Field(max_length=500), AfterValidator(_clean)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_clean)]
Id = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_clean)]
Quantity = Annotated[int, Strict(), Field(ge=1, le=QUANTITY_MAX)]
Flag = Annotated[bool, Strict()]
Day = Annotated[str, AfterValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[str, AfterValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
# As it is written in the address: digits, nothing that merely could be read as a number.
Limit = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=200)]


def left_out() -> Any:
    """The default of what may be left out of a change, but not be sent as null: that would change nothing
    and say nothing."""
    return Field(default_factory=lambda: None)


class Body(BaseModel):
    """Something that is sent: fields that the contract does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class Shape(BaseModel):
    """Something that is answered."""


class MoneyIn(Body):
    """An amount of money above zero, in minor units."""

    amount: Annotated[int, Strict(), Field(ge=1, le=AMOUNT_MAX)]
    currency: Annotated[str, Field(min_length=3, max_length=3)]


class Money(Shape):
    """Minor units and an ISO 4217 currency: ``{"amount": 12345, "currency": "EUR"}`` is 123.45 EUR."""

    amount: int
    currency: str
