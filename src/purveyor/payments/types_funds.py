"""How a balance is kept filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.kernel.money import Money

TopUpMethod = Literal["bank_transfer", "card"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundSettings:
    """Below ``threshold`` (None: never) its owner is warned, and with ``automatic`` the balance is filled up to
    ``target``. ``low_since`` says since when it is below."""

    payer_id: UUID
    currency: str
    threshold: Money | None
    target: Money | None
    automatic: bool
    method: TopUpMethod
    low_since: datetime | None
