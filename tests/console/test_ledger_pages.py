"""The books at the operator's desk, and by API: a trial balance that balances, a journal as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from purveyor.infra import clock
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from tests.api.caller import Caller
from tests.support.counter import Browser, bought, text_of
from tests.support.shop import Shop


@pytest.fixture(scope="module")
def sold(shop: Shop) -> Shop:
    bought(shop, shop.houses.first_customer)
    return shop


@pytest.fixture
def operator(sold: Shop) -> Browser:
    return Browser(sold.houses.seller.organization, "admin")


def lines(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def test_the_trial_balance_balances(operator: Browser, sold: Shop) -> None:
    page = operator.get(f"{operator.root}ledger")
    assert page.status_code == 200
    assert "Owed to us on invoices" in text_of(page)
    heads, *rows = lines(operator.get(f"{operator.root}ledger/trial-balance.csv"))
    assert len(heads) == 7
    debit, credit, after = (sum(round(100 * float(row[place])) for row in rows) for place in (4, 5, 6))
    assert debit == credit > 0
    assert after == 0
    second = show("res", sold.houses.second.id)
    other = lines(operator.get(f"{operator.root}ledger/trial-balance.csv?reseller={second}"))
    assert other[1:] == []


def test_the_journal_tells_every_leg(operator: Browser) -> None:
    page = operator.get(f"{operator.root}ledger/journal")
    assert page.status_code == 200
    assert "Sale" in text_of(page)
    heads, *rows = lines(operator.get(f"{operator.root}ledger/journal.csv"))
    assert heads[0] == "Day"
    assert sum(round(100 * float(row[9] or 0)) - round(100 * float(row[10] or 0)) for row in rows) == 0


def test_a_period_that_ends_before_it_begins_is_refused(operator: Browser) -> None:
    for path in ("ledger", "ledger/journal"):
        assert operator.get(f"{operator.root}{path}?since=2026-11-22&until=2026-11-01").status_code == 422


@pytest.mark.parametrize("role", ["admin", "technician"])
def test_the_books_are_the_operators(sold: Shop, role: str) -> None:
    reseller = Browser(sold.houses.first, role)
    for path in ("ledger", "ledger/journal", "ledger/trial-balance.csv", "ledger/journal.csv"):
        assert reseller.get(f"{reseller.root}{path}").status_code == 404


def test_the_same_by_api(sold: Shop) -> None:
    key = parties.create_api_key(
        actor=sold.houses.operator, now=clock.now(), name="books", role="admin",
        organization_id=sold.houses.seller.organization.id,
    )[1]  # fmt: skip
    caller = Caller(key)
    rows = caller.get("/ledger/trial-balance").ok()["rows"]
    assert sum(row["debit"]["amount"] - row["credit"]["amount"] for row in rows) == 0
    entries: list[Any] = []
    cursor = None
    while cursor is not None or not entries:
        page = caller.get("/ledger/journal?limit=2" + (f"&cursor={cursor}" if cursor else "")).ok()
        entries += page["data"]
        cursor = page["next_cursor"]
    assert sum(entry["amount"]["amount"] for entry in entries) == 0
    assert len({entry["id"] for entry in entries}) == len(entries)
    caller.get("/ledger/journal?since=2026-11-22&until=2026-11-01").refused(422, "invalid")
