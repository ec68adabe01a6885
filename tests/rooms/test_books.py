"""The books against what they are about, and revenue earned by the day."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from purveyor.billing.commands import issue_invoice
from purveyor.billing.commands.recognize_revenue import next_closing, recognize_revenue
from purveyor.billing.recognition import PARTS
from purveyor.billing.rules.recognition import earned
from purveyor.billing.types import Document
from purveyor.infra.roles import DatabaseUrls
from purveyor.interfaces.cli import ledger as cli
from purveyor.kernel.errors import Forbidden
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.payments.commands import charge_balance, deposit
from purveyor.sales.books import verify
from tests.rooms.books import NOW, SYSTEM, House, draft, eur, found_house, found_operator, operator
from tests.support.ledger import verify_books

FIRST = date(2026, 11, 22)
# Lines to be: net, begin of the period after the first day, its days (none: no period), day of issue after it.
LINES = st.lists(
    st.tuples(st.integers(-5_000, 5_000), st.integers(-40, 40), st.integers(0, 60), st.integers(0, 30)),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def house(db: DatabaseUrls) -> House:
    found_operator()
    return found_house("R7")


def sell(house: House, *, now: datetime = NOW, net: int = 1200, **line: Any) -> Document:
    """An invoice over one line, and its sale in the books."""
    payer = house.reseller.id
    plain = draft(house)
    lines = (replace(plain.lines[0], net=eur(net), unit_price=eur(net), quantity=1, **line),)
    tax = replace(plain.taxes[0], category="Z", rate_percent=Decimal(0), base=eur(net), amount=eur(0))
    post(
        actor=SYSTEM, now=now, reseller_id=payer, kind="sale", reference=f"test:{new_id()}",
        legs=legs.sale(payer_id=payer, net=eur(net), vat=eur(0)), payer_id=payer,
    )  # fmt: skip
    return issue_invoice(
        actor=SYSTEM,
        now=now,
        draft=replace(plain, lines=lines, taxes=(tax,), net=eur(net), vat=eur(0), gross=eur(net)),
    )


def state() -> UUID:
    with connections["run"].cursor() as cursor:
        cursor.execute("SELECT id FROM billing_recognitionstate")
        found: UUID = cursor.fetchone()[0]
        return found


def close(day: date) -> int:
    """The morning after ``day``."""
    now = datetime(day.year, day.month, day.day, 5, tzinfo=UTC) + timedelta(days=1)
    return recognize_revenue(actor=SYSTEM, now=now, state_id=state(), next_at=next_closing(now))


def revenue(until: date) -> int:
    with connections["run"].cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(amount), 0) FROM billing_recognition WHERE day <= %s", [until])
        return int(cursor.fetchone()[0])


def test_a_term_is_earned_day_by_day_and_to_the_cent(house: House) -> None:
    sell(house, net=1000, period_start=FIRST, period_end=FIRST + timedelta(days=3))
    verify_books()
    assert close(FIRST) == 1
    assert revenue(FIRST) == 333
    verify_books()
    assert close(FIRST) == 0, "a day is earned once"
    # Two mornings were missed.
    assert close(FIRST + timedelta(days=2)) == 2
    assert revenue(FIRST + timedelta(days=1)) == 667
    assert revenue(FIRST + timedelta(days=2)) == 1000
    assert close(FIRST + timedelta(days=9)) == 0, "over is over"
    verify_books()


def test_what_comes_late_or_has_no_period_is_made_up_for(house: House) -> None:
    before = revenue(FIRST + timedelta(days=99))
    day = FIRST + timedelta(days=10)
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    sell(house, now=now, net=700, period_start=None, period_end=None)
    sell(house, now=now, net=310, period_start=day - timedelta(days=9), period_end=day + timedelta(days=21))
    assert close(day) == 1
    assert revenue(day) - before == 700 + 103
    # An invoice of a day that is closed: work that was parked is done as of its own instant.
    other = found_house("R8")
    sell(other, now=now - timedelta(days=3), net=500, period_start=None, period_end=None)
    verify_books()
    assert close(day + timedelta(days=1)) == 2
    verify_books()
    assert revenue(day + timedelta(days=1)) - before == 700 + 114 + 500


def test_what_differs_is_said(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    deposit(actor=operator(), now=NOW, organization_id=house.reseller.id, amount=eur(900), reference="ahead")
    verify_books()
    assert cli.run(argparse.Namespace()) == 0
    # A payment from the balance with no invoice behind it.
    charge_balance(
        actor=house.actor, now=NOW, reseller_id=house.reseller.id, customer_id=house.first.id,
        payer_id=house.reseller.id, subject_kind="order", subject_id=new_id(), amount=eur(400),
    )  # fmt: skip
    assert cli.run(argparse.Namespace()) == 1
    said = capsys.readouterr().out
    assert "receivable (res_" in said
    assert "EUR expected, " in said
    assert "1 difference (" in said
    (found,) = verify()
    assert (found.what, found.party_id, found.found - found.expected) == (
        "receivable",
        house.reseller.id,
        -400,
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.scope', 'operator', false)")
        cursor.execute("UPDATE ledger_prepaidbalance SET available = available + 7")
    assert {(one.what, one.found - one.expected) for one in verify()} == {
        ("receivable", -400),
        ("customer_prepaid", 7),
    }


def test_only_the_house_recognizes(house: House) -> None:
    with pytest.raises(Forbidden):
        recognize_revenue(actor=house.actor, now=NOW, state_id=state(), next_at=NOW)


@given(
    net=st.integers(-(10**12), 10**12),
    days=st.integers(1, 1200),
    cuts=st.lists(st.integers(-50, 1300), max_size=8),
)
def test_parts_sum_to_the_whole_however_they_are_cut(net: int, days: int, cuts: list[int]) -> None:
    start, end = FIRST, FIRST + timedelta(days=days)
    stops = [start + timedelta(days=cut) for cut in sorted(cuts)]
    sums = [0, *(earned(net, start, end, until=stop) for stop in stops), net]
    parts = [after - before for before, after in pairwise(sums)]
    assert sum(parts) == net
    assert all(part * net >= 0 for part in parts), "nothing is earned twice and given back"
    assert earned(-net, start, end, until=FIRST) == -earned(net, start, end, until=FIRST)
    assert earned(net, start, end, until=end - timedelta(days=1)) == net


@settings(max_examples=60, deadline=None)
@given(lines=LINES, cuts=st.lists(st.integers(0, 120), max_size=5))
def test_the_statement_says_what_the_rule_says(
    db: DatabaseUrls, lines: list[tuple[int, int, int, int]], cuts: list[int]
) -> None:
    """The statement itself over lines that stand in for the tables; in runs of any length, it sums to the rule."""
    rows = []
    for net, begins, days, issued in lines:
        start = FIRST + timedelta(days=begins)
        end = start + timedelta(days=days)
        rows.append(
            (abs(net), "invoice" if net > 0 else "credit_note", start, end, FIRST + timedelta(days=issued))
        )
    total = 0
    first, marker = FIRST, UUID(int=0)
    for stop in (*(FIRST + timedelta(days=cut) for cut in sorted(cuts)), FIRST + timedelta(days=130)):
        if stop < first:
            continue
        total += _parts(rows, first, stop, marker)
        first, marker = stop + timedelta(days=1), UUID(int=2**128 - 1)
        assert total == sum(_rule(row, stop) for row in rows)
    assert total == sum(net for net, *_ in lines)


_Row = tuple[int, str, date, date, date]


def _rule(row: _Row, stop: date) -> int:
    net, kind, start, end, issued = row
    if issued > stop:
        return 0
    if end <= start:
        start, end = issued, issued + timedelta(days=1)
    return earned(net if kind == "invoice" else -net, start, end, until=stop)


def _parts(rows: list[_Row], first: date, last: date, marker: UUID) -> int:
    """PARTS over a few rows instead of the tables of documents and lines."""
    stand_in = """
