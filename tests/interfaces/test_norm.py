"""What we say about a draft before it is issued is what the official schematron says about its e-invoice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from purveyor.billing.rules.norm import broken_rules
from purveyor.billing.types import Document, Exchange, TaxLine
from purveyor.interfaces.documents.einvoice import has_e_invoice, written_terms
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.money import Money
from purveyor.tax.exchange import ExchangeRate
from tests.support.norm import faults
from tests.support.papers import CASES, DAY, GERMAN, PAYMENT, line, paper, papers, tax

# Beyond the one whole unit that the official check lets pass.
MUCH = 500
Break = Callable[[Document], Document]


def official(document: Document) -> list[str]:
    """What both official checks say; a document that cannot even be written is no valid one either."""
    try:
        terms = written_terms(document)
        return [*faults(write_cii(terms), "cii"), *faults(write_ubl(terms), "ubl")]
    except (KeyError, ValueError, IndexError) as error:
        return [f"not written: {error!r}"]


def _first_tax(document: Document, **change: Any) -> Document:
    return replace(document, taxes=(replace(document.taxes[0], **change), *document.taxes[1:]))


def _more(money: Money, amount: int = MUCH) -> Money:
    return Money(money.amount + amount, money.currency)


def _taxed_more(document: Document) -> Document:
    dearer = _first_tax(document, amount=_more(document.taxes[0].amount))
    return replace(dearer, vat=_more(document.vat), gross=_more(document.gross))


def _other_category(category: str, rate: str) -> Break:
    def change(document: Document) -> Document:
        return _first_tax(document, category=category, rate_percent=Decimal(rate))

    return change


def _with_another_tax(document: Document, added: TaxLine) -> Document:
    return replace(document, taxes=(*document.taxes, added))


def _nothing(document: Document, category: str) -> TaxLine:
    none = Money.zero(document.net.currency)
    return replace(document.taxes[0], category=category, rate_percent=Decimal(0), base=none, amount=none)


BREAKS: dict[str, Break] = {
    "nothing": lambda one: one,
    "net": lambda one: replace(one, net=_more(one.net)),
    "vat": lambda one: replace(one, vat=_more(one.vat)),
    "gross": lambda one: replace(one, gross=_more(one.gross)),
    "base": lambda one: _first_tax(one, base=_more(one.taxes[0].base, 100 * MUCH)),
    "tax": _taxed_more,
    "no lines": lambda one: replace(one, lines=()),
    "no taxes": lambda one: replace(one, taxes=()),
    "no such tax": lambda one: replace(one, lines=(replace(one.lines[0], tax=7), *one.lines[1:])),
    "below zero": lambda one: replace(one, lines=(replace(one.lines[0], net=Money(-5, one.net.currency)),)),
    "no day": lambda one: replace(
        one, lines=tuple(replace(each, period_end=each.period_start) for each in one.lines)
    ),
    "backwards": lambda one: replace(
        one,
        lines=tuple(
            replace(each, period_end=each.period_start and each.period_start - timedelta(days=9))
            for each in one.lines
        ),
    ),
    "seller without a name": lambda one: replace(one, seller=replace(one.seller, name=" ")),
    "buyer without a name": lambda one: replace(one, buyer=replace(one.buyer, name="")),
    "seller without a country": lambda one: replace(one, seller=replace(one.seller, country="")),
    "buyer without a country": lambda one: replace(one, buyer=replace(one.buyer, country="")),
    "seller without a number": lambda one: replace(one, seller=replace(one.seller, vat_number=None)),
    "seller with a foreign number": lambda one: replace(
        one, seller=replace(one.seller, vat_number="CHE123456788")
    ),
    "buyer without a number": lambda one: replace(one, buyer=replace(one.buyer, vat_number=None)),
    "buyer with another number": lambda one: replace(one, buyer=replace(one.buyer, vat_number="123456789")),
    "no account": lambda one: replace(one, payment=replace(PAYMENT, iban=""), kind="invoice"),
    "standard at zero": _other_category("S", "0"),
    "zero rated": _other_category("Z", "0"),
    "zero with a rate": _other_category("Z", "25"),
    "reversed": _other_category("AE", "0"),
    "reversed with a rate": _other_category("AE", "25"),
    "outside": _other_category("O", "0"),
    "unknown category": _other_category("QQ", "0"),
    "outside beside others": lambda one: _with_another_tax(one, _nothing(one, "O")),
    "zero rated beside others": lambda one: _with_another_tax(one, _nothing(one, "Z")),
    "the same tax twice": lambda one: _with_another_tax(one, one.taxes[0]),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_what_we_say_is_what_the_norm_says(broken: str) -> None:
    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(sorted(CASES)))
        drawn = data.draw(papers(case))
        # Of next to nothing, twice is as good as once to the official check.
        assume(drawn.taxes[0].base.amount > MUCH)
        document = BREAKS[broken](drawn)
        said, found = broken_rules(document), official(document)
        assert bool(said) == bool(found), (case, said, found)
        assert has_e_invoice(document) is not bool(said)

    holds()


@pytest.mark.parametrize(
    ("broken", "rules"),
    [
        ("net", {"BR-CO-10", "BR-CO-15"}),
        ("vat", {"BR-CO-14", "BR-CO-15"}),
        ("gross", {"BR-CO-15"}),
        ("base", {"BR-S-08", "BR-CO-17"}),
        ("tax", {"BR-CO-17"}),
        ("below zero", {"BR-27"}),
        ("seller without a number", {"BR-S-02"}),
        ("standard at zero", {"BR-S-05", "BR-CO-17"}),
        ("zero with a rate", {"BR-Z-05", "BR-Z-09"}),
        ("reversed with a rate", {"BR-AE-05", "BR-AE-09"}),
        ("no account", {"BR-61"}),
    ],
)
def test_a_rule_has_its_official_name(broken: str, rules: set[str]) -> None:
    one = line(price=Money(100_000, "EUR"))
    document = BREAKS[broken](
        paper((one,), (tax("S", Decimal("25"), one.net, "tax.domestic", "SE"),), buyer=GERMAN)
    )
    assert rules <= set(broken_rules(document))
    told = " ".join(official(document))
    assert [rule for rule in rules if rule not in told] == []


@pytest.mark.parametrize(("currency", "rule"), [("KWD", "BR-DEC-14"), ("STN", "BR-CL-04")])
def test_a_currency_that_the_norm_does_not_take(currency: str, rule: str) -> None:
    one = line(price=Money(1005, currency))
    document = paper((one,), (tax("S", Decimal("25"), one.net, "tax.domestic", "SE"),))
    assert broken_rules(document) == (rule,)
    assert official(document)


def test_a_cent_is_too_much_for_us() -> None:
    """The official check lets one whole unit pass; a document that does not add up is not issued here."""
    one = line(price=Money(100_000, "EUR"))
    whole = paper((one,), (tax("S", Decimal("25"), one.net, "tax.domestic", "SE"),))
    dearer = _first_tax(whole, amount=_more(whole.taxes[0].amount, 1))
    off = replace(dearer, vat=_more(whole.vat, 1), gross=_more(whole.gross, 1))
    assert broken_rules(off) == ("BR-CO-17",)
    assert official(off) == []


def test_the_vat_in_the_sellers_currency_has_two_decimals_at_most() -> None:
    one = line(price=Money(100_000, "EUR"))
    whole = paper((one,), (tax("S", Decimal("25"), one.net, "tax.domestic", "SE"),))
    rate = ExchangeRate("EUR", "KWD", Decimal("0.33"), "ECB", DAY)
    odd = replace(whole, seller=replace(whole.seller, currency="KWD"), exchange=Exchange.of(rate, whole.vat))
    assert broken_rules(odd) == ("BR-DEC-15",)
    assert official(odd)
