"""Every e-invoice keeps to EN 16931: schema and official rules, in both syntaxes, whatever was sold to whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from purveyor.billing.types import Document
from purveyor.interfaces.documents.einvoice import Preceding, terms_of, written_terms
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from tests.support.norm import faults, peppol_faults
from tests.support.papers import CASES, DAY, GERMAN, SWEDE, line, paper, papers, tax


def all_faults(document: Document) -> list[str]:
    """Of both syntaxes, and Peppol's own."""
    answers = Preceding("2026-R017-000001", DAY) if document.kind == "credit_note" else None
    terms = terms_of(document, answers=answers)
    ubl = write_ubl(terms)
    return [*faults(write_cii(terms), "cii"), *faults(ubl, "ubl"), *peppol_faults(ubl)]


@pytest.mark.parametrize("case", CASES)
def test_every_document_is_valid(case: str) -> None:
    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    @given(papers(case))
    def holds(document: Document) -> None:
        assert all_faults(document) == []

    holds()


def one_tax(category: str, rate: str, code: str, net: Money, country: str = "SE") -> tuple[object, ...]:
    return (tax(category, Decimal(rate), net, code, country),)


def euros(amount: int) -> Money:
    return Money(amount, "EUR")


def test_tax_is_rounded_once_on_the_sum() -> None:
    """Seven lines of 3 x 4.35 at 22 %: 20.10, where the sum of each line's own tax would be 20.09 (rules.md c3)."""
    lines = tuple(line(place, price=euros(435), quantity=3) for place in range(1, 8))
    whole = tax("S", Decimal("22"), euros(9135), "tax.destination", "IT")
    assert whole.amount == euros(2010)
    document = paper(lines, (whole,))
    assert all_faults(document) == []
    assert terms_of(document)["BT-110"] == "20.10"


@pytest.mark.parametrize(
    ("changed", "rules"),
    [({"gross": euros(99)}, {"BR-CO-15"}), ({"net": euros(1)}, {"BR-CO-10", "BR-CO-15"})],
)
def test_what_does_not_add_up_is_found(changed: dict[str, Money], rules: set[str]) -> None:
    """The check itself: a document that breaks a rule is told so, by the rule's name."""
    one = line(price=euros(1000))
    document = replace(paper((one,), one_tax("S", "25", "tax.domestic", one.net)), **changed)
    terms = written_terms(document)
    for syntax, xml in (("cii", write_cii(terms)), ("ubl", write_ubl(terms))):
        found = " ".join(faults(xml, syntax))
        assert [rule for rule in rules if rule not in found] == [], syntax


def test_a_discount_is_told_as_gross_price_and_allowance() -> None:
    one = line(price=euros(1000), discount=Decimal("20"), quantity=3)
    terms = terms_of(paper((one,), one_tax("S", "25", "tax.domestic", one.net)))
    (shown,) = terms["BG-25"]
    assert (shown["BT-148"], shown["BT-147-00"], shown["BT-146"]) == ("10.00", [{"BT-147": "2.00"}], "8.00")
    assert (shown["BT-129"], shown["BT-131"]) == ("3", "24.00")


def test_reverse_charge_names_both_numbers_and_the_reason() -> None:
    one = line(price=euros(1000))
    document = paper((one,), one_tax("AE", "0", "tax.reverse_charge", one.net, "DE"), buyer=GERMAN)
    terms = terms_of(document)
    assert terms["BG-4"]["vat_identifier"] == "SE556012579001"
    assert terms["BG-7"]["vat_identifier"] == "DE136695976"
    (shown,) = terms["BG-23"]
    assert (shown["BT-118"], shown["BT-117"], shown["BT-121"]) == ("AE", "0.00", "VATEX-EU-AE")
    assert "reverse charge" in shown["BT-120"]


def test_what_was_paid_later_does_not_change_it() -> None:
    one = line(price=euros(1000))
    unpaid = paper((one,), one_tax("S", "25", "tax.domestic", one.net))
    assert write_cii(terms_of(unpaid)) == write_cii(
        terms_of(replace(unpaid, paid=unpaid.gross, status="paid"))
    )
    settled = terms_of(replace(unpaid, payment=None))
    assert (settled["BT-113"], settled["BT-115"]) == ("62.50", "0.00")


@pytest.mark.parametrize("who", ["seller", "buyer"])
def test_reverse_charge_without_a_number_is_no_e_invoice(who: str) -> None:
    one = line(price=euros(1000))
    whole = paper((one,), one_tax("AE", "0", "tax.reverse_charge", one.net, "DE"), buyer=GERMAN)
    nameless = {who: replace(getattr(whole, who), vat_number=None)}
    with pytest.raises(NotFound):
        terms_of(replace(whole, **nameless))


@pytest.mark.parametrize(
    ("kind", "currency"), [("pro_forma", "EUR"), ("invoice", "KWD")], ids=["pro-forma", "three decimals"]
)
def test_what_is_no_e_invoice_is_not_written(kind: str, currency: str) -> None:
    one = line(price=Money(1000, currency))
    document = paper((one,), one_tax("S", "25", "tax.domestic", one.net), kind=kind, buyer=SWEDE)
    with pytest.raises(NotFound):
        terms_of(document)
