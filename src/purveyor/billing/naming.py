"""Documents by what a payer writes: for whoever matches money that came. The operator's read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.kernel.actor import Actor
from purveyor.parties import authority

_FIELDS = "d.id, d.number, d.kind, d.order_id, d.status, d.gross - d.credited - d.paid"
# The number says its reseller's code, series and year: by them the unique index finds it.
_BY_NUMBER = f"""
SELECT {_FIELDS} FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[]) AS k(code, series, year, number)
JOIN parties_resellerprofile p ON p.code = k.code
JOIN billing_document d ON (d.reseller_id, d.series, d.year, d.number) = (p.organization_id, k.series, k.year, k.number)
WHERE d.kind <> 'credit_note'"""
_OF_SUBJECTS = f"""
SELECT {_FIELDS} FROM billing_document d
WHERE (d.id = ANY(%s) OR d.order_id = ANY(%s)) AND d.kind <> 'credit_note' ORDER BY d.issued_on, d.id"""


@dataclass(frozen=True, slots=True)
class Named:
    """A document with what is open on it, in minor units."""

    id: UUID
    number: str
    kind: str
    order_id: UUID | None
    status: str
    open: int

    @property
    def takes_money(self) -> bool:
        """Whether money can be counted towards it."""
        return self.kind == "invoice" and self.status in ("issued", "partially_paid", "overdue")


def find_by_number(*, actor: Actor, numbers: Collection[str]) -> list[Named]:
    """Invoices and pro-formas with these printed numbers. One statement. Raises Forbidden."""
    authority.require(actor, "operate")
    keys = []
    for number in numbers:
        parts = number.split("-")
        if len(parts) in (3, 4) and parts[0].isdigit():
            keys.append((parts[1], parts[2] if len(parts) == 4 else "", int(parts[0]), number))
    if not keys:
        return []
    return _rows(_BY_NUMBER, [[key[index] for key in keys] for index in range(4)])


def find_of_subjects(*, actor: Actor, subject_ids: Collection[UUID]) -> list[Named]:
    """The documents that these invoices are, and those of these orders. One statement. Raises Forbidden."""
    authority.require(actor, "operate")
    ids = list(subject_ids)
    return _rows(_OF_SUBJECTS, [ids, ids]) if ids else []


def _rows(statement: str, params: list[Any]) -> list[Named]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [Named(*row) for row in cursor.fetchall()]
