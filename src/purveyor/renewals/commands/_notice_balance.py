"""Which renewals a balance will not suffice for: all of a payer's, in the order in which it pays them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from purveyor.kernel.actor import Actor
from purveyor.ledger import queries as ledger
from purveyor.renewals._outlook import Outlook
from purveyor.renewals.commands._notice_cases import CHUNK, RUNNING, read
from purveyor.subscriptions.queries import COLUMNS, JOINED, TABLES, as_subscription
from purveyor.subscriptions.types import Subscription

_FROM_BALANCE = "s.renewal_payment_method = 'balance' AND s.auto_renew AND s.status = ANY(%s)"
# Whose balance a morning looks at.
_PAYERS = f"""
SELECT DISTINCT s.payer_id FROM subscriptions_subscription s JOIN unnest(%s::uuid[], %s::date[]) w (offer, ends)
  ON s.offer_id = w.offer AND s.ends_sort = w.ends WHERE {_FROM_BALANCE}"""
_NEXT = f"""
SELECT {COLUMNS} FROM (
  SELECT * FROM subscriptions_subscription s WHERE s.payer_id = ANY(%s) AND {_FROM_BALANCE}
  AND s.ends_sort > %s AND s.ends_sort <= %s AND (s.payer_id, s.ends_sort, s.id) > (%s, %s, %s)
  ORDER BY s.payer_id, s.ends_sort, s.id LIMIT %s
) s, {TABLES} WHERE {JOINED} ORDER BY s.payer_id, s.ends_sort, s.id"""
_AT_ONCE = 200


def find_short(*, actor: Actor, on: date, pairs: tuple[list[UUID], list[date]]) -> frozenset[UUID]:
    """The subscriptions whose renewal the balance will not suffice for, as far ahead as this morning looks.

    The oldest due is paid first, then by id. Each renewal of a payer is read once, a chunk at a time, and what is
    left of its balance is carried along.
    """
    payers = [row[0] for row in read(_PAYERS, [*pairs, RUNNING])]
    if not payers:
        return frozenset()
    left: dict[tuple[UUID, str], int] = {}
    short: set[UUID] = set()
    last: tuple[Any, ...] = (UUID(int=0), date.min, UUID(int=0))
    known: set[UUID] = set()
    while True:
        rows = read(_NEXT, [payers, RUNNING, on, max(pairs[1]), *last, CHUNK])
        found = [as_subscription(row) for row in rows]
        new = sorted({one.payer_id for one in found} - known)
        left |= _balances(actor, new)
        known |= set(new)
        short |= _pay(actor, on, found, left)
        if len(found) < CHUNK:
            return frozenset(short)
        last = (found[-1].payer_id, found[-1].period_end, found[-1].id)


def _pay(
    actor: Actor, on: date, found: Sequence[Subscription], left: dict[tuple[UUID, str], int]
) -> set[UUID]:
    """Take what each costs from what is left; those for which it is too little take nothing."""
    outlook = Outlook(actor, on, found)
    short: set[UUID] = set()
    for one in found:
        if one.period_end is None:
            continue
        amounts = outlook.amounts(one, one.period_end)
        if amounts.net is None:
            continue
        gross = amounts.net.amount + (amounts.vat.amount if amounts.vat else 0)
        account = (one.payer_id, one.currency)
        if left.get(account, 0) < gross:
            short.add(one.id)
        else:
            left[account] -= gross
    return short


def _balances(actor: Actor, payers: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """What is free on the balances of these payers, by payer and currency."""
    left: dict[tuple[UUID, str], int] = {}
    for at in range(0, len(payers), _AT_ONCE):
        cursor: tuple[int, UUID] | None = None
        while True:
            page = ledger.list_balances(
                actor=actor, party_ids=payers[at : at + _AT_ONCE], cursor=cursor, limit=_AT_ONCE
            )
            for one in page:
                left[one.party_id, one.available.currency] = one.available.amount
            if len(page) < _AT_ONCE:
                break
            cursor = page[-1].cursor
    return left
