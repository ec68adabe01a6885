"""Bank statements and what their entries came to, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Body, Id, Money, Shape
from purveyor.kernel.ids import show
from purveyor.payments.types_bank import Entry, Match, Statement

EntryStatus = Literal["new", "open", "matched", "partial", "returned", "outgoing", "booked", "dismissed"]
OwnAccount = Literal["bank_fees", "bank_interest", "bank_other"]
Rule = Literal[
    "reference",
    "several",
    "reference_part",
    "reference_over",
    "number",
    "iban",
    "recorded",
    "by_hand",
    "return",
    "refund",
    "bank_fees",
    "bank_interest",
    "bank_other",
]
_SUBJECTS = {"invoice": "inv", "order": "ord", "renewal": "ren", "deposit": "dep"}


class Debtor(Shape):
    """The other side of an entry, as the bank says it; of money out it is who got it."""

    name: str
    iban: str


class EntryMatch(Shape):
    """What an entry is for, and by which rule. One subject at most; ``undone`` when it was taken back.

    Money of the operator's own has the account of its books as its rule, and ``text``, what a person said it is.
    """

    invoice: str | None = None
    order: str | None = None
    renewal: str | None = None
    payment: str | None = None
    refund: str | None = None
    amount: Money
    rule: Rule
    text: str | None = None
    undone: bool


class BankEntry(Shape):
    """One booked movement; ``amount`` above zero came in. ``to_balance`` is what its targets did not need.

    ``reason`` says why it waits; ``suggested`` are payables that may be meant, ``suggested_refunds`` payouts that may
    have come back. ``code`` is the bank's word for what it is, and ``suggested_account`` where that says it is booked.
    """

    id: str
    statement: str
    amount: Money
    value_date: str
    booked_on: str
    reference: str
    text: str
    code: str
    debtor: Debtor
    status: EntryStatus
    reason: str
    to_balance: Money
    matches: list[EntryMatch]
    suggested: list[str]
    suggested_refunds: list[str]
    suggested_account: OwnAccount | None


class StatementWarning(Shape):
    """Something odd that does not stop a statement: ``other_account``, ``sequence_gap``, ``opening_differs``."""

    code: str
    facts: dict[str, Any]


class BankStatement(Shape):
    """A bank statement with its balances. ``skipped`` entries were on another statement before."""

    id: str
    account: str
    reference: str
    sequence: int | None
    format: Literal["camt.053", "mt940"]
    opening: Money
    closing: Money
    opening_on: str
    closing_on: str
    imported_at: str
    skipped: int
    warnings: list[StatementWarning]
    counts: dict[str, int]


class ImportedStatement(BankStatement):
    """A statement that was read, with its entries. ``also`` are the others of a file with several."""

    duplicate: bool
    entries: list[BankEntry]
    also: list[str]


class MatchIn(Body):
    """What an entry is for: open payables (``pbl_``, as suggested), invoices or orders of one payer; or the balance
    of an organization; or the refund whose payout came back."""

    payables: Annotated[list[Id], Field(min_length=1, max_length=100)] | None = None
    organization: Id | None = None
    refund: Id | None = None


class BookIn(Body):
    """Where money of your own is booked: a charge of the bank, interest, or something else, which needs a ``text``."""

    account: OwnAccount
    text: Annotated[str, Field(max_length=200)] = ""


def statement(row: Statement) -> Json:
    """A statement without its entries."""
    return {
        "id": show("bst", row.id),
        "account": row.account,
        "reference": row.reference,
        "sequence": row.sequence,
        "format": row.format,
        "opening": money(row.opening),
        "closing": money(row.closing),
        "opening_on": day(row.opening_on),
        "closing_on": day(row.closing_on),
        "imported_at": instant(row.imported_at),
        "skipped": row.skipped,
        "warnings": [{"code": one.code, "facts": public.facts(one.facts)} for one in row.warnings],
        "counts": dict(row.counts),
    }


def imported(row: Statement, entries: Sequence[Entry], *, duplicate: bool, also: Sequence[str]) -> Json:
    """A statement with its entries."""
    return statement(row) | {
        "duplicate": duplicate,
        "entries": [entry(one) for one in entries],
        "also": list(also),
    }


def entry(row: Entry) -> Json:
    """An entry with what it came to."""
    return {
        "id": show("ben", row.id),
        "statement": show("bst", row.statement_id),
        "amount": money(row.amount),
        "value_date": day(row.value_date),
        "booked_on": day(row.booked_on),
        "reference": row.reference,
        "text": row.text,
        "code": row.code,
        "debtor": {"name": row.debtor_name, "iban": row.debtor_iban},
        "status": row.status,
        "reason": row.waits,
        "to_balance": money(row.to_balance),
        "matches": [_match(one) for one in row.matches],
        "suggested": [show("pbl", one) for one in row.suggested],
        "suggested_refunds": [public.shown("refund", one) for one in row.suggested_refunds],
        "suggested_account": row.suggested_account,
    }


def _match(row: Match) -> Json:
    found: Json = {"amount": money(row.amount), "rule": row.rule, "undone": row.undone_at is not None}
    if row.subject_id is not None and row.subject_kind in ("invoice", "order", "renewal"):
        found[row.subject_kind] = show(_SUBJECTS[row.subject_kind], row.subject_id)
    if row.payment_id is not None:
        found["payment"] = public.shown("payment", row.payment_id)
    if row.refund_id is not None:
        found["refund"] = public.shown("refund", row.refund_id)
    if row.note:
        found["text"] = row.note
    return found
