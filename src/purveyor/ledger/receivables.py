"""What a party owes by the books: before a period, and every movement in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.ledger.models import Entry
from purveyor.ledger.queries import _require_own
from purveyor.ledger.types import AccountKind


@dataclass(frozen=True, slots=True)
class OwedEntry:
    """One movement of what a party owes: above zero it owes more. ``kind`` and ``reference`` are the transaction's."""

    id: int
    at: datetime
    booked_on: date
    kind: str
    reference: str
    amount: Money


def owed_before(*, actor: Actor, party_id: UUID, day: date) -> dict[str, Money]:
    """What the party owed when ``day`` began, by currency; below zero where it is owed. One statement.

    Raises: NotFound when it is another's.
    """
    _require_own(actor, party_id)
    rows = Entry.objects.filter(
        account__kind=AccountKind.RECEIVABLE, account__party_id=party_id, transaction__booked_on__lt=day
    )
    sums = rows.values("currency").annotate(sum=Sum("amount")).order_by("currency")
    return {row["currency"]: Money(int(row["sum"]), row["currency"]) for row in sums}


def list_owed(*, actor: Actor, party_id: UUID, first: date, last: date, limit: int) -> list[OwedEntry]:
    """The movements of those days, both included, oldest first; at one instant what was billed comes first and what is
    paid back last.

    Raises: NotFound when it is another's.
    """
    _require_own(actor, party_id)
    rows = Entry.objects.filter(
        account__kind=AccountKind.RECEIVABLE,
        account__party_id=party_id,
        transaction__booked_on__range=(first, last),
    ).select_related("transaction")
    found = [
        OwedEntry(
            row.id,
            row.transaction.at,
            row.transaction.booked_on,
            row.transaction.kind,
            row.transaction.reference,
            Money(row.amount, row.currency),
        )
        for row in rows.order_by("transaction__booked_on", "id")[:limit]
    ]
    return sorted(
        found,
        key=lambda one: (one.booked_on, one.at, one.kind == "refund", one.amount.amount < 0, one.id),
    )
