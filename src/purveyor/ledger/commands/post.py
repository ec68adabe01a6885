"""Post a transaction: the only write of the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.ledger.errors import InsufficientBalance
from purveyor.ledger.rules.posting import account_id, check_legs
from purveyor.ledger.types import AccountKind, Leg, Posted

_LOCK = """
SELECT account_id, available FROM ledger_prepaidbalance WHERE account_id = ANY(%s) ORDER BY account_id FOR UPDATE
"""
# One statement: a repeat inserts no transaction, and then nothing else either. Foreign keys are checked at its end.
_POST = """
WITH t AS (
  INSERT INTO ledger_transaction (id, reseller_id, customer_id, payer_id, at, booked_on, kind, reference)
  VALUES (%(id)s, %(reseller)s, %(customer)s, %(payer)s, %(at)s, %(booked_on)s, %(kind)s, %(reference)s)
  ON CONFLICT (reseller_id, reference) DO NOTHING
  RETURNING id
), leg AS MATERIALIZED (
  SELECT r.*, t.id AS transaction_id
  FROM t, ROWS FROM (jsonb_to_recordset(%(legs)s::jsonb)
       AS (account uuid, party uuid, kind text, amount bigint, currency text)) WITH ORDINALITY
       AS r(account, party, kind, amount, currency, n)
), a AS (
  INSERT INTO ledger_account (id, reseller_id, party_id, kind, currency)
  SELECT DISTINCT account, %(reseller)s::uuid, party, kind, currency FROM leg ORDER BY account
  ON CONFLICT DO NOTHING
), e AS (
  INSERT INTO ledger_entry (transaction_id, account_id, reseller_id, customer_id, payer_id, amount, currency)
  SELECT transaction_id, account, %(reseller)s::uuid, %(customer)s::uuid, %(payer)s::uuid, amount, currency
  FROM leg ORDER BY n
), b AS (
  INSERT INTO ledger_prepaidbalance (account_id, reseller_id, party_id, currency, available, reserved)
  SELECT account, %(reseller)s::uuid, party, currency, -sum(amount)::bigint, 0
  FROM leg WHERE kind = 'customer_prepaid' GROUP BY account, party, currency HAVING sum(amount) < 0 ORDER BY account
  ON CONFLICT (account_id) DO UPDATE SET available = ledger_prepaidbalance.available + excluded.available
), s AS (
  UPDATE ledger_prepaidbalance p SET available = p.available - spent.amount
  FROM (SELECT account, sum(amount) AS amount FROM leg WHERE kind = 'customer_prepaid'
        GROUP BY account HAVING sum(amount) > 0) spent
  WHERE p.account_id = spent.account
)
SELECT (SELECT id FROM t)
"""
_FIND = "SELECT id FROM ledger_transaction WHERE reseller_id = %s AND reference = %s"


@command
def post(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    kind: str,
    reference: str,
    legs: Sequence[Leg],
    customer_id: UUID | None = None,
    payer_id: UUID | None = None,
) -> Posted:
    """Book ``legs`` in the reseller's books. They sum to zero in each currency; debit is above zero.

    ``kind`` names the movement ("deposit", "sale", ...). ``reference`` is unique per reseller: a repeat
    changes nothing, which makes a retry safe. ``payer_id`` is whose business it is: beside the operator only
    the payer may read it. Prepaid balances are locked before anything is written, so that a refusal leaves
    no trace. One statement, two when a balance is spent. Source: rules.md e.

    Raises: InsufficientBalance; UnbalancedTransaction and ValueError for legs that cannot be booked.
    """
    check_legs(legs)
    rows = [
        {
            "account": str(
                account_id(
                    reseller_id=reseller_id,
                    kind=leg.kind,
                    party_id=leg.party_id,
                    currency=leg.amount.currency,
                )
            ),
            "party": None if leg.party_id is None else str(leg.party_id),
            "kind": leg.kind.value,
            "amount": leg.amount.amount,
            "currency": leg.amount.currency,
        }
        for leg in legs
    ]
    transaction_id = new_id()
    with tx.widen(), connection.cursor() as cursor:
        if not _lock_balances(reseller_id, reference, legs):
            return _posted_before(reseller_id, reference)
        cursor.execute(
            _POST,
            {
                "id": transaction_id,
                "reseller": reseller_id,
                "customer": customer_id,
                "payer": payer_id,
                "at": now,
                "booked_on": business_date(now),
                "kind": kind,
                "reference": reference,
                "legs": json.dumps(rows),
            },
        )
        if cursor.fetchone()[0] is None:
            return _posted_before(reseller_id, reference)
    return Posted(transaction_id, True)


def _lock_balances(reseller_id: UUID, reference: str, legs: Sequence[Leg]) -> bool:
    """Lock the balances that will be spent and see that they suffice; False when it was all done before."""
    spent: dict[UUID, int] = defaultdict(int)
    currencies: dict[UUID, str] = {}
    for leg in legs:
        if leg.kind is AccountKind.CUSTOMER_PREPAID:
            currency = leg.amount.currency
            account = account_id(
                reseller_id=reseller_id, kind=leg.kind, party_id=leg.party_id, currency=currency
            )
            spent[account] += leg.amount.amount
            currencies[account] = currency
    wanted = {account: amount for account, amount in spent.items() if amount > 0}
    if not wanted:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (list(wanted),))
        available: dict[UUID, int] = dict(cursor.fetchall())
    for account, amount in wanted.items():
        if available.get(account, 0) < amount:
            if _find(reseller_id, reference) is not None:
                return False
            raise InsufficientBalance(
                available=available.get(account, 0), wanted=amount, currency=currencies[account]
            )
    return True


def _find(reseller_id: UUID, reference: str) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, (reseller_id, reference))
        row = cursor.fetchone()
    return row[0] if row else None


def _posted_before(reseller_id: UUID, reference: str) -> Posted:
    found = _find(reseller_id, reference)
    if found is None:
        raise RuntimeError(f"reference {reference} belongs to another party's transaction")
    return Posted(found, False)
