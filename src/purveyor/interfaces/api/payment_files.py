"""Files for the bank and mandates, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from typing import Literal

from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Body, Day, Id, Money, Name, Shape
from purveyor.kernel.ids import show
from purveyor.payments.types_bank import Mandate, PaymentFile

Kind = Literal["pain.001", "pain.008"]


class FileIn(Body):
    """Which file: payouts of refunds (``pain.001``) or direct debits of invoices that are due (``pain.008``)."""

    kind: Kind


class FileOut(Shape):
    """A file for the bank; ``open_items`` are those that no statement has shown yet."""

    id: str
    kind: Kind
    message_id: str
    execute_on: str
    count: int
    total: Money
    made_at: str
    withdrawn_at: str | None
    open_items: int


class MandateIn(Body):
    """A SEPA direct debit mandate of a customer or reseller. ``reference`` is made here unless given."""

    payer: Id
    iban: Name
    name: Name
    signed_on: Day
    reference: Name | None = None


class MandateOut(Shape):
    """A mandate. ``sequence`` is of the next collection: the first (``FRST``) or another (``RCUR``)."""

    id: str
    payer: str
    reference: str
    iban: str
    name: str
    signed_on: str
    sequence: Literal["FRST", "RCUR"]
    entered_at: str
    revoked_at: str | None


def file(row: PaymentFile) -> Json:
    """A file without its content."""
    return {
        "id": show("pfl", row.id),
        "kind": row.kind,
        "message_id": row.message_id,
        "execute_on": day(row.execute_on),
        "count": row.count,
        "total": money(row.total),
        "made_at": instant(row.made_at),
        "withdrawn_at": maybe_instant(row.withdrawn_at),
        "open_items": row.open_items,
    }


def mandate(row: Mandate) -> Json:
    """A mandate."""
    return {
        "id": show("man", row.id),
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "reference": row.reference,
        "iban": row.iban,
        "name": row.name,
        "signed_on": day(row.signed_on),
        "sequence": row.sequence,
        "entered_at": instant(row.entered_at),
        "revoked_at": maybe_instant(row.revoked_at),
    }
