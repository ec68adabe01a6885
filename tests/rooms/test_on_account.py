"""Lines on account: nothing lost and nothing twice, however many customers and however many at once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from purveyor.billing import commands, queries
from purveyor.billing.errors import NotOnAccount
from purveyor.billing.rules.gathering import first_of_next_month, left_of, net_of, newest_first
from purveyor.billing.types import AccountLine, AccountRow, Document
from purveyor.infra import tx
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import new_id
from purveyor.parties import commands as parties
from purveyor.parties.errors import GatheringNotAllowed
from purveyor.sales.commands import close_account
from tests.rooms.books import SYSTEM, House, at_once, eur, found_house, found_operator, operator, within
from tests.support.houses import given

MARCH = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
APRIL = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)  # midnight in Stockholm
_codes = itertools.count(1)


@pytest.fixture(scope="module")
def seller(db: object) -> None:
    found_operator()


@pytest.fixture
def house(seller: None) -> House:
    return found_house(f"G{next(_codes):03d}")


def line(
    name: str = "A", quantity: int = 1, *, subscription: UUID | None = None, kind: str = "add_seats"
) -> AccountLine:
    facts: dict[str, str | int] = {"product": "Lockbox", "plan": "Business", "quantity": quantity}
    return AccountLine(
        kind=kind,  # type: ignore[arg-type]  # one of the kinds, by the test's own hand
        customer_id=new_id(),
        customer_name=name,
        subscription_id=subscription or new_id(),
        offer_id=new_id(),
        description=Explanation("line.add_seats", facts),
        quantity=quantity,
        months=2,
        unit_price=eur(500),
        discount_percent=Decimal(20),
        net=eur(400) * quantity,
        explanation=(Explanation("price.share", {"quantity": quantity, "net_amount": 400 * quantity}),),
        period_start=date(2026, 3, 10),
        period_end=date(2026, 5, 1),
    )


def put(house: House, *lines: AccountLine, at: datetime = MARCH) -> UUID | None:
    """Put lines on the house's account, as an order does; the account's id, or None where the cap is reached."""
    with tx.enter(SYSTEM):
        net = sum((one.net for one in lines[1:]), lines[0].net)
        account = commands.claim_account(actor=SYSTEM, now=at, reseller_id=house.reseller.id, net=net)
        if account is not None:
            commands.put_on_account(
                actor=SYSTEM, now=at, gathering_id=account, reseller_id=house.reseller.id, lines=lines
            )
        return account


def on_account(house: House) -> tuple[int, int]:
    """Net and number of lines that are open."""
    desk, reseller = operator(), house.reseller.id
    held = within(desk, lambda: queries.list_accounts(actor=desk, reseller_id=reseller))
    rows = within(desk, lambda: queries.list_on_account(actor=desk, reseller_id=reseller))
    assert sum(row.net.amount for row in rows) == sum(one.net.amount for one in held)
    return sum(one.net.amount for one in held), len(rows)


def close(account: UUID, at: datetime = APRIL) -> Document | None:
    made = close_account(actor=SYSTEM, now=at, gathering_id=account)
    if made is None:
        return None
    return within(SYSTEM, lambda: queries.get_document(actor=SYSTEM, document_id=made))


def test_a_thousand_customers_are_all_on_the_invoice(house: House) -> None:
    lines = [line(f"Customer {n:04d}", 1 + n % 3, subscription=new_id()) for n in range(1000)]
    account = None
    for start in range(0, 1000, 100):
        account = put(house, *lines[start : start + 100])
    assert account is not None
    with CaptureQueriesContext(connection) as asked:
        invoice = close(account)
    assert invoice is not None
    assert len(asked) <= 40, "as many statements for a thousand customers as for one"
    assert len(invoice.lines) == 1000
    assert {one.customer_id for one in invoice.lines} == {one.customer_id for one in lines}
    assert [one.customer_name for one in invoice.lines] == sorted(one.customer_name for one in lines)
    assert invoice.net == sum((one.net for one in lines[1:]), lines[0].net)
    assert sum(tax.base.amount for tax in invoice.taxes) == invoice.net.amount
    assert invoice.customer_id == invoice.payer_id == invoice.bill_to_id == house.reseller.id
    assert on_account(house) == (0, 0)
    assert close(account) is None, "closed once"


def test_lines_put_while_it_closes_are_billed_once(house: House) -> None:
    """Eight orders and two closers at the same moment: every line is on an invoice or still open, never both."""
    first = put(house, line("Before"))
    assert first is not None

    def act(index: int) -> int:
        if index < 2:
            close(first)
            return 0
        put(house, line(f"During {index}"))
        return 1

    answers = at_once(10, act)
    assert not [one for one in answers if isinstance(one, Exception)], answers
    waiting = on_account(house)[1]
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE document_id IS NOT NULL), count(*) FROM billing_unbilled"
            " WHERE reseller_id = %s",
            [house.reseller.id],
        )
        billed, put_there = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM billing_line WHERE reseller_id = %s", [house.reseller.id])
        assert cursor.fetchone()[0] == billed
    assert put_there == 9
    assert billed + waiting == 9


def test_what_comes_after_midnight_belongs_to_the_next_month(house: House) -> None:
    account = put(house, line("March"))
    assert account is not None
    put(house, line("April"), at=datetime(2026, 3, 31, 22, 0, 1, tzinfo=UTC))
    invoice = close(account)
    assert invoice is not None
    assert [one.customer_name for one in invoice.lines] == ["March"]
    assert on_account(house) == (400, 1)
    assert close(account) is None, "not due before May"
    may = close(account, datetime(2026, 4, 30, 22, 0, tzinfo=UTC))
    assert may is not None
    assert [one.customer_name for one in may.lines] == ["April"]


def test_a_rise_of_the_rate_counts_from_the_month_it_is_in(house: House) -> None:
    """Estonia went from 22 to 24 percent on 1 July 2025: June's invoice, dated that day, is June's."""
    estonian = parties.create_reseller(
        actor=SYSTEM, now=MARCH, given=given("Eesti OÜ", "EE"), code=f"G{next(_codes):03d}"
    )
    june = replace(house, reseller=estonian)
    account = put(june, line(), at=datetime(2025, 6, 10, 9, 0, tzinfo=UTC))
    assert account is not None
    put(june, line(), at=datetime(2025, 7, 10, 9, 0, tzinfo=UTC))
    for closed_at, rate in (
        (datetime(2025, 6, 30, 22, 0, tzinfo=UTC), 22),
        (datetime(2025, 7, 31, 22, 0, tzinfo=UTC), 24),
    ):
        invoice = close(account, closed_at)
        assert invoice is not None
        assert [tax.rate_percent for tax in invoice.taxes] == [rate]
        assert invoice.vat.amount == 4 * rate
        assert (invoice.due_on - invoice.issued_on).days == 14


def test_beyond_the_cap_nothing_is_put_there(house: House) -> None:
    def cap(amount: int | None) -> None:
        commands.set_account_cap(
            actor=operator(), now=MARCH, reseller_id=house.reseller.id, currency="EUR", cap=amount
        )

    cap(800)
    assert put(house, line(quantity=2)) is not None
    assert put(house, line()) is None
    assert on_account(house) == (800, 1)
    cap(None)
    assert put(house, line()) is not None
    with pytest.raises(Forbidden):
        commands.set_account_cap(
            actor=house.actor, now=MARCH, reseller_id=house.reseller.id, currency="EUR", cap=None
        )


def test_two_at_once_stay_within_the_cap(house: House) -> None:
    commands.set_account_cap(
        actor=operator(), now=MARCH, reseller_id=house.reseller.id, currency="EUR", cap=1200
    )
    answers = at_once(6, lambda _index: put(house, line()))
    assert sum(one is not None for one in answers) == 3
    assert on_account(house) == (1200, 3)


def test_seats_are_taken_back_once_by_two_at_once(house: House) -> None:
    subscription = new_id()
    put(house, line(quantity=4, subscription=subscription))

    def back(_index: int) -> object:
        return commands.take_back_on_account(
            actor=SYSTEM, now=MARCH, subscription_id=subscription, quantity=3
        )

    answers = at_once(4, back)
    assert sum(not isinstance(one, Exception) for one in answers) == 1
    assert sum(isinstance(one, NotOnAccount) for one in answers) == 3
    assert on_account(house) == (400, 2)


def test_what_is_due_can_no_longer_be_taken_back(house: House) -> None:
    """Between midnight and the close the month is over all the same."""
    subscription = new_id()
    put(house, line(subscription=subscription))
    with pytest.raises(NotOnAccount):
        commands.take_back_on_account(actor=SYSTEM, now=APRIL, subscription_id=subscription, quantity=1)


def test_a_row_on_account_is_never_rewritten(house: House) -> None:
    put(house, line())
    for change in ("net = 1", "quantity = 2", "customer_name = 'x'"):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            tx.enter(SYSTEM),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE billing_unbilled SET {change} WHERE reseller_id = %s", [house.reseller.id]
            )
    with pytest.raises(DatabaseError), transaction.atomic(), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_unbilled WHERE reseller_id = %s", [house.reseller.id])


def test_only_its_reseller_and_the_operator_read_an_account(house: House) -> None:
    other = found_house(f"G{next(_codes):03d}")
    put(house, line())
    for actor in (other.actor, house.customer):
        with pytest.raises(NotFound):
            within(actor, lambda: queries.list_accounts(actor=actor, reseller_id=house.reseller.id))  # noqa: B023
    own = within(
        house.actor, lambda: queries.list_on_account(actor=house.actor, reseller_id=house.reseller.id)
    )
    assert len(own) == 1
    acting = replace(house.actor, customer_id=house.first.id)
    assert (
        within(acting, lambda: queries.list_on_account(actor=acting, reseller_id=house.reseller.id)) == []
    ), "the line is another customer's"


def test_the_mode_is_chosen_within_the_operators_limits(house: House) -> None:
    reseller = house.reseller.id
    parties.set_gathering_terms(actor=operator(), now=MARCH, reseller_id=reseller, allowed=False, due_days=14)
    with pytest.raises(GatheringNotAllowed):
        parties.set_billing_mode(actor=house.actor, now=MARCH, reseller_id=reseller, billing_mode="gathered")
    parties.set_gathering_terms(actor=operator(), now=MARCH, reseller_id=reseller, allowed=True, due_days=30)
    chosen = parties.set_billing_mode(
        actor=house.actor, now=MARCH, reseller_id=reseller, billing_mode="gathered"
    )
    assert (chosen.billing_mode, chosen.gathered_due_days) == ("gathered", 30)
    withdrawn = parties.set_gathering_terms(
        actor=operator(), now=MARCH, reseller_id=reseller, allowed=False, due_days=30
    )
    assert withdrawn.billing_mode == "at_once"
    with pytest.raises(Forbidden):
        parties.set_gathering_terms(
            actor=house.actor, now=MARCH, reseller_id=reseller, allowed=True, due_days=30
        )
    with pytest.raises(NotFound):
        parties.set_billing_mode(
            actor=found_house(f"G{next(_codes):03d}").actor,
            now=MARCH,
            reseller_id=reseller,
            billing_mode="at_once",
        )


# -- the pure part ----------------------------------------------------------------------------------------------


def rows_of(added: list[int], taken: list[tuple[int, int]]) -> list[AccountRow]:
    """Rows that were added, and (row, seats) of those taken back."""
    rows: list[AccountRow] = []
    for at, quantity in enumerate(added):
        base = line(quantity=quantity, subscription=UUID(int=1))
        values = {name: getattr(base, name) for name in AccountLine.__dataclass_fields__}
        rows.append(AccountRow(**values, id=new_id(), put_at=MARCH.replace(minute=at)))
    for index, quantity in taken:
        root = rows[index]
        rows.append(
            replace(
                root,
                id=new_id(),
                kind="take_back",
                quantity=-quantity,
                net=-net_of(root, quantity),
                counters=root.id,
                put_at=MARCH.replace(hour=10),
            )
        )
    return rows


@settings(max_examples=200, deadline=None)
@examples(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_what_is_left_is_what_was_added_less_what_was_taken_back(
    added: list[int], data: st.DataObject
) -> None:
    wanted = data.draw(st.integers(0, sum(added)))
    rows = rows_of(added, [])
    index = {row.id: at for at, row in enumerate(rows)}
    taken = newest_first(rows, wanted) if wanted else []
    all_rows = rows_of(added, [(index[row.id], count) for row, count in taken])
    lines, billed, netted = left_of(all_rows)
    assert sum(one.quantity for one in lines) == sum(added) - wanted
    assert sum(one.net.amount for one in lines) == 400 * (sum(added) - wanted)
    assert all(one.net == eur(400) * one.quantity for one in lines)
    assert sorted([*billed, *netted]) == sorted(row.id for row in all_rows)
    assert all(one.quantity >= 1 for one in lines)
    # The newest go first: what is left is the oldest.
    assert [one.quantity for one in lines][:-1] == added[: max(0, len(lines) - 1)]
    for one in lines:
        assert one.description.facts["quantity"] == one.quantity
        assert one.explanation[0].facts["net_amount"] == one.net.amount


def test_months_follow_each_other() -> None:
    assert first_of_next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert first_of_next_month(date(2026, 1, 31)) == date(2026, 2, 1)
