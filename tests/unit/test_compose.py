"""The composition of a quote: sums, taxes, the next renewal, and what counts as the same promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.kernel.actor import Actor
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.sales.rules import stored
from purveyor.sales.rules.compose import (
    Buyer,
    Composed,
    LineFacts,
    OfferFacts,
    RenewalFacts,
    compose,
    new_term,
)
from purveyor.sales.rules.parties import decide_roles
from purveyor.sales.rules.states import may_become
from purveyor.tax.decision import TaxDecision

RESELLER, CUSTOMER = UUID(int=1), UUID(int=2)
YEAR = OfferFacts(UUID(int=10), "lockbox-12", "Lockbox", "Business", 12)
MONTH = OfferFacts(UUID(int=11), "lockbox-1", "Lockbox", "Business", 1)
SWEDISH = TaxDecision("S", Decimal(25), "domestic", Explanation("tax.domestic", {}), None, "SE")
REVERSED = TaxDecision(
    "AE", Decimal(0), "reverse_charge", Explanation("tax.reverse_charge"), "VATEX-EU-AE", "DE"
)
BUYER = Buyer(RESELLER, "technician", "reseller")


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def new(offer: OfferFacts = YEAR, *, quantity: int = 1, price: int = 4800, discount: str = "20") -> LineFacts:
    start, end = new_term(date(2026, 1, 15), offer.term_months)
    return LineFacts(
        type="new",
        offer=offer,
        quantity=quantity,
        term_price=eur(price),
        term_months=offer.term_months,
        price_list="EUR-2026",
        discount_percent=Decimal(discount),
        months=offer.term_months,
        period_start=start,
        period_end=end,
        renewal=RenewalFacts(end, True, 0, 0, eur(price), Decimal(discount), offer.term_months),
    )


def top_up(
    *, quantity: int = 1, months: int = 2, has: int = 5, price: int = 4800, today: int = 5000
) -> LineFacts:
    return replace(
        new(quantity=quantity, price=price),
        type="add_seats",
        months=months,
        subscription_id=UUID(int=77),
        remaining=Explanation("period.remaining", {"days": 50, "months": months}),
        renewal=RenewalFacts(date(2027, 1, 15), True, has, 0, eur(today), Decimal(20), YEAR.term_months),
    )


def composed(*facts: LineFacts, decision: TaxDecision = SWEDISH, payer: UUID = RESELLER) -> Composed:
    return compose(
        facts=facts, currency="EUR", buyer=BUYER, payer_id=payer, bill_to_id=CUSTOMER, decision=decision
    )


def test_published_example() -> None:
    """50 days left: 2 months a seat, at the reseller's discount, with VAT on the sum."""
    quote = composed(top_up(quantity=3))
    (line,) = quote.lines
    assert (line.months, line.unit_price, line.net) == (2, eur(800), eur(1920))
    assert (quote.net, quote.vat, quote.gross) == (eur(1920), eur(480), eur(2400))
    assert line.explanation[0].code == "period.remaining"
    assert line.context.discount_percent == Decimal(20)
    assert (line.context.tier, line.context.role, line.context.price_list) == (
        "reseller",
        "technician",
        "EUR-2026",
    )


def test_next_renewal_is_the_whole_subscription_at_todays_price() -> None:
    quote = composed(top_up(quantity=3, has=5, today=5000))
    assert quote.next_renewal.date == date(2027, 1, 15)
    assert quote.next_renewal.net == eur(8 * 4000)


def test_two_top_ups_of_one_subscription_renew_together_once() -> None:
    quote = composed(top_up(quantity=3), top_up(quantity=2))
    assert quote.next_renewal.net == eur(10 * 4000)


def test_a_planned_decrease_keeps_its_size() -> None:
    """5 seats of which 4 were to renew, and 3 more: 7 renew; but never fewer than are taken."""
    line = top_up(quantity=3)
    planned = replace(line, renewal=replace(line.renewal, planned=4))
    assert composed(planned).next_renewal.net == eur(7 * 4000)
    taken = replace(line, renewal=replace(line.renewal, planned=1, taken=5))
    assert composed(taken).next_renewal.net == eur(5 * 4000)


@pytest.mark.parametrize(
    ("change", "code", "net"),
    [
        ({"auto_renew": False}, "renewal.off", eur(0)),
        ({"visible": False}, "renewal.paid_by_reseller", None),
        ({"term_price": None}, "renewal.no_price", None),
    ],
)
def test_renewals_without_an_amount_say_why(change: dict[str, object], code: str, net: Money | None) -> None:
    line = top_up()
    line = replace(line, renewal=replace(line.renewal, **change))  # type: ignore[arg-type]  # one field a case
    renewal = composed(line).next_renewal
    assert renewal.net == net
    assert [why.code for why in renewal.explanation] == [code]


