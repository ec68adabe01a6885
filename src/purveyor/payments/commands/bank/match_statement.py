"""Look at the entries of a statement and match what can be matched without a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from purveyor.infra import bulk, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.commands.bank._book import find_by_amount, lock_account, read_book
from purveyor.payments.commands.bank._outgoing import find_payouts, is_outward, settle_outgoing
from purveyor.payments.commands.bank._write import (
    Arrival,
    Decided,
    Twins,
    write_arrivals,
    write_decided,
    write_matches,
)
from purveyor.payments.events import StatementGoingOn
from purveyor.payments.rules.bank.matching import SUGGESTED_MAX, Book, decide, take
from purveyor.payments.rules.bank.own import is_return
from purveyor.payments.types_bank import Decision, ReadEntry

CHUNK = 1_000
Row = models.BankEntry


class Incoming(NamedTuple):
    """Money that came in, stored or about to be."""

    id: UUID | str
    currency: str
    entry: ReadEntry


@dataclass(slots=True)
class Outcome:
    """What entries come to, before anything of it is written."""

    twins: Twins
    arrivals: list[Arrival] = field(default_factory=list)
    matches: list[dict[str, Any]] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)


@command
@bulk.uncollected()
def match_statement(*, actor: Actor, now: datetime, statement_id: UUID, limit: int | None = None) -> int:
    """Decide the entries of a statement that were not looked at yet (at most ``limit``); how many are left then.

    In the order of rules.md e, each match with its rule; what fits nothing waits for a person with suggestions. Never
    by a name alone. A payment that a person typed in before is not counted twice. Money out is set against refunds
    under way and payments it takes back. Safe to repeat: an entry is decided once.

    Raises: Forbidden, NotFound.
    Emits: payment.received, payable.settled, invoice.paid, balance.deposited, payment.reversed, refund.done.
    """
    authority.require(actor, "operate")
    account = models.BankStatement.objects.filter(id=statement_id).values_list("account", flat=True).first()
    if account is None:
        raise NotFound(kind="bank_statement")
    lock_account(account)
    waiting = models.BankEntry.objects.filter(statement_id=statement_id, status="new").order_by("position")
    rows = list(waiting if limit is None else waiting[:limit])
    decide_rows(actor, now, rows)
    return 0 if limit is None or len(rows) < limit else waiting.count()


@command
def go_on(*, actor: Actor, now: datetime, statement_id: UUID) -> int:
    """Match the next thousand entries of a statement, and announce when others are left; how many.

    Each step is a transaction of its own, so that a large statement shows how far it is. Safe to repeat.

    Raises: as ``match_statement``.
    Emits: bank_statement.going_on, and what ``match_statement`` does.
    """
    left = match_statement(actor=actor, now=now, statement_id=statement_id, limit=CHUNK)
    if left:
        outbox.emit(
            StatementGoingOn(bank_statement_id=str(statement_id), entries=left),
            now=now,
            subject_id=statement_id,
            reseller_id=None,
        )
    return left


@command
def match_again(*, actor: Actor, now: datetime) -> int:
    """Look once more at every entry that waits for a person (at most a thousand, the oldest first): what has been
    invoiced or learned meanwhile may match. How many do not wait any more. Those that a person is at are waited for:
    what was decided by hand is not decided again.

    Raises: Forbidden.
    Emits: as ``match_statement``.
    """
    authority.require(actor, "operate")
    waiting = models.BankEntry.objects.filter(status="open", amount__gt=0).order_by("value_date", "id")
    accounts = waiting.order_by("account").values_list("account", flat=True).distinct()
    for account in list(accounts):
        lock_account(account)
    rows = list(waiting.exclude(reason="unmatched").select_for_update(no_key=True)[:CHUNK])
    decide_rows(actor, now, rows)
    return models.BankEntry.objects.filter(id__in=[row.id for row in rows]).exclude(status="open").count()


def decide_rows(actor: Actor, now: datetime, rows: Sequence[Row]) -> None:
    """Decide these entries, and write what they come to."""
    outward = {row.id for row in rows if not is_incoming(read_of(row))}
    _decide_stored(actor, now, [row for row in rows if row.id not in outward])
    left = [row for row in rows if row.id in outward and not settle_outgoing(actor, now, row)]
    _decide_stored(actor, now, left)


def is_incoming(entry: ReadEntry) -> bool:
    """Whether it is money that came in, and no payout of ours that may have come back."""
    return not is_outward(entry.amount, entry.is_reversal, entry.end_to_end, entry.reference, entry.text)


def _decide_stored(actor: Actor, now: datetime, rows: Sequence[Row]) -> None:
    if rows:
        outcome = decide_incoming(actor, [Incoming(row.id, row.currency, read_of(row)) for row in rows])
        carry_out(actor, now, outcome, lambda decided: write_decided(actor, now, decided))


def read_of(row: Row) -> ReadEntry:
    """The row as the file said it."""
    return ReadEntry(
        key=row.key,
        amount=row.amount,
        value_date=row.value_date,
        booked_on=row.booked_on,
        is_reversal=row.is_reversal,
        reference=row.reference,
        end_to_end=row.end_to_end,
        debtor_name=row.debtor_name,
        debtor_iban=row.debtor_iban,
        text=row.text,
        code=row.code,
    )


def bank_says(row: Row | ReadEntry) -> str:
    """What a payment keeps as its reference: the creditor reference, or else what the payer wrote."""
    return (row.reference or row.text or row.end_to_end or row.key)[:200]


def decide_incoming(actor: Actor, incoming: Sequence[Incoming]) -> Outcome:
    """What each of them is for. Payables are locked, nothing is written."""
    book = read_book(actor, [one.entry for one in incoming])
    known = [*book.by_reference.values(), *book.by_number.values()]
    known += [one for some in book.by_payer.values() for one in some]
    found = Outcome(Twins(sorted({one.id for one in known})))
    waiting: list[tuple[Incoming, Decision]] = []
    for one in incoming:
        entry = one.entry
        decision = decide(entry, one.currency, book)
        if decision.rule is None:
            waiting.append((one, decision))
            continue
        first = decision.parts[0].candidate
        amount = Money(entry.amount, one.currency)
        typed_in = found.twins.typed_in(first.id, amount, entry.value_date)
        if typed_in is not None:
            found.matches.append(
                {"entry": one.id, "payment": typed_in, "payable": first.id, "payer": first.payer_id,
                 "amount": entry.amount, "rule": "recorded"}
            )  # fmt: skip
            found.decided.append(Decided(one.id, "matched"))
            continue
        take(decision)
        book.learn(entry, first.payer_id)
        found.arrivals.append(
            Arrival(
                one.id,
                amount,
                entry.value_date,
                bank_says(entry),
                decision.rule,
                decision.parts,
                decision.to_balance,
                first,
            )
        )
        found.decided.append(Decided(one.id, "", to_balance=decision.to_balance))
    found.decided = _with_status(found.decided, found.arrivals) + _waiting(waiting, book)
    return found


def carry_out(
    actor: Actor, now: datetime, outcome: Outcome, note: Callable[[Sequence[Decided]], None]
) -> None:
    """Write what they come to; ``note`` writes what the entries themselves say, in one statement without an answer."""

    def beside() -> None:
        note(outcome.decided)
        write_matches(actor, now, outcome.matches)

    write_arrivals(actor, now, outcome.arrivals, outcome.twins, beside=beside)


def _with_status(decided: list[Decided], arrivals: Sequence[Arrival]) -> list[Decided]:
    """An entry that left a payable paid in part is ``partial``, until another one completes it."""
    partial = {
        one.entry_id
        for one in arrivals
        if one.rule == "reference_part" and any(part.candidate.open for part in one.parts)
    }
    return [
        one
        if one.status
        else Decided(
            one.entry_id, "partial" if one.entry_id in partial else "matched", to_balance=one.to_balance
        )
        for one in decided
    ]


def _waiting(open_ones: Sequence[tuple[Incoming, Decision]], book: Book) -> list[Decided]:
    """What waits, with what anybody owes that comes to the same amount as the last suggestion."""
    unknown = [one for one, found in open_ones if len(found.suggested) < SUGGESTED_MAX]
    alike = find_by_amount({(one.entry.amount, one.currency) for one in unknown})
    decided = []
    for one, found in open_ones:
        # Twice as many as fit: some of them may stand before these already.
        more = [other.id for other in alike.get((one.entry.amount, one.currency), ())[: 2 * SUGGESTED_MAX]]
        suggested = tuple(dict.fromkeys([*found.suggested, *more]))[:SUGGESTED_MAX]
        refunds = find_payouts(one.entry.amount, one.currency) if is_return(one.entry.code) else ()
        decided.append(Decided(one.id, "open", found.waits, suggested, refunds=refunds))
    return decided
