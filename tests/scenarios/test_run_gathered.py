"""A run that puts renewals on account, killed in the middle and resumed: each is on account once, and billed once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from purveyor.billing.commands import set_account_cap
from purveyor.infra import clock, tx
from purveyor.infra.roles import DatabaseUrls
from purveyor.renewals.runs import get_run, list_runs
from purveyor.sales.commands import close_account
from tests.rooms.books import SYSTEM, House, found_house, operator, within
from tests.rooms.shop import START, Shop, open_shop, pay_in
from tests.scenarios.test_run import DUE, EACH, FIRST, copies, kill_at_the_second, let_it_be, renewed
from tests.support.filled import everything

CLOSE = clock.start_of(DUE.replace(month=2, day=1))
# The second house buys at list price; its cap leaves room for so many renewals.
LIST, ROOM = 4800, 20
# Another transaction is about to write the terms that the run writes once it has made room on the account.
_NEXT_TERMS = """
INSERT INTO subscriptions_term (id, reseller_id, customer_id, subscription_id, kind, start, "end", price, currency,
  price_list, quantity)
SELECT gen_random_uuid(), reseller_id, customer_id, id, 'paid', period_end, period_end + 365, term_price, currency,
  price_list, quantity FROM subscriptions_subscription WHERE reseller_id = %s"""


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    return open_shop()


@pytest.fixture(scope="module")
def second(shop: Shop) -> Shop:
    """A house with a larger id than the first: its work comes last."""
    house = found_house("R018")
    pay_in(house.reseller.id, 1_000_000)
    return replace(shop, house=house)


def gather(*houses: House) -> None:
    """They gather, and stand on their customers' invoices themselves."""
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        ids = [house.reseller.id for house in houses]
        cursor.execute(
            "UPDATE parties_resellerprofile SET billing_mode = 'gathered' WHERE organization_id = ANY(%s)",
            [ids],
        )
        cursor.execute(
            "UPDATE parties_organization SET bill_to = 'reseller' WHERE reseller_id = ANY(%s)", [ids]
        )


def on_account() -> list[tuple[Any, ...]]:
    """Of each house: net as its account says, sum and number of its open rows; oldest house first."""
    return everything(
        "SELECT g.net, coalesce(sum(u.net), 0), count(u.id) FROM billing_gathering g LEFT JOIN billing_unbilled u"
        " ON u.gathering_id = g.id AND u.closed_at IS NULL GROUP BY g.id ORDER BY g.reseller_id"
    )


def test_killed_in_the_middle_and_done_by_another(
    shop: Shop, second: Shop, urls: DatabaseUrls, tmp_path: Path
) -> None:
    copies(shop.subscription(1))
    copies(second.subscription(1))
    gather(shop.house, second.house)
    set_account_cap(
        actor=operator(), now=START, reseller_id=second.house.reseller.id, currency="EUR", cap=ROOM * LIST
    )
    let_it_be(DUE)
    assert f"{2 * EACH} would be due: {2 * EACH} billed, 0 waiting" in renewed(urls, tmp_path, "--dry-run")

    kill_at_the_second(urls, tmp_path, _NEXT_TERMS, second.house.reseller.id)
    assert on_account() == [(FIRST, FIRST, EACH), (0, 0, 0)], "of the second house nothing is there"
    (interrupted,) = within(operator(), lambda: list_runs(actor=operator())).rows
    assert (interrupted.finished_at, interrupted.due, interrupted.done) == (None, 2 * EACH, EACH)

    said = renewed(urls, tmp_path, "--chunk", "10")
    assert f"{EACH} were due: {EACH} billed, 0 waiting to be paid, 0 ended, 0 parked." in said
    assert interrupted.id is not None
    all_on_account_once(interrupted.id)
    assert "0 were due" in renewed(urls, tmp_path)
    assert on_account() == [(FIRST, FIRST, EACH), (ROOM * LIST, ROOM * LIST, ROOM)]
    closed_into_one_invoice_each()


def all_on_account_once(run: UUID) -> None:
    """Each subscription has one renewal; beyond the second house's cap it has an invoice, else a line on account."""
    assert everything(
        "SELECT count(*), count(DISTINCT subscription_id), count(invoice_id), count(payable_id)"
        " FROM renewals_renewal WHERE status = 'pending'"
    ) == [(2 * EACH, 2 * EACH, EACH - ROOM, EACH - ROOM)]
    assert everything("SELECT count(DISTINCT subscription_id) FROM billing_unbilled") == [(EACH + ROOM,)]
    assert everything(
        "SELECT count(*) FROM billing_unbilled u JOIN renewals_renewal r USING (subscription_id)"
        " WHERE r.invoice_id IS NOT NULL"
    ) == [(0,)]
    assert everything("SELECT count(*) FROM subscriptions_subscription WHERE period_end <> '2028-01-15'") == [
        (0,)
    ]
    found = within(operator(), lambda: get_run(actor=operator(), run_id=run))
    assert found.finished_at is not None
    assert (found.adds_up, found.due, found.billed) == (True, 2 * EACH, 2 * EACH)


def closed_into_one_invoice_each() -> None:
    """At the end of the month each house has one invoice with a line for each renewal, and the books balance."""
    for (account,) in everything("SELECT id FROM billing_gathering ORDER BY reseller_id"):
        close_account(actor=SYSTEM, now=CLOSE, gathering_id=account)
    assert on_account() == [(0, 0, 0), (0, 0, 0)]
    assert everything(
        "SELECT d.net, sum(l.net), count(*), count(DISTINCT l.subscription_id) FROM billing_document d"
        " JOIN billing_line l ON l.document_id = d.id WHERE d.customer_id = d.reseller_id"
        " GROUP BY d.id ORDER BY d.reseller_id"
    ) == [(FIRST, FIRST, EACH, EACH), (ROOM * LIST, ROOM * LIST, ROOM, ROOM)]
    assert everything("SELECT count(*) FROM renewals_renewal WHERE invoice_id IS NULL") == [(0,)]
    assert everything("SELECT sum(amount) FROM ledger_entry")[0][0] == 0
