"""Post many transactions at once: what ``post`` writes, in a few statements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id_texts, plain
from purveyor.ledger.rules.posting import account_id, check_legs
from purveyor.ledger.types import AccountKind, Leg

_ACCOUNTS = """
INSERT INTO ledger_account (id, reseller_id, party_id, kind, currency)
SELECT r.id, r.reseller, r.party, r.kind, r.currency FROM jsonb_to_recordset(%s::jsonb)
  AS r(id uuid, reseller uuid, party uuid, kind text, currency text)
WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.id = r.id) ORDER BY r.id
ON CONFLICT DO NOTHING"""
_POST = """
WITH given AS MATERIALIZED (
  SELECT r.* FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS (id uuid, reseller uuid, customer uuid, payer uuid,
    kind text, reference text)) WITH ORDINALITY AS r(id, reseller, customer, payer, kind, reference, n)
), t AS (
  INSERT INTO ledger_transaction (id, reseller_id, customer_id, payer_id, at, booked_on, kind, reference)
  SELECT id, reseller, customer, payer, %s, %s, kind, reference FROM given ORDER BY n
)
INSERT INTO ledger_entry (transaction_id, account_id, reseller_id, customer_id, payer_id, amount, currency)
SELECT l.id, l.account, g.reseller, g.customer, g.payer, l.amount, l.currency
FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS (id uuid, account uuid, amount bigint, currency text))
  WITH ORDINALITY AS l(id, account, amount, currency, n) JOIN given g ON g.id = l.id ORDER BY l.n"""
_BALANCES = """
INSERT INTO ledger_prepaidbalance (account_id, reseller_id, party_id, currency, available, reserved)
SELECT r.id, r.reseller, r.party, r.currency, r.amount, 0 FROM jsonb_to_recordset(%s::jsonb)
  AS r(id uuid, reseller uuid, party uuid, currency text, amount bigint) ORDER BY r.id
ON CONFLICT (account_id) DO UPDATE SET available = ledger_prepaidbalance.available + excluded.available"""


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction to be: whose it is, what it is called, and its legs."""

    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID | None
    kind: str
    reference: str
    legs: Sequence[Leg]


@command
def post_many(*, actor: Actor, now: datetime, postings: Sequence[Posting]) -> None:
    """Book all of them, as ``post`` does, in three statements. Money may be added to balances, never spent: that is
    for ``post``, one by one, under the balance's lock.

    A reference that is on record is an error of the database, which undoes all of it.

    Raises: UnbalancedTransaction and ValueError for legs that cannot be booked.
    """
    if not postings:
        return
    known: dict[tuple[UUID, AccountKind, UUID | None, str], dict[str, Any]] = {}
    added: dict[str, dict[str, Any]] = {}
    given: list[dict[str, Any]] = []
    legs: list[dict[str, Any]] = []
    for one, id in zip(postings, new_id_texts(len(postings)), strict=True):
        check_legs(one.legs)
        given.append(
            {
                "id": id,
                "reseller": str(one.reseller_id),
                "customer": plain(one.customer_id),
                "payer": plain(one.payer_id),
                "kind": one.kind,
                "reference": one.reference,
            }
        )
        for leg in one.legs:
            # The id of an account is a hash of what it is: made once for each.
            key = (one.reseller_id, leg.kind, leg.party_id, leg.amount.currency)
            if key not in known:
                known[key] = _account(one.reseller_id, leg)
            account = known[key]
            amount, currency = leg.amount.amount, leg.amount.currency
            legs.append({"id": id, "account": account["id"], "amount": amount, "currency": currency})
            if leg.kind is AccountKind.CUSTOMER_PREPAID:
                if amount > 0:
                    raise ValueError("a balance is spent one by one, under its lock")
                balance = added.setdefault(account["id"], account | {"amount": 0})
                balance["amount"] -= amount
    with tx.widen(), connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, (json.dumps(list(known.values())),))
        cursor.execute(_POST, (json.dumps(given), now, business_date(now), json.dumps(legs)))
        if added:
            cursor.execute(_BALANCES, (json.dumps(list(added.values())),))


def _account(reseller_id: UUID, leg: Leg) -> dict[str, Any]:
    currency = leg.amount.currency
    found = account_id(reseller_id=reseller_id, kind=leg.kind, party_id=leg.party_id, currency=currency)
    return {
        "id": str(found),
        "reseller": str(reseller_id),
        "party": plain(leg.party_id),
        "kind": leg.kind.value,
        "currency": currency,
    }
