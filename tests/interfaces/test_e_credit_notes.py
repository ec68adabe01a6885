"""Every part of an invoice that is credited is a valid e-invoice of its own, odd cents included."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purveyor.billing.rules.credit import credit_lines, credit_taxes
from purveyor.billing.rules.norm import broken_rules
from purveyor.billing.types import Document
from purveyor.interfaces.documents.einvoice import Preceding, terms_of
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.money import Money
from tests.support.norm import faults, peppol_faults
from tests.support.papers import CASES, paper, papers


def part_of(invoice: Document, credited: dict[UUID, int], wanted: dict[UUID, int]) -> Document:
    """The credit note over ``wanted`` seats a line, as it would be issued."""
    parts = credit_lines(invoice.lines, credited, wanted)
    taxes = credit_taxes(invoice.lines, invoice.taxes, credited, parts)
    lines = {one.id: one for one in invoice.lines}
    places = sorted({lines[one.line_id].tax for one in parts})
    return paper(
        tuple(
            replace(
                lines[one.line_id],
                position=position,
                quantity=one.quantity,
                net=one.net,
                answers_id=one.line_id,
                tax=places.index(lines[one.line_id].tax),
            )
            for position, one in enumerate(parts, start=1)
        ),
        taxes,
        buyer=invoice.buyer,
        kind="credit_note",
        number="2026-R017-CN-000001",
        payment=None,
        answers_id=invoice.id,
    )


@pytest.mark.parametrize("case", CASES)
def test_every_part_is_valid(case: str) -> None:
    @settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    @given(papers(case), st.data())
    def holds(invoice: Document, data: st.DataObject) -> None:
        first = {one.id: data.draw(st.integers(0, one.quantity)) for one in invoice.lines}
        second = {one.id: one.quantity - first[one.id] for one in invoice.lines}
        total = Money.zero(invoice.gross.currency)
        nothing: dict[UUID, int] = {}
        for before, wanted in ((nothing, first), (first, second)):
            some: dict[UUID, int] = {id: quantity for id, quantity in wanted.items() if quantity}
            if not some:
                continue
            note = part_of(invoice, before, some)
            total += note.gross
            assert broken_rules(note) == ()
            terms = terms_of(note, answers=Preceding(invoice.number, invoice.issued_on))
            ubl = write_ubl(terms)
            assert [*faults(write_cii(terms), "cii"), *faults(ubl, "ubl"), *peppol_faults(ubl)] == []
        assert total == invoice.gross

    holds()