WITH billing_document AS (
  SELECT n AS id0, '00000000-0000-0000-0000-000000000001'::uuid AS id, n, kind, issued,
    issued AS issued_on, NULL::uuid AS reseller_id, 'EUR' AS currency
  FROM given
), billing_line AS (
  SELECT n, '00000000-0000-0000-0000-000000000001'::uuid AS document_id, net, NULL::uuid AS offer_id,
    begins AS period_start, ends AS period_end FROM given
), """
    given_rows = (
        "WITH given AS (SELECT * FROM unnest(%(n)s::int[], %(net)s::bigint[], %(kind)s::text[], %(begins)s::date[],"
        " %(ends)s::date[], %(issued)s::date[]) AS g(n, net, kind, begins, ends, issued)), "
    )
    sql = given_rows + stand_in.replace("WITH ", "", 1) + PARTS.replace("WITH ", "", 1)
    sql = sql.replace("l.document_id = d.id", "l.n = d.n").replace("d.id = l.document_id", "l.n = d.n")
    with connections["run"].cursor() as cursor:
        cursor.execute(
            sql + " SELECT coalesce(sum(amount), 0) FROM part",
            {
                "n": list(range(len(rows))),
                "net": [row[0] for row in rows],
                "kind": [row[1] for row in rows],
                "begins": [row[2] for row in rows],
                "ends": [row[3] for row in rows],
                "issued": [row[4] for row in rows],
                "first": first,
                "last": last,
                "marker": marker,
            },
        )
        return int(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connections["run"].close()


def test_money_has_a_sign_of_its_own() -> None:
    assert [leg.amount for leg in legs.earned(Money(-5, "EUR"))] == [eur(-5), eur(5)]
