"""Transactions by the thousand: what ``commands.post`` writes, three statements a chunk. No balance is spent here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from purveyor.infra import bulk
from purveyor.infra.bulk import Cursor, Scope, escaped
from purveyor.kernel.ids import new_id_texts
from purveyor.ledger.rules.posting import account_id, check_legs
from purveyor.ledger.types import AccountKind, Leg

_ACCOUNTS = """
INSERT INTO ledger_account (id, reseller_id, party_id, kind, currency)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[])
  AS k(id, reseller_id, party_id, kind, currency)
WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = k.id) ORDER BY k.id
ON CONFLICT DO NOTHING"""
_TRANSACTION = "id, reseller_id, customer_id, payer_id, at, booked_on, kind, reference"
_ENTRY = "transaction_id, account_id, reseller_id, customer_id, payer_id, amount, currency"


class Posting(NamedTuple):
    """One transaction to be: its instant, day and reference as text, and its legs."""

    scope: Scope
    at: str
    booked_on: str
    kind: str
    reference: str
    legs: Sequence[Leg]


def post(cursor: Cursor, rows: Sequence[Posting]) -> None:
    """Book them. A reference that is on record already is a database error, which undoes the chunk.

    Raises: UnbalancedTransaction and ValueError as ``commands.post``; ValueError for a balance.
    """
    accounts: dict[tuple[UUID, AccountKind, UUID | None, str], str] = {}
    transactions: list[str] = []
    entries: list[str] = []
    for row, id in zip(rows, new_id_texts(len(rows)), strict=True):
        check_legs(row.legs)
        scope = row.scope.line
        transactions.append(f"{id}\t{scope}\t{row.at}\t{row.booked_on}\t{row.kind}\t{escaped(row.reference)}")
        for leg in row.legs:
            if leg.kind is AccountKind.CUSTOMER_PREPAID:
                raise ValueError("a balance is spent one by one, under its lock")
            key = (row.scope.reseller_id, leg.kind, leg.party_id, leg.amount.currency)
            account = accounts.get(key)
            if account is None:
                account = accounts[key] = str(
                    account_id(reseller_id=key[0], kind=key[1], party_id=key[2], currency=key[3])
                )
            entries.append(f"{id}\t{account}\t{scope}\t{leg.amount.amount}\t{leg.amount.currency}")
    if not rows:
        return
    keys = list(accounts)
    cursor.execute(
        _ACCOUNTS,
        (
            list(accounts.values()),
            [key[0] for key in keys],
            [key[2] for key in keys],
            [key[1].value for key in keys],
            [key[3] for key in keys],
        ),
    )
    bulk.copy(cursor, "ledger_transaction", _TRANSACTION, transactions)
    bulk.copy(cursor, "ledger_entry", _ENTRY, entries)