def test_the_earliest_renewal_is_shown() -> None:
    quote = composed(new(quantity=2), new(MONTH, quantity=3, price=500))
    assert quote.next_renewal.date == date(2026, 2, 15)
    assert quote.next_renewal.net == eur(3 * 400)


def test_vat_is_rounded_once_for_the_document() -> None:
    quote = composed(
        *[new(price=1305, discount="0")] * 7, decision=replace(SWEDISH, rate_percent=Decimal(22))
    )
    assert quote.vat == eur(2010)


def test_reverse_charge_has_no_vat_but_a_reason() -> None:
    quote = composed(new(), decision=REVERSED)
    assert quote.vat == eur(0)
    assert quote.gross == quote.net
    assert (quote.taxes[0].category, quote.taxes[0].reason.code) == ("AE", "tax.reverse_charge")


def test_all_off_costs_nothing() -> None:
    quote = composed(new(discount="100"))
    assert (quote.net, quote.gross) == (eur(0), eur(0))


@pytest.mark.parametrize(
    "other",
    [
        composed(top_up(quantity=4)),
        composed(top_up(months=3)),
        composed(top_up(price=4812)),
        composed(top_up(), decision=REVERSED),
        composed(top_up(), payer=CUSTOMER),
        composed(top_up(), new(MONTH)),
    ],
)
def test_another_charge_is_another_promise(other: Composed) -> None:
    assert composed(top_up()).fingerprint != other.fingerprint


def test_the_outlook_is_not_part_of_the_promise() -> None:
    """Two parties may top up the same subscription at once: the other's seats change the renewal only."""
    assert composed(top_up(has=5)).fingerprint == composed(top_up(has=8, today=9900)).fingerprint


@given(
    quantities=st.lists(st.integers(1, 100_000), min_size=1, max_size=6),
    price=st.integers(0, 10_000_000),
    months=st.integers(1, 12),
)
def test_lines_sum_to_the_whole(quantities: list[int], price: int, months: int) -> None:
    quote = composed(*[top_up(quantity=one, price=price, months=months) for one in quantities])
    assert quote.net == Money.total((line.net for line in quote.lines), "EUR")
    assert quote.gross == quote.net + quote.vat
    together = composed(top_up(quantity=sum(quantities), price=price, months=months))
    assert together.net == quote.net
    assert together.gross == quote.gross


def test_what_is_stored_is_read_back_without_loss() -> None:
    quote = composed(new(), top_up())
    assert tuple(stored.line(stored.line_json(line)) for line in quote.lines) == quote.lines
    assert tuple(stored.tax(stored.tax_json(tax)) for tax in quote.taxes) == quote.taxes
    assert stored.renewal(stored.renewal_json(quote.next_renewal)) == quote.next_renewal


@pytest.mark.parametrize(
    ("scope", "house", "bill_to", "expected"),
    [
        ("reseller", False, "customer", (RESELLER, CUSTOMER, "reseller")),
        ("reseller", False, "reseller", (RESELLER, RESELLER, "reseller")),
        ("operator", False, "reseller", (RESELLER, RESELLER, "reseller")),
        ("operator", True, "customer", (CUSTOMER, CUSTOMER, "list")),
        ("customer", False, "customer", (CUSTOMER, CUSTOMER, "list")),
        ("customer", False, "reseller", (CUSTOMER, CUSTOMER, "list")),
    ],
)
def test_who_owes_and_who_is_named(
    scope: str, house: bool, bill_to: str, expected: tuple[UUID, UUID, str]
) -> None:
    actor = Actor(
        scope=scope,  # type: ignore[arg-type]  # one of the three
        organization_id=UUID(int=9),
        reseller_id=None if scope == "operator" else RESELLER,
        customer_id=CUSTOMER,
        role="admin",
    )
    roles = decide_roles(
        actor=actor, customer_id=CUSTOMER, reseller_id=RESELLER, reseller_is_house=house, bill_to=bill_to
    )
    assert (roles.payer_id, roles.bill_to_id, roles.tier) == expected


def test_a_finished_order_stays_finished() -> None:
    assert may_become("awaiting_payment", "completed")
    assert may_become("on_hold", "cancelled")
    assert not may_become("completed", "cancelled")
    assert not may_become("cancelled", "completed")
