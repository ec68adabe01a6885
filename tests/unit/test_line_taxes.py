"""A line belongs to one of its document's taxes, and those of each tax sum to its base."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from purveyor.billing.rules.totals import check_totals
from purveyor.billing.types import DocumentDraft, DraftLine, PartySnapshot, TaxLine
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def line(net: int, tax: int) -> DraftLine:
    return DraftLine(Explanation("line.new"), 1, 12, eur(net), Decimal(0), eur(net), tax=tax)


def tax(rate: str, base: int) -> TaxLine:
    rated = Decimal(rate)
    return TaxLine("S", rated, eur(base), eur(base).share(rated / 100), Explanation("tax.domestic"))


def mixed() -> DocumentDraft:
    party = PartySnapshot("A", "SE", {})
    some = UUID(int=1)
    return DocumentDraft(
        reseller_id=some,
        customer_id=some,
        payer_id=some,
        bill_to_id=some,
        seller=party,
        buyer=party,
        lines=(line(1000, 0), line(500, 1), line(200, 0)),
        taxes=(tax("25", 1200), tax("12", 500)),
        tax_decision={},
        net=eur(1700),
        vat=eur(360),
        gross=eur(2060),
    )


def test_each_tax_is_on_its_own_lines() -> None:
    check_totals(mixed())


@pytest.mark.parametrize("places", [(0, 0, 1), (0, 1, 2), (1, 0, 0)])
def test_lines_of_another_tax_do_not_add_up(places: tuple[int, ...]) -> None:
    draft = mixed()
    moved = tuple(replace(one, tax=place) for one, place in zip(draft.lines, places, strict=True))
    with pytest.raises(ValueError, match="do not sum to its base"):
        check_totals(replace(draft, lines=moved))
