"""A year of a thousand subscriptions, walked day by day, beside a second reckoning that knows nothing of the product.

The oracle below is written from the rules alone (reference/rules.md b): a calendar, a price, a discount, one rounding.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import pytest

from purveyor.catalog.commands import set_price
from purveyor.catalog.types import Terms
from purveyor.kernel.money import Money
from tests.scenarios.stage import Stage, check_numbers, more, new, open_stage
from tests.support.filled import everything
from tests.support.shop import offer_of

FIRST_DAY = date(2027, 12, 30)
LAST_DAY = FIRST_DAY + timedelta(days=366)
CUSTOMERS, EACH = 40, 25
MONTH, YEAR = "patient-month", "patient-year"
PRICE = {MONTH: Fraction(500), YEAR: Fraction(4800)}
MONTHS = {MONTH: 1, YEAR: 12}
SWEDISH_VAT = Fraction(25, 100)


@dataclass
class Reckoned:
    """One subscription as the rules see it. ``lines`` are nets in cents, each ordered or renewed."""

    id: str
    offer: str
    start: date
    quantity: int
    next_quantity: int | None = None
    renews: bool = True
    terms: int = 1
    lines: list[tuple[str, int]] = field(default_factory=list)

    def boundary(self, terms: int) -> date:
        """The day on which that many terms are over, counted from the first day for ever."""
        return self._month(terms * MONTHS[self.offer])

    def charge(self, how: str, quantity: int, months: int) -> None:
        """So many seats for so many months of the term, at a discount of a fifth, half a cent up."""
        seat = PRICE[self.offer] * Fraction(months, MONTHS[self.offer]) * Fraction(80, 100)
        self.lines.append(
            (how, quantity * ((2 * seat.numerator + seat.denominator) // (2 * seat.denominator)))
        )

    def add(self, on: date, quantity: int) -> None:
        """More seats: the begun months of the running term."""
        before = (self.terms - 1) * MONTHS[self.offer]
        grid = [self._month(before + k) for k in range(1, MONTHS[self.offer] + 1)]
        self.charge("ordered", quantity, sum(1 for day in grid if day > on))
        self.quantity += quantity
        if self.next_quantity is not None:
            self.next_quantity += quantity

    def _month(self, months: int) -> date:
        month = self.start.month - 1 + months
        year, month = self.start.year + month // 12, month % 12 + 1
        return date(year, month, min(self.start.day, monthrange(year, month)[1]))

    def live_until(self, day: date) -> None:
        """Every end of a term up to that day: charged anew for all seats, or over."""
        while self.renews and self.boundary(self.terms) <= day:
            self.quantity = self.next_quantity or self.quantity
            self.next_quantity = None
            self.charge("renewed", self.quantity, MONTHS[self.offer])
            self.terms += 1


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    opened = open_stage(f"{FIRST_DAY}T09:00:00+00:00")
    # Nothing falls overdue within the year: this story is about renewals, not about debts.
    for code, months in MONTHS.items():
        offer = offer_of(opened.shop, code, term_months=months, terms=Terms(invoice_due_days=365))
        price = Money(int(PRICE[code]), "EUR")
        set_price(**opened.shop.desk, price_list_id=opened.shop.eur.id, offer_id=offer.id, price=price)
    return opened


def test_a_year_of_a_thousand_subscriptions(stage: Stage) -> None:
    dice = random.Random(20271230)
    stage.pay_in(2_000_000_000)
    books: dict[str, list[Reckoned]] = {}
    bought: list[tuple[int, bool]] = []
    swedish: dict[str, bool] = {}
    day = FIRST_DAY
    while day < LAST_DAY:
        number = (day - FIRST_DAY).days
        if number < CUSTOMERS * 2 and number % 2 == 0:
            customer, is_swedish = buyer(stage, number // 2)
            swedish[customer] = is_swedish
            books[customer] = opening(stage, customer, day, dice)
            bought.append((sum(net for one in books[customer] for _, net in one.lines), is_swedish))
        elif books:
            bought += changes(stage, books, day, dice, swedish)
        day += timedelta(days=1)
        stage.move(f"{day}T09:00:00Z")
        for owned in books.values():
            for one in owned:
                one.live_until(day)
        balanced()
    everything_agrees(books, bought, swedish)


def buyer(stage: Stage, number: int) -> tuple[str, bool]:
    """Every other one is Swedish and pays VAT; the others are German with a VAT number."""
    if number % 2:
        return stage.customer(f"Kund {number} AB", "SE", "11122"), True
    return stage.customer(f"Kunde {number} GmbH", "DE", vat_number="DE136695976"), False


def opening(stage: Stage, customer: str, day: date, dice: random.Random) -> list[Reckoned]:
    """One order of 25 subscriptions."""
    wanted = [(dice.choice((MONTH, *[YEAR] * 11)), dice.randint(1, 7)) for _ in range(EACH)]
    order = stage.buy(customer, *(new(quantity, offer) for offer, quantity in wanted))
    owned = []
    for id, (offer, quantity) in zip(order["subscriptions"], wanted, strict=True):
        one = Reckoned(id, offer, day, quantity)
        one.charge("ordered", quantity, MONTHS[offer])
        owned.append(one)
    return owned


def changes(
    stage: Stage, books: dict[str, list[Reckoned]], day: date, dice: random.Random, swedish: dict[str, bool]
) -> list[tuple[int, bool]]:
    """On a day one subscription grows, one shrinks at its renewal, one will not be renewed."""
    charged = []
    customer = dice.choice(sorted(books))
    one, two, three = dice.sample(books[customer], 3)
    if one.renews:
        added = dice.randint(1, 3)
        stage.buy(customer, more(one.id, added))
        one.add(day, added)
        charged.append((one.lines[-1][1], swedish[customer]))
    if two.renews and two.quantity > 1:
        stage.reseller.patch(f"/subscriptions/{two.id}", {"renewal_quantity": two.quantity - 1}).ok()
        two.next_quantity = two.quantity - 1
    if three.renews and dice.random() < 0.2:
        stage.reseller.patch(f"/subscriptions/{three.id}", {"auto_renew": False}).ok()
        three.renews = False
    return charged


def balanced() -> None:
    """Each transaction and all of them sum to zero; what is owed is what the invoices say is open."""
    assert (
        everything("SELECT 1 FROM ledger_entry GROUP BY transaction_id, currency HAVING sum(amount) <> 0")
        == []
    )
    (owed,) = everything(
        "SELECT coalesce(sum(e.amount), 0), (SELECT coalesce(sum(gross - paid), 0) FROM billing_document"
        " WHERE kind = 'invoice') FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " WHERE a.kind = 'receivable'"
    )
    assert owed[0] == owed[1]


def everything_agrees(
    books: dict[str, list[Reckoned]], bought: list[tuple[int, bool]], swedish: dict[str, bool]
) -> None:
    check_numbers()
    owned = [(one, swedish[customer]) for customer, those in books.items() for one in those]
    assert len(owned) == CUSTOMERS * EACH
    expected = Counter(net for one, _ in owned for _, net in one.lines)
    found = Counter(int(net) for (net,) in everything("SELECT net FROM billing_line"))
    assert found == expected
    # Orders are invoiced whole, renewals one by one; VAT is rounded once a document.
    ordered = [(net, vat(net) if taxed else 0) for net, taxed in bought]
    renewed = [
        (net, vat(net) if taxed else 0) for one, taxed in owned for how, net in one.lines if how == "renewed"
    ]
    documents = everything("SELECT net, vat FROM billing_document WHERE kind = 'invoice'")
    assert Counter((int(net), int(tax)) for net, tax in documents) == Counter(ordered + renewed)
    revenue = sum(net for net, _ in ordered + renewed)
    (booked,) = everything(
        "SELECT -sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " WHERE a.kind IN ('deferred_revenue', 'revenue')"
    )
    assert int(booked[0]) == revenue == sum(net for one, _ in owned for _, net in one.lines)
    running = everything("SELECT count(*) FROM subscriptions_subscription WHERE status = 'active'")
    assert running[0][0] == sum(1 for one, _ in owned if one.renews or one.boundary(one.terms) > LAST_DAY)


def vat(net: int) -> int:
    tax = net * SWEDISH_VAT
    return (2 * tax.numerator + tax.denominator) // (2 * tax.denominator)
