"""Reads of the ledger: balances, their movements, and checks of the books."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.ledger.models import Entry, PrepaidBalance, Transaction
from purveyor.ledger.types import AccountKind, Balance, Drift, Movement, PartyBalance

LIMIT_MAX = 200


def get_balance(*, actor: Actor, party_id: UUID) -> list[Balance]:
    """The prepaid balance of a party, one entry a currency, never converted; empty when it never had one.

    Raises: NotFound when it is another's.
    """
    _require_own(actor, party_id)
    rows = PrepaidBalance.objects.filter(party_id=party_id).order_by("currency")
    return [Balance(Money(r.available, r.currency), Money(r.reserved, r.currency)) for r in rows[:LIMIT_MAX]]


def list_balances(
    *,
    actor: Actor,
    party_ids: Collection[UUID] | None = None,
    cursor: tuple[int, UUID] | None = None,
    limit: int = 50,
) -> list[PartyBalance]:
    """Prepaid balances of all parties, or of ``party_ids``, the largest figure first.

    ``cursor`` is the last row's ``cursor``. Raises: NotFound for everybody but the operator.
    """
    if actor.scope != "operator":
        raise NotFound()
    rows = PrepaidBalance.objects.all()
    if party_ids is not None:
        rows = rows.filter(party_id__in=party_ids)
    if cursor is not None:
        rows = rows.filter(Q(available__lt=cursor[0]) | Q(available=cursor[0], account_id__gt=cursor[1]))
    return [
        PartyBalance(r.account_id, r.party_id, Money(r.available, r.currency), Money(r.reserved, r.currency))
        for r in rows.order_by("-available", "account_id")[: min(limit, LIMIT_MAX)]
    ]


def sum_balances(*, actor: Actor) -> list[Balance]:
    """What all parties have paid ahead, one entry a currency.

    Raises: NotFound for everybody but the operator.
    """
    if actor.scope != "operator":
        raise NotFound()
    rows = (
        PrepaidBalance.objects.order_by("currency")
        .values("currency")
        .annotate(free=Sum("available"), held=Sum("reserved"))
    )
    return [Balance(Money(int(r["free"]), r["currency"]), Money(int(r["held"]), r["currency"])) for r in rows]


def available(*, actor: Actor, party_id: UUID, currency: str) -> Money:
    """What the party may spend in one currency now; another transaction may spend it first.

    Raises: NotFound when it is another's.
    """
    for balance in get_balance(actor=actor, party_id=party_id):
        if balance.available.currency == currency:
            return balance.available
    return Money.zero(currency)


def list_movements(
    *,
    actor: Actor,
    party_id: UUID,
    currency: str | None = None,
    kind: str | None = None,
    since: date | None = None,
    until: date | None = None,
    cursor: int | None = None,
    limit: int = 50,
) -> list[Movement]:
    """Changes of a party's prepaid balance, newest first; ``cursor`` is the last movement's id. Both days are
    included; ``kind`` is the transaction's.

    Raises: NotFound when it is another's.
    """
    _require_own(actor, party_id)
    rows = Entry.objects.filter(account__kind=AccountKind.CUSTOMER_PREPAID, account__party_id=party_id)
    if currency is not None:
        rows = rows.filter(account__currency=currency)
    if kind is not None:
        rows = rows.filter(transaction__kind=kind)
    if since is not None:
        rows = rows.filter(transaction__booked_on__gte=since)
    if until is not None:
        rows = rows.filter(transaction__booked_on__lte=until)
    if cursor is not None:
        rows = rows.filter(id__lt=cursor)
    return [
        Movement(
            id=row.id,
            at=row.transaction.at,
            booked_on=row.transaction.booked_on,
            kind=row.transaction.kind,
            reference=row.transaction.reference,
            amount=Money(-row.amount, row.currency),
            customer_id=row.customer_id,
        )
        for row in rows.select_related("transaction").order_by("-id")[: min(limit, LIMIT_MAX)]
    ]


def account_sum(
    *, actor: Actor, reseller_id: UUID, kind: AccountKind, currency: str, party_id: UUID | None = None
) -> Money:
    """The sum of an account's entries: above zero is a debit. ``party_id`` None sums over all parties.

    Raises: NotFound for another reseller's books, and for everybody without books.
    """
    if actor.scope == "customer" or (actor.scope == "reseller" and actor.reseller_id != reseller_id):
        raise NotFound()
    rows = Entry.objects.filter(
        reseller_id=reseller_id, account__kind=kind, account__reseller_id=reseller_id, currency=currency
    )
    if party_id is not None:
        rows = rows.filter(account__party_id=party_id)
    return Money(int(rows.aggregate(total=Sum("amount"))["total"] or 0), currency)


_DRIFT = """
SELECT p.account_id, p.party_id, p.currency, p.available + p.reserved, coalesce(-sum(e.amount), 0)::bigint
FROM ledger_prepaidbalance p LEFT JOIN ledger_entry e ON e.account_id = p.account_id
GROUP BY p.account_id HAVING p.available + p.reserved <> coalesce(-sum(e.amount), 0)
ORDER BY p.account_id LIMIT 200
"""


def list_drift(*, actor: Actor) -> list[Drift]:
    """Cached balances that differ from the sum of their entries: empty, or something is badly wrong.

    Raises: NotFound for everybody but the operator.
    """
    if actor.scope != "operator":
        raise NotFound()
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        rows = cursor.fetchall()
    return [Drift(row[0], row[1], Money(row[3], row[2]), Money(row[4], row[2])) for row in rows]


def is_posted(*, reseller_id: UUID, reference: str) -> bool:
    """Whether a movement with this reference stands in the reseller's books, as far as the context sees them."""
    return Transaction.objects.filter(reseller_id=reseller_id, reference=reference).exists()


def _require_own(actor: Actor, party_id: UUID) -> None:
    if actor.scope == "operator":
        return
    own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
    if party_id != own:
        raise NotFound()
