"""Trial balance and journal of a period, for the operator's accountant: all resellers' books, or one's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.ledger.types import AccountKind

LIMIT_MAX = 5_000
_KINDS = list(AccountKind)

_TRIAL = """
SELECT a.kind, e.currency,
  coalesce(sum(e.amount) FILTER (WHERE t.booked_on < %(first)s), 0)::bigint,
  coalesce(sum(e.amount) FILTER (WHERE t.booked_on >= %(first)s AND e.amount > 0), 0)::bigint,
  coalesce(-sum(e.amount) FILTER (WHERE t.booked_on >= %(first)s AND e.amount < 0), 0)::bigint
FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id JOIN ledger_account a ON a.id = e.account_id
WHERE t.booked_on <= %(last)s AND (%(reseller)s::uuid IS NULL OR e.reseller_id = %(reseller)s)
GROUP BY 1, 2"""
_JOURNAL = """
SELECT e.id, t.id, t.booked_on, t.at, t.kind, t.reference, e.reseller_id, e.customer_id, e.payer_id, a.kind, a.party_id,
  e.amount, e.currency
FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id JOIN ledger_account a ON a.id = e.account_id
WHERE t.booked_on BETWEEN %(first)s AND %(last)s AND (%(reseller)s::uuid IS NULL OR e.reseller_id = %(reseller)s)
  AND (t.booked_on, e.id) > (%(day)s, %(entry)s)
ORDER BY t.booked_on, e.id LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One kind of account in one currency: what it held before the period, what was moved, what it holds after.

    ``opening`` and ``closing`` are debit above zero; ``debit`` and ``credit`` are both sizes.
    """

    kind: AccountKind
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        """What it holds at the end of the last day."""
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One leg of one transaction: debit above zero. ``payer_id`` is whose business the transaction is."""

    id: int
    transaction_id: UUID
    booked_on: date
    at: datetime
    kind: str
    reference: str
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID | None
    account: AccountKind
    party_id: UUID | None
    amount: Money

    @property
    def cursor(self) -> tuple[date, int]:
        """Where the next page of a list begins."""
        return (self.booked_on, self.id)


def trial_balance(
    *, actor: Actor, first: date, last: date, reseller_id: UUID | None = None
) -> list[TrialRow]:
    """Every account of the books with its sums of the days ``first`` to ``last``, both included. In each currency
    the closing sums come to zero, and so do debit less credit: a trial balance that does not is a fault.

    Raises: NotFound for everybody but the operator; Invalid (``until``) for a period that ends before it begins.
    """
    rows = tx.fetch(_TRIAL, _period(actor, first, last, reseller_id))
    found = [
        TrialRow(AccountKind(kind), Money(opening, currency), Money(debit, currency), Money(credit, currency))
        for kind, currency, opening, debit, credit in rows
    ]
    return sorted(found, key=lambda row: (row.opening.currency, _KINDS.index(row.kind)))


def list_journal(
    *,
    actor: Actor,
    first: date,
    last: date,
    reseller_id: UUID | None = None,
    cursor: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[JournalEntry]:
    """The entries booked on those days, oldest first; the legs of a transaction stand together.

    Raises: NotFound for everybody but the operator; Invalid (``until``) for a period that ends before it begins.
    """
    values = _period(actor, first, last, reseller_id)
    day, entry = cursor or (date.min, 0)
    rows = tx.fetch(_JOURNAL, values | {"day": day, "entry": entry, "limit": min(limit, LIMIT_MAX)})
    return [
        JournalEntry(
            id=row[0],
            transaction_id=row[1],
            booked_on=row[2],
            at=row[3],
            kind=row[4],
            reference=row[5],
            reseller_id=row[6],
            customer_id=row[7],
            payer_id=row[8],
            account=AccountKind(row[9]),
            party_id=row[10],
            amount=Money(row[11], row[12]),
        )
        for row in rows
    ]


def _period(actor: Actor, first: date, last: date, reseller_id: UUID | None) -> dict[str, Any]:
    if actor.scope != "operator":
        raise NotFound()
    if last < first:
        raise Invalid(field="until", reason="before_from")
    return {"first": first, "last": last, "reseller": reseller_id}
