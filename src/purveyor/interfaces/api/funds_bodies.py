"""What is sent about balances and credit limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from purveyor.interfaces.api.types import AMOUNT_MAX, Body, Id, MoneyIn

Currency = Annotated[str, Field(min_length=3, max_length=3)]
Size = Annotated[int, Strict(), Field(ge=1, le=AMOUNT_MAX)]


class TopUpIn(Body):
    """A deposit to be paid in. ``organization`` is named by the operator alone."""

    amount: MoneyIn
    payment_method: Literal["bank_transfer", "card"] = "bank_transfer"
    organization: Id | None = None


class FundsIn(Body):
    """What is watched of a balance; amounts in minor units. Without a threshold nothing is."""

    currency: Currency
    threshold: Size | None = None
    target: Size | None = None
    automatic: bool = False
    payment_method: Literal["bank_transfer", "card"] = "bank_transfer"
    organization: Id | None = None


class CreditLimitIn(Body):
    """How much a reseller may owe in a currency; null: as much as it likes."""

    currency: Currency
    amount: Annotated[int, Strict(), Field(ge=0, le=AMOUNT_MAX)] | None
