"""The books against everything else that knows about money (docs/algorithms/ledger.md).

Each room says in its own ``books.py`` what its tables come to; here they meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from purveyor.billing import books as billing
from purveyor.billing.recognition import off_schedule, recognized
from purveyor.infra import bulk
from purveyor.infra.bulk import Cursor
from purveyor.ledger import books as ledger
from purveyor.ledger.books import figures
from purveyor.ledger.types import Figure
from purveyor.payments import books as payments
from purveyor.renewals import books as renewals

# What came for orders that are not carried out yet.
_OPEN_ORDERS = """
SELECT 'advance', o.reseller_id, o.payer_id, o.currency, -sum(p.paid)
FROM sales_order o JOIN payments_payable p ON p.id = o.payable_id
WHERE o.status = 'awaiting_payment' AND p.status <> 'cancelled'
GROUP BY 2, 3, 4"""

_Key = tuple[str, UUID, UUID | None, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two places that should agree and do not: ``found`` in the books, ``expected`` by what the books are about.

    ``what`` names the account or the sum; amounts in minor units, debit above zero.
    """

    what: str
    reseller_id: UUID
    party_id: UUID | None
    currency: str
    expected: int
    found: int


def verify() -> list[Difference]:
    """Recompute every balance from its entries and hold it against invoices, credit notes, payments, refunds, cached
    balances, open orders, waiting renewals, VAT and revenue, of all resellers; empty when all agree.

    Read as purveyor_run, in one snapshot, so that work that goes on meanwhile is no difference. About ten statements,
    whatever there is. Source: rules.md e.
    """
    with bulk.connected() as connection, connection.transaction():
        cursor = connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return compare(cursor)


def compare(cursor: Cursor) -> list[Difference]:
    """The same within the caller's transaction, which sees all resellers."""
    accounts = ledger.account_sums(cursor)
    found = _summed(_together(accounts))
    expected = _summed(
        [
            *ledger.prepaid_caches(cursor),
            *billing.from_documents(cursor),
            *payments.from_payments(cursor),
            *renewals.advances(cursor),
            *figures(cursor, _OPEN_ORDERS),
            *recognized(cursor),
        ]
    )
    differences = [
        Difference(*key, expected=expected[key], found=found[key])
        for key in sorted(expected.keys() | found.keys(), key=_order)
        if expected[key] != found[key]
    ]
    broken = [
        *ledger.broken_transactions(cursor),
        *billing.broken_documents(cursor),
        *payments.broken_payments(cursor),
        *off_schedule(cursor),
    ]
    return differences + [
        Difference(one.what, one.reseller_id, one.party_id, one.currency, expected=0, found=one.amount)
        for one in broken
    ]


def _together(accounts: Iterable[Figure]) -> Iterator[Figure]:
    """What is earned moves between two accounts of no party: only both together can be held against the documents of
    a payer, and the revenue for itself against its breakdown."""
    for one in accounts:
        if one.what in ("deferred_revenue", "revenue"):
            yield replace(one, what="deferred_and_revenue")
        if one.what == "revenue":
            yield replace(one, party_id=None)
        elif one.what != "deferred_revenue":
            yield one


def _summed(rows: Iterable[Figure]) -> dict[_Key, int]:
    sums: dict[_Key, int] = defaultdict(int)
    for row in rows:
        sums[(row.what, row.reseller_id, row.party_id, row.currency)] += row.amount
    return sums


def _order(key: _Key) -> tuple[str, str, str, str]:
    return (key[0], str(key[1]), str(key[2]), key[3])
