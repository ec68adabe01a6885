"""What tax shows to other rooms: frozen rows and small words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

NumberState = Literal["none", "valid", "invalid", "unknown"]

# Who said it: VIES, asked about the very number.
VIES = "VIES"
# What was checked: form and check digit. Nobody asked the tax authority whether the number exists.
FORMAT_ONLY = "format only"
NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class CheckFound:
    """The check that an invoice names as its evidence: which, of what kind, and when."""

    id: UUID
    source: str
    checked_at: datetime
    # The tax administration's own number for the question and its answer, where it gave one.
    consultation: str = ""
    name_match: str = ""


@dataclass(frozen=True, slots=True)
class NumberResult:
    """What a check of a VAT number found.

    ``normalized`` is the number as it is stored and printed: prefix and body without separators for a number
    of a member state (``EL094259216``), the text as typed for any other. ``evidence`` is plain JSON: number,
    country, status, source; of a live check also request, response, consultation, name, address, name_match (``yes``,
    ``no``, ``not_disclosed``) and error.
    """

    status: NumberState
    normalized: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NumberCheckRow:
    """One check on record. ``customer_id`` is None where the number is the reseller's own."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    number: str
    status: NumberState
    source: str
    checked_at: datetime
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RateRow:
    """A standard rate of a country, or of an area with its own; ``valid_to`` is the first day without it."""

    territory: str
    rate_percent: Decimal
    valid_from: date
    valid_to: date | None
