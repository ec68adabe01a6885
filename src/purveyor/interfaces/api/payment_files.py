"""Files for the bank, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from typing import Literal

from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Body, Money, Shape
from purveyor.kernel.ids import show
from purveyor.payments.types_bank import PaymentFile

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
