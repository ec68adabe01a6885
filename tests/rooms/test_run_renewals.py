"""The run in bulk writes what the ordinary command writes, column by column, and what it foretold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from purveyor.catalog import commands as catalog
from purveyor.infra import clock, parking, tx
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Address, CustomerInput
from purveyor.renewals.commands import run_renewals
from purveyor.renewals.jobs import roll_due
from purveyor.renewals.runs import RunView
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from purveyor.subscriptions import commands as subs
from tests.rooms.books import SYSTEM, House, found_house, operator, within
from tests.rooms.shop import START, Shop, offer_of, open_shop, pay_in

YEAR_ON = clock.start_of(date(2027, 1, 15))
Way = Callable[[Shop], UUID]


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    found = open_shop()
    pay_in(found.customer_id, 10_000_000)
    return found


def by_reseller(shop: Shop) -> UUID:
    return shop.subscription(5)


def by_customer(shop: Shop) -> UUID:
    return shop.buy(shop.new(3), by=shop.customer).subscriptions[0]


def fewer_seats(shop: Shop) -> UUID:
    running = shop.subscription(7)
    subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, renewal_quantity=4)
    return running


def named_reseller(shop: Shop) -> UUID:
    """The invoice bears the reseller's name, whose number was checked: reverse charge."""
    given = CustomerInput(
        name='Kunde "Zwei" \\N GmbH \\', country="DE", email="zwei@example.com", language="de",
        address=Address("Weg 2 \\t", "Köln", "50667"), currency="EUR", vat_number="DE136695976", bill_to="reseller",
    )  # fmt: skip
    made = parties.create_customer(actor=replace(shop.reseller, customer_id=None), now=START, given=given)
    actor = replace(shop.reseller, customer_id=made.id)
    quote = sales.make_quote(
        actor=actor, now=START, customer_id=made.id, lines=(LineWish("new", 2, offer=shop.year.code),)
    )
    order = sales.accept_quote(actor=actor, now=START, quote_id=quote.id, payment_method="balance")
    return order.subscriptions[0]


def not_renewed(shop: Shop) -> UUID:
    running = shop.subscription(2)
    subs.set_renewal(actor=shop.reseller, now=START, subscription_id=running, auto_renew=False)
    return running


def fallen_price(shop: Shop) -> UUID:
    found = catalog_offer(shop, "fallen")
    return shop.buy(shop.new(3, found)).subscriptions[0]


def catalog_offer(shop: Shop, code: str) -> Any:
    known = list(_rows("SELECT id FROM catalog_offer WHERE code = %s", [code]))
    if not known:
        return offer_of(shop, code, price=9999)
    return replace(shop.year, code=code)


def from_balance(shop: Shop) -> UUID:
    running = shop.subscription(2)
    subs.set_renewal(
        actor=shop.reseller, now=START, subscription_id=running, renewal_payment_method="balance"
    )
    return running


WAYS: list[Way] = [
    by_reseller, by_customer, fewer_seats, named_reseller, not_renewed, fallen_price, from_balance,
]  # fmt: skip


def _rows(sql: str, params: list[Any]) -> list[Any]:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def rows_as_json(sql: str, params: list[Any]) -> list[dict[str, Any]]:
    return [json.loads(one) for one in _rows(f"SELECT to_jsonb(t)::text FROM ({sql}) t", params)]


def everything_of(subscription: UUID) -> dict[str, list[dict[str, Any]]]:
    """All rows that a renewal touches, with what is new in each (ids, numbers) called by its part."""
    start = "2027-01-15"
    renewal = rows_as_json(
        "SELECT * FROM renewals_renewal WHERE subscription_id = %s AND period_start = %s",
        [subscription, start],
    )
    invoice = renewal[0]["invoice_id"]
    found = {
        "subscription": rows_as_json(
            "SELECT * FROM subscriptions_subscription WHERE id = %s", [subscription]
        ),
        "term": rows_as_json(
            "SELECT * FROM subscriptions_term WHERE subscription_id = %s ORDER BY start", [subscription]
        ),
        "renewal": renewal,
        "document": rows_as_json("SELECT * FROM billing_document WHERE id = %s", [invoice]),
        "line": rows_as_json("SELECT * FROM billing_line WHERE document_id = %s", [invoice]),
        "payable": rows_as_json("SELECT * FROM payments_payable WHERE subject_id = %s", [invoice]),
        "transaction": rows_as_json(
            "SELECT * FROM ledger_transaction WHERE reference = %s", [f"renewal:{subscription}:{start}"]
        ),
    }
    booked = [row["id"] for row in found["transaction"]]
    found["entry"] = rows_as_json(
        "SELECT * FROM ledger_entry WHERE transaction_id = ANY(%s::uuid[]) ORDER BY id", [booked]
    )
    subjects = [str(subscription), *([invoice] if invoice else [])]
    found["event"] = rows_as_json(
        "SELECT * FROM infra_event WHERE subject_id = ANY(%s::uuid[]) AND at >= %s ORDER BY seq",
        [subjects, YEAR_ON],
    )
    found["owed"] = rows_as_json(
        "SELECT d.handler, d.attempts, d.parked, e.kind FROM infra_delivery d JOIN infra_event e ON e.seq = d.event_id"
        " WHERE e.subject_id = ANY(%s::uuid[]) AND e.at >= %s ORDER BY e.seq, d.handler",
        [subjects, YEAR_ON],
    )
    found["activity"] = rows_as_json(
        "SELECT * FROM infra_activity WHERE subject_id = %s AND at >= %s ORDER BY id", [subscription, YEAR_ON]
    )
    return _named(found)


