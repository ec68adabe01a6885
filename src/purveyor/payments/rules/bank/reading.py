"""A file from the bank: which format it is, and whether what it says adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from purveyor.payments.errors_bank import StatementDoesNotAddUp, StatementTooLarge, StatementUnreadable
from purveyor.payments.rules.bank.camt import read_camt
from purveyor.payments.rules.bank.fields import BYTES_MAX
from purveyor.payments.rules.bank.mt940 import read_mt940
from purveyor.payments.types_bank import ReadStatement, Warning


def read_file(content: bytes) -> list[ReadStatement]:
    """The statements of a CAMT.053 or MT940 file, each checked: opening and entries come to closing.

    Raises: StatementUnreadable; StatementTooLarge; StatementDoesNotAddUp. Nothing is read by halves.
    """
    if len(content) > BYTES_MAX:
        raise StatementTooLarge(limit=BYTES_MAX, unit="bytes")
    if not content.strip():
        raise StatementUnreadable(reason="empty")
    # A byte order mark, or an encoding of two bytes, still begins with something else than a colon or a brace.
    is_xml = b"<" in content[:200].lstrip() and b":20:" not in content[:200]
    statements = read_camt(content) if is_xml else read_mt940(content)
    for one in statements:
        if one.difference:
            raise StatementDoesNotAddUp(
                opening=one.opening,
                entries=sum(entry.amount for entry in one.entries),
                closing=one.closing,
                difference=one.difference,
                currency=one.currency,
            )
    return [_told_apart(one) for one in statements]


def _told_apart(statement: ReadStatement) -> ReadStatement:
    """Entries that look alike in one statement are two: the second gets a key of its own."""
    seen: Counter[tuple[str, int, object]] = Counter()
    entries = []
    for one in statement.entries:
        found = (one.key, one.amount, one.value_date)
        seen[found] += 1
        entries.append(one if seen[found] == 1 else replace(one, key=f"{one.key}~{seen[found]}"))
    return replace(statement, entries=tuple(entries))


def warnings_of(
    statement: ReadStatement, *, before: tuple[int | None, int, str] | None, seller_iban: str
) -> list[Warning]:
    """What is odd about it, after the statement ``before`` it (sequence, closing, currency) of the same account."""
    found = []
    if seller_iban and statement.account != seller_iban.replace(" ", "").upper():
        found.append(Warning("other_account", {"account": statement.account}))
    if before is None:
        return found
    sequence, closing, currency = before
    expected = None if sequence is None else sequence + 1
    # Some banks begin again every year.
    if expected is not None and statement.sequence not in (None, sequence, expected, 1):
        found.append(Warning("sequence_gap", {"expected": expected, "found": statement.sequence}))
    if currency == statement.currency and closing != statement.opening:
        facts = {"expected": closing, "found": statement.opening, "currency": currency}
        found.append(Warning("opening_differs", facts))
    return found
