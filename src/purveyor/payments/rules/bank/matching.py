"""Which payables an entry pays, and why (rules.md e): in this order, and never by a name alone.

Reference and amount; a reference with other named documents whose open amounts come to the entry; a reference and
another amount (a part, or a rest for the balance); numbers of documents that come to the entry; the account of a
payer that is known, with the one open amount that fits. All else waits for a person, with what may be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from purveyor.payments.rules.bank.naming import numbers_of, references_of
from purveyor.payments.types_bank import Candidate, Decision, Part, ReadEntry, Waits

SUGGESTED_MAX = 5


@dataclass
class Book:
    """The payables that a chunk of entries may be for, by everything that finds one.

    ``payers`` are those that paid from an account before; ``by_amount`` holds open ones of anybody, to suggest.
    """

    by_reference: dict[str, Candidate] = field(default_factory=dict)
    by_number: dict[str, Candidate] = field(default_factory=dict)
    by_payer: dict[UUID, list[Candidate]] = field(default_factory=dict)
    by_amount: dict[tuple[int, str], list[Candidate]] = field(default_factory=dict)
    payers: dict[str, set[UUID]] = field(default_factory=dict)

    def learn(self, entry: ReadEntry, payer_id: UUID) -> None:
        """The entry's account is the payer's, as far as we know."""
        if entry.debtor_iban:
            self.payers.setdefault(entry.debtor_iban, set()).add(payer_id)


def decide(entry: ReadEntry, currency: str, book: Book) -> Decision:
    """What becomes of money that came in. Nothing is changed: the caller takes the parts off (:func:`take`)."""
    named = _found(references_of(entry), book.by_reference)
    numbered = [one for one in _found(numbers_of(entry), book.by_number) if one not in named]
    if named:
        return _by_reference(entry, currency, named, numbered)
    if numbered:
        return _by_number(entry, currency, numbered)
    return _by_account(entry, currency, book)


def take(decision: Decision) -> None:
    """Count the decision's parts as paid, so that the next entry sees what is left."""
    for part in decision.parts:
        candidate = part.candidate
        if part.amount:
            candidate.paid += part.amount
            candidate.status = "settled" if candidate.paid == candidate.amount else "partially_paid"


def oldest_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """In the order in which money is spread over them."""
    return sorted(candidates, key=lambda one: (one.opened_at, one.id))


def spread(amount: int, candidates: Sequence[Candidate]) -> tuple[tuple[Part, ...], int]:
    """As much as each takes, one after the other; then what is left."""
    parts, left = [], amount
    for one in candidates:
        taken = min(left, one.open)
        if taken:
            parts.append(Part(one, taken))
            left -= taken
    return tuple(parts), left


def _found(names: Sequence[str], known: dict[str, Candidate]) -> list[Candidate]:
    return list({known[name].id: known[name] for name in names if name in known}.values())


def _by_reference(
    entry: ReadEntry, currency: str, named: list[Candidate], numbered: list[Candidate]
) -> Decision:
    everything = [*named, *numbered]
    refused = _misfit(entry, currency, everything)
    if refused is not None:
        return refused
    exact = [one for one in named if one.open == entry.amount]
    if len(named) == 1 and exact:
        return Decision("reference", (Part(exact[0], entry.amount),))
    if len(everything) > 1 and sum(one.open for one in everything) == entry.amount:
        return Decision("several", tuple(Part(one, one.open) for one in oldest_first(everything) if one.open))
    order = [*oldest_first(named), *oldest_first(numbered)]
    parts, left = spread(entry.amount, order)
    if not parts:
        # Paid already, or cancelled: the money is the payer's to spend.
        return Decision("reference_over", (Part(order[0], 0),), left)
    return Decision("reference_over" if left else "reference_part", parts, left)


def _by_number(entry: ReadEntry, currency: str, numbered: list[Candidate]) -> Decision:
    refused = _misfit(entry, currency, numbered)
    if refused is not None:
        return refused
    wanted = [one for one in oldest_first(numbered) if one.open]
    if wanted and sum(one.open for one in wanted) == entry.amount:
        return Decision("number", tuple(Part(one, one.open) for one in wanted))
    return Decision(None, waits="amount_differs", suggested=_ids(wanted or numbered))


def _by_account(entry: ReadEntry, currency: str, book: Book) -> Decision:
    payers = book.payers.get(entry.debtor_iban, set()) if entry.debtor_iban else set()
    owed = [one for payer in payers for one in book.by_payer.get(payer, ()) if one.currency == currency]
    owed = [one for one in oldest_first(owed) if one.open]
    fitting = [one for one in owed if one.open == entry.amount]
    if len(payers) == 1 and len(fitting) == 1:
        return Decision("iban", (Part(fitting[0], entry.amount),))
    alike = [one for one in book.by_amount.get((entry.amount, currency), ()) if one.open == entry.amount]
    suggested = _ids([*fitting, *alike, *owed])
    if len(fitting) > 1:
        return Decision(None, waits="ambiguous", suggested=suggested)
    return Decision(None, waits="nothing_found", suggested=suggested)


def _misfit(entry: ReadEntry, currency: str, candidates: list[Candidate]) -> Decision | None:
    waits: Waits = ""
    if any(one.currency != currency for one in candidates):
        waits = "currency_differs"
    elif len({one.payer_id for one in candidates}) > 1:
        waits = "several_payers"
    if not waits:
        return None
    return Decision(
        None, waits=waits, suggested=_ids([one for one in candidates if one.currency == currency])
    )


def _ids(candidates: Iterable[Candidate]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(one.id for one in candidates))[:SUGGESTED_MAX]
