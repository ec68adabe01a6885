"""The statement of account: what a payer owed, what was billed, credited, paid and paid back, and what it owes now.

It is read from the books: its closing balance is the payer's receivable, and each movement names its document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from purveyor.billing.queries import numbers_of
from purveyor.billing.statement import issued_between
from purveyor.billing.types import DocumentRow
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.money import Money
from purveyor.ledger.receivables import OwedEntry, list_owed, owed_before
from purveyor.payments.queries import find_payables_by_id, find_payments_by_id
from purveyor.payments.types import Payable, Payment

LINES_MAX = 5_000
LineKind = Literal["invoice", "credit_note", "payment", "payment_withdrawn", "refund"]
# What begins the reference of a movement of money; anything else that is owed was billed.
_MONEY = ("payment", "payable", "attempt", "dispute")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement: above zero the payer owes more. ``balance`` is what it owes after it.

    ``number`` is the document's, where there is one; ``method`` and ``note`` say how money came and what the bank
    said about it.
    """

    on: date
    kind: LineKind
    amount: Money
    balance: Money
    document_id: UUID | None = None
    number: str = ""
    method: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of one payer in one currency over some days, both included."""

    payer_id: UUID
    since: date
    until: date
    opening: Money
    lines: tuple[StatementLine, ...]

    @property
    def currency(self) -> str:
        """Its currency."""
        return self.opening.currency

    @property
    def closing(self) -> Money:
        """What the payer owes at the end of the last day: its receivable in the books."""
        return self.lines[-1].balance if self.lines else self.opening

    def sum_of(self, *kinds: LineKind) -> Money:
        """What the movements of these kinds come to."""
        return Money.total((one.amount for one in self.lines if one.kind in kinds), self.currency)


def get_statement(
    *, actor: Actor, payer_id: UUID, since: date, until: date, currency: str
) -> list[Statement]:
    """The statements of a payer, one a currency; ``currency`` has one even where nothing ever moved.

    About eight statements of SQL, whatever there is. Raises: NotFound when it is another's; Invalid for a period
    that ends before it begins, or with more movements than a statement holds.
    """
    if until < since:
        raise Invalid(field="until", reason="not_after_start", start=since.isoformat())
    opening = owed_before(actor=actor, party_id=payer_id, day=since)
    entries = list_owed(actor=actor, party_id=payer_id, first=since, last=until, limit=LINES_MAX + 1)
    if len(entries) > LINES_MAX:
        raise Invalid(field="from", reason="too_many", max=LINES_MAX)
    names = _Names(actor, payer_id, entries)
    currencies = {*(one.amount.currency for one in entries), *(c for c, owed in opening.items() if owed)}
    return [
        Statement(
            payer_id,
            since,
            until,
            opening.get(code, Money.zero(code)),
            tuple(
                _lines(
                    names,
                    opening.get(code, Money.zero(code)),
                    [e for e in entries if e.amount.currency == code],
                )
            ),
        )
        for code in sorted(currencies or {currency})
    ]


def _lines(names: _Names, owed: Money, entries: Iterable[OwedEntry]) -> Iterable[StatementLine]:
    for one in entries:
        owed += one.amount
        yield names.line(one, owed)


class _Names:
    """What the references of transactions stand for."""

    def __init__(self, actor: Actor, payer_id: UUID, entries: Sequence[OwedEntry]) -> None:
        instants = [one.at for one in entries]
        issued = (
            issued_between(actor=actor, payer_id=payer_id, first=min(instants), last=max(instants))
            if instants
            else []
        )
        # A sale is booked at the instant of its invoice; equal ones of one instant are told apart by nothing.
        self._sales: dict[tuple[datetime, Money], list[DocumentRow]] = {}
        self._notes: dict[UUID, DocumentRow] = {}
        for at, row in issued:
            if row.kind == "credit_note":
                self._notes[row.id] = row
            else:
                self._sales.setdefault((at, row.gross), []).append(row)
        self._payments: dict[UUID, Payment] = {
            one.id: one for one in find_payments_by_id(actor=actor, ids=_ids("payment", entries))
        }
        wanted = {one.payable_id for one in self._payments.values() if one.payable_id is not None}
        payables = find_payables_by_id(actor=actor, ids=wanted | set(_ids("payable", entries)))
        self._payables: dict[UUID, Payable] = {one.id: one for one in payables}
        subjects = {one.subject_id for one in payables}
        self._numbers = numbers_of(actor=actor, subject_ids=subjects)

    def line(self, entry: OwedEntry, balance: Money) -> StatementLine:
        """The entry in its own words."""
        word, id = _named(entry.reference)
        if word == "credit_note" and id is not None:
            return self._credit(entry, balance, id)
        owes_more = entry.amount.amount > 0
        if owes_more and word not in _MONEY:
            sold = self._sales.get((entry.at, entry.amount))
            if not sold:
                return StatementLine(entry.booked_on, "invoice", entry.amount, balance)
            row = sold.pop(0)
            return StatementLine(entry.booked_on, "invoice", entry.amount, balance, row.id, row.number)
        payment = self._payments.get(id) if word == "payment" and id is not None else None
        payable_id = payment.payable_id if payment else id if word == "payable" else None
        payable = self._payables.get(payable_id) if payable_id is not None else None
        document = self._numbers.get(payable.subject_id) if payable is not None else None
        method = payment.method if payment else "balance" if entry.reference.endswith(":balance") else ""
        kind: LineKind = "payment_withdrawn" if owes_more else "payment"
        return StatementLine(
            entry.booked_on,
            kind,
            entry.amount,
            balance,
            document[0] if document else None,
            document[1] if document else "",
            method,
            payment.reference if payment else "",
        )

    def _credit(self, entry: OwedEntry, balance: Money, id: UUID) -> StatementLine:
        row = self._notes.get(id)
        kind: LineKind = "refund" if entry.kind == "refund" else "credit_note"
        if row is None:
            return StatementLine(entry.booked_on, kind, entry.amount, balance)
        return StatementLine(entry.booked_on, kind, entry.amount, balance, row.id, row.number)


def _ids(word: str, entries: Iterable[OwedEntry]) -> list[UUID]:
    found = (_named(one.reference) for one in entries)
    return [id for name, id in found if name == word and id is not None]


def _named(reference: str) -> tuple[str, UUID | None]:
    word, _colon, rest = reference.partition(":")
    try:
        return word, UUID(rest.split(":")[0])
    except ValueError:
        return word, None
