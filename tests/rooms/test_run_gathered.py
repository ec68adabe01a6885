"""The run puts the renewals of a reseller that gathers on account as the ordinary command does, row by row."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from purveyor.billing import commands as billing
from purveyor.billing import queries as documents
from purveyor.billing.rules.gathering import fitting
from purveyor.infra import clock, parking, tx
from purveyor.parties import commands as parties
from purveyor.parties.types import Address, CustomerInput
from purveyor.renewals import queries as renewals
from purveyor.renewals.commands import run_renewals
from purveyor.renewals.jobs import roll_due
from purveyor.sales import commands as sales
from purveyor.sales.commands import close_account
from purveyor.sales.types import LineWish
from purveyor.subscriptions import commands as subs
from tests.rooms.books import SYSTEM, at_once, found_house, operator, within
from tests.rooms.shop import START, Shop, offer_of, open_shop, pay_in
from tests.rooms.test_run_renewals import YEAR_ON, everything_of, rows_as_json, run

CLOSE = clock.start_of(date(2027, 2, 1))
_codes = itertools.count(40)


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


@pytest.fixture
def house(shop: Shop) -> Shop:
    """A house of its own for each test, with money for what is bought at first."""
    made = found_house(f"R{next(_codes):03d}")
    pay_in(made.reseller.id, 10_000_000)
    return replace(shop, house=made)


def gather(shop: Shop) -> None:
    """From now on what the reseller owes goes on account."""
    parties.set_billing_mode(
        actor=shop.house.actor, now=START, reseller_id=shop.house.reseller.id, billing_mode="gathered"
    )


def cap(shop: Shop, amount: int | None) -> None:
    """The most that may be on account."""
    billing.set_account_cap(
        actor=operator(), now=START, reseller_id=shop.house.reseller.id, currency="EUR", cap=amount
    )


def bought(shop: Shop, quantity: int, *, name: str = "Kunde GmbH", bill_to: str = "reseller") -> UUID:
    """A year's subscription of a customer of its own, paid from the reseller's balance."""
    given = CustomerInput(
        name=name, country="DE", email="zwei@example.com", language="de", currency="EUR",
        address=Address("Weg 2", "Köln", "50667"), bill_to=bill_to,  # type: ignore[arg-type]  # one of the two
    )  # fmt: skip
    made = parties.create_customer(actor=replace(shop.reseller, customer_id=None), now=START, given=given)
    actor = replace(shop.reseller, customer_id=made.id)
    quote = sales.make_quote(
        actor=actor, now=START, customer_id=made.id, lines=(LineWish("new", quantity, offer=shop.year.code),)
    )
    return sales.accept_quote(
        actor=actor, now=START, quote_id=quote.id, payment_method="balance"
    ).subscriptions[0]


def settings(shop: Shop, running: UUID, **wanted: Any) -> None:
    """What is to happen at the end of its term."""
    subs.set_renewal(actor=shop.house.actor, now=START, subscription_id=running, **wanted)


def plainly(shop: Shop) -> UUID:
    return bought(shop, 5)


def oddly_named(shop: Shop) -> UUID:
    return bought(shop, 2, name='Kunde "Zwei" \\N GmbH \\ 2')


def with_fewer_seats(shop: Shop) -> UUID:
    running = bought(shop, 7)
    settings(shop, running, renewal_quantity=4)
    return running


def in_the_customers_name(shop: Shop) -> UUID:
    return bought(shop, 3, bill_to="customer")


def from_the_balance(shop: Shop) -> UUID:
    running = bought(shop, 2)
    settings(shop, running, renewal_payment_method="balance")
    return running


def not_renewed(shop: Shop) -> UUID:
    running = bought(shop, 2)
    settings(shop, running, auto_renew=False)
    return running


WAYS = [plainly, oddly_named, with_fewer_seats, in_the_customers_name, from_the_balance, not_renewed]


def account_of(shop: Shop) -> dict[str, Any]:
    (found,) = rows_as_json(
        "SELECT net, cap, due_at FROM billing_gathering WHERE reseller_id = %s", [shop.house.reseller.id]
    )
    return found


def line_of(subscription: UUID) -> list[dict[str, Any]]:
    """The row on account, without what is new or its own in each."""
    rows = rows_as_json(
        "SELECT * FROM billing_unbilled WHERE subscription_id = %s AND put_at >= %s", [subscription, YEAR_ON]
    )
    for row in rows:
        for column in ("id", "customer_id", "subscription_id"):
            row.pop(column)
    return rows


def held(shop: Shop) -> tuple[int, int]:
    """Net on account as its row says, and the rows; both agree."""
    net, rows, count = _one(
        "SELECT g.net, coalesce(sum(u.net), 0), count(u.id) FROM billing_gathering g LEFT JOIN billing_unbilled u"
        " ON u.gathering_id = g.id AND u.closed_at IS NULL WHERE g.reseller_id = %s GROUP BY g.id",
        [shop.house.reseller.id],
    )
    assert net == rows
    return int(net), int(count)


def _one(sql: str, params: list[Any]) -> Any:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def test_both_ways_put_the_same_on_account(house: Shop) -> None:
    twins = [(way(house), way(house)) for way in WAYS]
    gather(house)
    for one, _ in twins:
        roll_due(one, YEAR_ON)
    singly = account_of(house)
    done = run(YEAR_ON, chunk=4)
    assert (done.due, done.billed, done.ended, done.parked) == (len(twins), len(twins) - 1, 1, 0)
    together = account_of(house)
    assert together == {**singly, "net": 2 * singly["net"]}
    for way, (one, other) in zip(WAYS, twins, strict=True):
        bulk, single = everything_of(other), everything_of(one)
        for part in single:
            assert bulk[part] == single[part], (way.__name__, part)
        assert line_of(other) == line_of(one), way.__name__
    assert [len(line_of(other)) for _, other in twins] == [1, 1, 1, 0, 0, 0]
    assert held(house)[1] == 6
    assert run(YEAR_ON).done == 0


def test_beyond_the_cap_the_same_are_invoiced(house: Shop) -> None:
    """Of 3, 5, 2, 4 and 1 seats there is room for six: 3, 2 and 1, one after the other."""
    quantities = (3, 5, 2, 4, 1)
    ones = [bought(house, quantity) for quantity in quantities]
    others = [bought(house, quantity) for quantity in quantities]
    gather(house)
    cap(house, 6 * 4800)
    for one in ones:
        roll_due(one, YEAR_ON)
    singly = account_of(house)
    assert singly["net"] == 6 * 4800
    cap(house, 12 * 4800)
    assert run(YEAR_ON, chunk=1000).billed == len(others)
    assert account_of(house) == {**singly, "net": 2 * singly["net"], "cap": 12 * 4800}
    for one, other in zip(ones, others, strict=True):
        bulk, single = everything_of(other), everything_of(one)
        for part in single:
            assert bulk[part] == single[part], part
        assert line_of(other) == line_of(one)
    assert [len(line_of(other)) for other in others] == [1, 0, 1, 0, 1]


def test_full_means_invoiced_and_nothing_of_it_is_on_account(house: Shop) -> None:
    others = [bought(house, 1) for _ in range(3)]
    gather(house)
    cap(house, 0)
    assert run(YEAR_ON).billed == len(others)
    assert held(house) == (0, 0)
    assert account_of(house)["due_at"] is None
    assert _one("SELECT count(*) FROM billing_document WHERE reseller_id = %s AND year = 2027",
                [house.house.reseller.id]) == (3,)  # fmt: skip


def test_several_accounts_in_one_chunk_and_their_invoices(shop: Shop) -> None:
    """Two houses in one lot, and a third that is invoiced; a month later each has one invoice with every line."""
    houses = []
    for _ in range(3):
        made = found_house(f"R{next(_codes):03d}")
        pay_in(made.reseller.id, 1_000_000)
        houses.append(replace(shop, house=made))
    due = {one.house.reseller.id: [bought(one, 1 + n) for n in range(3)] for one in houses}
    for one in houses[:2]:
        gather(one)
    foretold = run_renewals(actor=SYSTEM, now=START, until=YEAR_ON, dry_run=True, chunk=4)
    done = run(YEAR_ON, chunk=100)
    assert (done.billed, done.adds_up, done.totals) == (9, True, foretold.totals)
    assert [held(one) for one in houses[:2]] == [(6 * 4800, 3)] * 2
    for one in houses[:2]:
        reseller = one.house.reseller.id
        (account,) = rows_as_json("SELECT id FROM billing_gathering WHERE reseller_id = %s", [reseller])
        invoice_id = close_account(actor=SYSTEM, now=CLOSE, gathering_id=UUID(account["id"]))
        assert invoice_id is not None
        invoice = within(SYSTEM, lambda: documents.get_document(actor=SYSTEM, document_id=invoice_id))  # noqa: B023
        assert sorted(line.quantity for line in invoice.lines) == [1, 2, 3]
        assert {line.subscription_id for line in invoice.lines} == set(due[reseller])
        assert invoice.net.amount == 6 * 4800
        assert _one("SELECT count(*) FROM renewals_renewal WHERE invoice_id = %s", [invoice_id]) == (3,)
        assert held(one) == (0, 0)


def test_two_workers_and_orders_at_once_lose_nothing(house: Shop) -> None:
    """Workers, and single renewals of the same subscriptions, at the same moment: each is on account once."""
    due = [bought(house, 1) for _ in range(24)]
    gather(house)
    cap(house, 20 * 4800)

    def act(index: int) -> int:
        if index < 3:
            return run(YEAR_ON, chunk=5).done
        roll_due(due[-index], YEAR_ON)
        return 1

    answers = at_once(6, act)
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert held(house) == (20 * 4800, 20)
    assert _one(
        "SELECT count(*), count(DISTINCT subscription_id), count(invoice_id) FROM renewals_renewal"
        " WHERE reseller_id = %s", [house.house.reseller.id]) == (24, 24, 4)  # fmt: skip
    assert within(SYSTEM, parking.list_parked) == []


def test_a_chunk_that_fails_takes_nothing_on_account(house: Shop) -> None:
    """The room that a failed chunk had claimed is given back with it: each is done for itself, the odd one parked."""
    fine = [bought(house, 1) for _ in range(2)]
    dear = offer_of(house, f"dear-{house.house.reseller.name[-3:]}")
    odd = [bought(replace(house, year=dear), 1) for _ in range(3)]
    gather(house)
    # Each is small enough for its columns, the three together are not.
    much = 3_800_000_000_000_000_000
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_price SET amount = %s WHERE offer_id = %s", [much, dear.id])
        cursor.execute(
            "UPDATE subscriptions_subscription SET term_price = %s WHERE id = ANY(%s)", [much, odd]
        )
    done = run(YEAR_ON, chunk=10)
    assert (done.billed, done.parked, done.adds_up) == (len(fine) + 2, 1, True)
    assert held(house) == (2 * 4800 + 2 * much, 4)


def test_what_is_said_before_and_after(house: Shop) -> None:
    """Nobody is told of an invoice in so many days whose renewal goes on account."""
    ours, named = bought(house, 1), bought(house, 1, bill_to="customer")

    def said(at: date) -> dict[UUID, list[str]]:
        actor = house.house.actor
        page = within(actor, lambda: renewals.list_renewals(actor=actor, on=at, limit=50))
        found: dict[UUID, list[str]] = {}
        for row in page.rows:
            found.setdefault(row.subscription_id, []).append(
                row.consequence.code.removeprefix("consequence.")
            )
        return found

    assert said(START.date()) == {ours: ["renews"], named: ["renews"]}
    gather(house)
    assert said(START.date()) == {ours: ["renews_on_account"], named: ["renews"]}
    assert run(YEAR_ON).billed == 2
    assert said(date(2027, 1, 15)) == {
        ours: ["on_account", "renews_on_account"],
        named: ["invoice_pending", "renews"],
    }


def test_what_fits_is_taken_one_after_the_other() -> None:
    assert fitting(None, [5, 7]) == [True, True]
    assert fitting(6, [3, 5, 2, 4, 1]) == [True, False, True, False, True]
    assert fitting(-1, [0, 1]) == [False, False]
    assert fitting(0, []) == []
