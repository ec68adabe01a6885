"""What the accounts hold, for all resellers at once: one side of `purveyor ledger verify` (docs/algorithms/ledger.md).

Read as purveyor_run in the caller's transaction: a comparison needs one picture of all rooms' tables.
"""

from __future__ import annotations

from typing import LiteralString

from purveyor.infra.bulk import Cursor
from purveyor.ledger.types import Figure

# An account without a party is told apart by whose business the movement was.
_SUMS = """
SELECT a.kind, e.reseller_id, coalesce(a.party_id, e.payer_id), a.currency, sum(e.amount)::bigint
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
GROUP BY 1, 2, 3, 4 HAVING sum(e.amount) <> 0"""
_PREPAID = """
SELECT 'customer_prepaid', reseller_id, party_id, currency, -(available + reserved)
FROM ledger_prepaidbalance WHERE available + reserved <> 0"""
_UNBALANCED = """
SELECT 'transaction', t.reseller_id, t.payer_id, e.currency, sum(e.amount)::bigint
FROM ledger_transaction t JOIN ledger_entry e ON e.transaction_id = t.id
GROUP BY t.id, e.currency HAVING sum(e.amount) <> 0"""
_EMPTY = """
SELECT 'transaction_without_entries', t.reseller_id, t.payer_id, '', 1 FROM ledger_transaction t
WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.transaction_id = t.id)"""


def account_sums(cursor: Cursor) -> list[Figure]:
    """The sum of every account by reseller, party (or payer, where it has none) and currency; debit above zero."""
    return figures(cursor, _SUMS)


def prepaid_caches(cursor: Cursor) -> list[Figure]:
    """What the cached balances say the accounts of prepaid money should hold."""
    return figures(cursor, _PREPAID)


def broken_transactions(cursor: Cursor) -> list[Figure]:
    """Transactions that do not sum to zero, or are empty. The database refuses them: there should never be one."""
    return figures(cursor, _UNBALANCED) + figures(cursor, _EMPTY)


def figures(cursor: Cursor, statement: LiteralString) -> list[Figure]:
    """The rows of a statement over (what, reseller, party, currency, amount)."""
    return [
        Figure(what=row[0], reseller_id=row[1], party_id=row[2], currency=row[3], amount=int(row[4]))
        for row in cursor.execute(statement).fetchall()
    ]
