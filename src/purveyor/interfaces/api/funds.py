"""The answers about books and balances, as the schema describes them, and how they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from purveyor.interfaces.api import public
from purveyor.interfaces.api.shapes import day, instant, money
from purveyor.interfaces.api.types import Money, Shape
from purveyor.ledger import reports

Json = dict[str, Any]


class TrialRow(Shape):
    """One kind of account in one currency. ``opening`` and ``closing`` are debit above zero."""

    account: str
    opening: Money
    debit: Money
    credit: Money
    closing: Money


class TrialBalance(Shape):
    """All accounts with what was moved from ``since`` to ``until``, both included."""

    since: str
    until: str
    rows: list[TrialRow]


class JournalEntry(Shape):
    """One leg of a transaction, debit above zero. ``party`` owns the account, ``payer`` is whose business it is."""

    id: str
    transaction: str
    booked_on: str
    at: str
    kind: str
    reference: str
    reseller: str
    customer: str | None
    payer: str | None
    account: str
    party: str | None
    amount: Money


def trial_balance(first: date, last: date, rows: Sequence[reports.TrialRow]) -> Json:
    """A trial balance as its answer."""
    return {
        "since": day(first),
        "until": day(last),
        "rows": [
            {
                "account": row.kind.value,
                "opening": money(row.opening),
                "debit": money(row.debit),
                "credit": money(row.credit),
                "closing": money(row.closing),
            }
            for row in rows
        ],
    }


def journal_entry(row: reports.JournalEntry) -> Json:
    """An entry as its answer. The payer of a day's revenue is the operator, which has no account."""
    customer_id = None if row.customer_id == row.reseller_id else row.customer_id
    return {
        "id": f"ent_{row.id}",
        "transaction": public.shown("transaction", row.transaction_id),
        "booked_on": day(row.booked_on),
        "at": instant(row.at),
        "kind": row.kind,
        "reference": row.reference,
        "reseller": public.shown("reseller", row.reseller_id),
        "customer": public.shown("customer", customer_id),
        "payer": _party(row, row.payer_id),
        "account": row.account.value,
        "party": _party(row, row.party_id),
        "amount": money(row.amount),
    }


def _party(row: reports.JournalEntry, value: UUID | None) -> str | None:
    if value is None:
        return None
    # What owns an account and is not the reseller is a customer.
    customer_id = row.customer_id if value != row.party_id else value
    return public.party(
        value, customer_id=None if value == row.reseller_id else customer_id, reseller_id=row.reseller_id
    )
