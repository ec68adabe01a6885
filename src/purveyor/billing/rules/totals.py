"""A draft adds up before it gets a number: afterwards nothing can be corrected (rules.md c4)."""

from __future__ import annotations

from fractions import Fraction

from purveyor.billing.types import DocumentDraft
from purveyor.kernel.money import Money, percent


def check_totals(draft: DocumentDraft) -> None:
    """See that lines, taxes and totals agree, in one currency (EN 16931 BR-CO-10, 13, 14, 15, 17).

    The tax of a category is its base times its rate, rounded once to the minor unit. That of a credit note may be
    one minor unit beside it, because its parts sum to the invoice's (:mod:`purveyor.billing.rules.credit`).

    Raises: ValueError: a fault of the caller, named.
    """
    currency = draft.gross.currency
    if not draft.lines:
        raise ValueError("a document has at least one line")
    if Money.total((line.net for line in draft.lines), currency) != draft.net:
        raise ValueError("the lines do not sum to the net")
    if Money.total((tax.base for tax in draft.taxes), currency) != draft.net:
        raise ValueError("the tax bases do not sum to the net")
    if Money.total((tax.amount for tax in draft.taxes), currency) != draft.vat:
        raise ValueError("the taxes do not sum to the VAT")
    if draft.net + draft.vat != draft.gross:
        raise ValueError("net and VAT do not sum to the gross")
    for place, tax in enumerate(draft.taxes):
        if Money.total((line.net for line in draft.lines if line.tax == place), currency) != tax.base:
            raise ValueError(f"the lines of category {tax.category} do not sum to its base")
        beside = abs((tax.base.share(Fraction(percent(tax.rate_percent))) - tax.amount).amount)
        if beside > (0 if draft.answers_id is None else 1):
            raise ValueError(f"the tax of category {tax.category} is not its rate of its base")
    paid = draft.paid
    if paid is not None and not 0 <= (paid - Money.zero(currency)).amount <= draft.gross.amount:
        raise ValueError("paid is between nothing and the gross")
    if draft.due_days < 0:
        raise ValueError("a document is not due before it is issued")