def _named(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    names: dict[str, str] = {}
    for part, rows in found.items():
        for at, row in enumerate(rows):
            for column in ("id", "number", "reference", "renewal_id"):
                if column in row and row[column] is not None and part != "entry":
                    names.setdefault(str(row[column]), f"<{part} {at} {column}>")
    names[found["renewal"][0]["customer_id"]] = "<customer>"
    for row in found["document"]:
        check = row["tax_decision"]["evidence"].get("check")
        if check:
            names[check] = "<check>"
    # A longer name first: a number may stand inside a reference.
    text = json.dumps(found, sort_keys=True)
    for value in sorted(names, key=len, reverse=True):
        text = text.replace(json.dumps(value)[1:-1], names[value])
    cleaned: dict[str, list[dict[str, Any]]] = json.loads(text)
    for row in [*cleaned["entry"], *cleaned["event"], *cleaned["activity"], *cleaned["document"]]:
        for column in ("id", "seq", "xid", "sequence"):
            row.pop(column, None)
    for row in cleaned["subscription"]:
        row.pop("created_at")
    return cleaned


def run(until: datetime, **more: Any) -> RunView:
    return run_renewals(actor=SYSTEM, now=until, until=until, **more)


def test_both_ways_write_the_same_rows(shop: Shop) -> None:
    twins = [(way(shop), way(shop)) for way in WAYS]
    for offer in list(_rows("SELECT id FROM catalog_offer WHERE code = 'fallen'", [])):
        catalog.set_price(
            actor=operator(),
            now=START,
            price_list_id=shop.prices.id,
            offer_id=offer,
            price=Money(7777, "EUR"),
        )
    for one, _ in twins:
        roll_due(one, YEAR_ON)
    assert run(YEAR_ON, chunk=3).done == len(twins)
    for way, (one, other) in zip(WAYS, twins, strict=True):
        bulk, single = everything_of(other), everything_of(one)
        for part in single:
            assert bulk[part] == single[part], (way.__name__, part)


def test_what_was_foretold_is_what_is_billed(shop: Shop) -> None:
    due = [way(shop) for way in WAYS]
    before = _rows("SELECT count(*) FROM billing_document", [])
    foretold = run_renewals(actor=SYSTEM, now=START, until=YEAR_ON, dry_run=True, chunk=2)
    assert _rows("SELECT count(*) FROM billing_document", []) == before
    assert (foretold.id, foretold.due, foretold.ended) == (None, len(due), 1)
    done = run(YEAR_ON, chunk=2)
    assert done.totals == foretold.totals
    assert (done.billed, done.ended, done.pending, done.parked) == (len(due) - 1, 1, 0, 0)
    assert done.adds_up
    again = run(YEAR_ON)
    assert (again.id, again.done) == (None, 0)
    assert run_renewals(actor=SYSTEM, now=YEAR_ON, until=YEAR_ON, dry_run=True).due == 0


def test_the_invoices_of_several_houses_have_no_gaps(shop: Shop) -> None:
    houses: list[House] = [found_house("R018"), found_house("R019")]
    for house in houses:
        pay_in(house.first.id, 1_000_000)
        own = replace(shop, house=house)
        for _ in range(4):
            own.buy(own.new(1), by=house.customer)
    assert run(YEAR_ON, chunk=3).billed == 8
    assert [_numbers(house.reseller.id) for house in houses] == [(4, 4), (4, 4)]


def _numbers(reseller: UUID) -> tuple[int, int]:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(sequence), count(*) FROM billing_document"
            " WHERE reseller_id = %s AND series = '' AND year = 2027",
            [reseller],
        )
        row = cursor.fetchone()
        return row[0], row[1]


def test_what_cannot_be_billed_is_parked_and_the_rest_goes_on(shop: Shop) -> None:
    fine = [shop.subscription(1) for _ in range(3)]
    dear = offer_of(shop, "dear")
    odd = shop.buy(shop.new(2, dear)).subscriptions[0]
    # Beyond what a column holds: no rule of ours sets such a price.
    _write("UPDATE subscriptions_subscription SET term_price = 5000000000000000000 WHERE id = %s", odd)
    _write("UPDATE catalog_price SET amount = 5000000000000000000 WHERE offer_id = %s", dear.id)
    done = run(YEAR_ON, chunk=2)
    assert (done.due, done.billed, done.parked, done.adds_up) == (4, len(fine), 1, True)
    (parked,) = [row for row in within(SYSTEM, parking.list_parked) if row.piece == str(odd)]
    assert (parked.source, parked.due_at) == ("renewals.roll", YEAR_ON)
    assert run(YEAR_ON).done == 0
    # A person mends the price and lets it be tried again.
    _write("UPDATE catalog_price SET amount = 4800 WHERE offer_id = %s", dear.id)
    with tx.enter(SYSTEM):
        parking.resolve(parked.id, now=YEAR_ON)
    assert run(YEAR_ON).billed == 1


def _write(sql: str, id: UUID) -> None:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql, [id])


def test_a_day_later_than_now_is_refused(shop: Shop) -> None:
    with pytest.raises(Exception, match="in_the_future"):
        run_renewals(actor=SYSTEM, now=START, until=START + timedelta(days=1))
