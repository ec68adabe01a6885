"""What a credit note comes to: the parts of an invoice sum to the whole, to the cent (rules.md c3, c4).

Each credit is the difference of two running totals, before it and after it: so whatever the parts and their order,
nothing is lost or given twice, and the last one closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from purveyor.billing.types import DocumentLine, TaxLine
from purveyor.billing.types_credit import CreditedLine
from purveyor.kernel.money import Money, percent


def net_of_seats(line: DocumentLine, quantity: int) -> Money:
    """What the first ``quantity`` seats of the line cost; all of them cost its net."""
    return Money(line.net.amount * quantity // line.quantity, line.net.currency)


def tax_of_base(tax: TaxLine, base: Money) -> Money:
    """The tax on the first ``base`` of the category: at the document's rate, never more than it charged."""
    if base == tax.base:
        return tax.amount
    return min(base.share(percent(tax.rate_percent)), tax.amount)


def left_of(lines: Iterable[DocumentLine], credited: Mapping[UUID, int]) -> dict[UUID, int]:
    """How many seats of each line are not credited yet."""
    return {line.id: line.quantity - credited.get(line.id, 0) for line in lines}


def credit_lines(
    lines: Sequence[DocumentLine], credited: Mapping[UUID, int], wanted: Mapping[UUID, int]
) -> tuple[CreditedLine, ...]:
    """The lines of a credit note over ``wanted`` seats a line, in the invoice's order.

    Raises: ValueError: no seats, a line that is not there, or more than what is left of it.
    """
    left = left_of(lines, credited)
    if not wanted or not set(wanted) <= set(left):
        raise ValueError("lines of the invoice are credited")
    found = []
    for line in lines:
        quantity = wanted.get(line.id)
        if quantity is None:
            continue
        if not 1 <= quantity <= left[line.id]:
            raise ValueError(f"line {line.position} has {left[line.id]} left")
        before = credited.get(line.id, 0)
        net = net_of_seats(line, before + quantity) - net_of_seats(line, before)
        found.append(CreditedLine(line.id, quantity, net))
    return tuple(found)


def credit_taxes(
    lines: Sequence[DocumentLine],
    taxes: Sequence[TaxLine],
    credited: Mapping[UUID, int],
    now: Sequence[CreditedLine],
) -> tuple[TaxLine, ...]:
    """The taxes of a credit note, at the invoice's rates and in its order; categories without a line are left out.

    A part's tax may differ by one minor unit from its own rate times base, so that all parts sum to the whole.
    """
    place = {line.id: line.tax for line in lines}
    found = []
    for index, tax in enumerate(taxes):
        parts = [one.net for one in now if place[one.line_id] == index]
        if not parts:
            continue
        currency = tax.base.currency
        before = Money.total(
            (net_of_seats(line, credited.get(line.id, 0)) for line in lines if line.tax == index), currency
        )
        base = Money.total(parts, currency)
        amount = tax_of_base(tax, before + base) - tax_of_base(tax, before)
        found.append(TaxLine(tax.category, tax.rate_percent, base, amount, tax.reason))
    return tuple(found)


def part_of(amount: int, *, whole: Money, before: Money, part: Money) -> int:
    """The share of ``amount`` that falls on ``part`` of ``whole``, after ``before`` of it: parts sum to it exactly.

    For an amount in another currency that a document states (the VAT in the seller's).
    """

    def first(money: Money) -> int:
        return amount if money == whole else int(amount * Fraction(money.amount, whole.amount or 1))

    return first(before + part) - first(before)
