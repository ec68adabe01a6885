"""The answers about books and balances, as the schema describes them, and how they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import day, instant
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Money, Shape
from purveyor.ledger import reports
from purveyor.ledger.types import OWN_MOVEMENTS
from purveyor.parties.types import Seller
from purveyor.payments import cards
from purveyor.payments.types import Payable
from purveyor.payments.types_funds import FundSettings
from purveyor.sales.credit import Credit as CreditRow

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
    """One leg of a transaction, debit above zero. ``party`` owns the account, ``payer`` is whose business it is.

    Without a ``reseller`` it stands in the operator's own books: charges and interest of the bank.
    """

    id: str
    transaction: str
    booked_on: str
    at: str
    kind: str
    reference: str
    reseller: str | None
    customer: str | None
    payer: str | None
    account: str
    party: str | None
    amount: Money


class TopUpPayment(Shape):
    """How to pay in: what to write on a transfer, or the page where one pays by card."""

    amount: Money
    reference: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank_name: str | None = None
    url: str | None = None


class TopUp(Shape):
    """A deposit that was asked for. What arrives on it is on the balance at once, whole or in parts."""

    id: str
    organization: str
    amount: Money
    paid: Money
    payment_method: str
    status: str
    asked_at: str
    payment: TopUpPayment | None = None


class TopUps(Shape):
    """Deposits that were asked for, the newest first; at most fifty."""

    data: list[TopUp]


class Funds(Shape):
    """What is watched of a balance in one currency. ``low_since`` says since when it is below the threshold."""

    currency: str
    threshold: int | None
    target: int | None
    automatic: bool
    payment_method: str
    low_since: str | None


class FundsList(Shape):
    """One entry for each currency in which something is watched."""

    data: list[Funds]


class Credit(Shape):
    """What a reseller owes in one currency and may owe: open invoices with VAT, what is on account without."""

    currency: str
    limit: Money | None
    invoices: Money
    on_account: Money
    owed: Money
    free: Money | None
    held_orders: int
    held: Money


class CreditList(Shape):
    """One entry for each currency that has a limit."""

    data: list[Credit]


def top_up(row: Payable, seller: Seller) -> Json:
    """A deposit that was asked for, with how to pay it while it is open."""
    customer_id = None if row.customer_id == row.reseller_id else row.customer_id
    answer: Json = {
        "id": public.shown("payable", row.id),
        "organization": public.party(row.payer_id, customer_id=customer_id),
        "amount": money(row.amount),
        "paid": money(row.paid),
        "payment_method": row.method,
        "status": row.status,
        "asked_at": instant(row.opened_at),
    }
    if row.status not in ("open", "partially_paid"):
        return answer
    answer["payment"] = {"amount": money(row.open)}
    if row.method == "card":
        answer["payment"]["url"] = cards.pay_url(row.id)
    else:
        details = {
            "reference": row.reference, "iban": seller.iban, "bic": seller.bic, "bank_name": seller.bank_name,
        }  # fmt: skip
        answer["payment"] |= {name: text for name, text in details.items() if text}
    return answer


def funds(row: FundSettings) -> Json:
    """What is watched of a balance."""
    return {
        "currency": row.currency,
        "threshold": None if row.threshold is None else row.threshold.amount,
        "target": None if row.target is None else row.target.amount,
        "automatic": row.automatic,
        "payment_method": row.method,
        "low_since": None if row.low_since is None else instant(row.low_since),
    }


def credit(row: CreditRow) -> Json:
    """What is owed and may be owed."""
    return {
        "currency": row.owed.currency,
        "limit": None if row.limit is None else money(row.limit),
        "invoices": money(row.invoices),
        "on_account": money(row.on_account),
        "owed": money(row.owed),
        "free": None if row.free is None else money(row.free),
        "held_orders": row.held_count,
        "held": money(row.held),
    }


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
        "reseller": None if row.kind in OWN_MOVEMENTS else public.shown("reseller", row.reseller_id),
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
