"""Direct debit mandates, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from typing import Literal

from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant
from purveyor.interfaces.api.types import Body, Day, Id, Name, Shape
from purveyor.kernel.ids import show
from purveyor.payments.types_bank import Mandate

Status = Literal["valid", "all"]


class MandateIn(Body):
    """A SEPA direct debit mandate of a customer or reseller. ``reference`` is made here unless given."""

    payer: Id
    iban: Name
    name: Name
    signed_on: Day
    reference: Name | None = None


class MandateOut(Shape):
    """A mandate; one without ``revoked_at`` holds. ``sequence`` is of the next collection: the first (``FRST``) or
    another (``RCUR``). ``creditor`` is our creditor identifier, which stands in the payer's statement of account."""

    id: str
    payer: str
    reference: str
    creditor: str
    iban: str
    name: str
    signed_on: str
    sequence: Literal["FRST", "RCUR"]
    entered_at: str
    entered_by: str
    revoked_at: str | None


def mandate(row: Mandate, creditor: str) -> Json:
    """A mandate."""
    return {
        "id": show("man", row.id),
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "reference": row.reference,
        "creditor": creditor,
        "iban": row.iban,
        "name": row.name,
        "signed_on": day(row.signed_on),
        "sequence": row.sequence,
        "entered_at": instant(row.entered_at),
        "entered_by": row.entered_by,
        "revoked_at": maybe_instant(row.revoked_at),
    }
