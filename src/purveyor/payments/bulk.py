"""Payables by the thousand: what ``open_payable`` writes for a bank transfer, two statements a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from purveyor.infra import bulk
from purveyor.infra.bulk import NULL, Cursor, Scope
from purveyor.kernel.ids import new_id_texts
from purveyor.kernel.money import Money
from purveyor.payments.rules.references import rf_reference

_NEXT = "SELECT nextval('payments_reference_seq') FROM generate_series(1, %s)"
_PAYABLE = (
    "id, reseller_id, customer_id, payer_id, subject_kind, subject_id, amount, currency, paid, reference, method,"
    " status, opened_at, settled_at"
)


class Owed(NamedTuple):
    """What is owed for one invoice; ``subject_id`` and the instant as text."""

    scope: Scope
    subject_id: str
    amount: Money
    at: str


def references(cursor: Cursor, count: int) -> list[str]:
    """So many new creditor references (ISO 11649)."""
    return [rf_reference(str(row[0])) for row in cursor.execute(_NEXT, (count,)).fetchall()]


def open_payables(cursor: Cursor, rows: Sequence[Owed], references: Sequence[str]) -> list[str]:
    """Open a payable by bank transfer for each, with its reference; returns their ids as text.

    Raises: ValueError for an amount of nothing.
    """
    lines = []
    ids = new_id_texts(len(rows))
    for row, id, reference in zip(rows, ids, references, strict=True):
        if row.amount.amount <= 0:
            raise ValueError("nothing is owed")
        lines.append(
            f"{id}\t{row.scope.line}\tinvoice\t{row.subject_id}"
            f"\t{row.amount.amount}\t{row.amount.currency}\t0\t{reference}\tbank_transfer\topen\t{row.at}\t{NULL}"
        )
    bulk.copy(cursor, "payments_payable", _PAYABLE, lines)
    return ids
