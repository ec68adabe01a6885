"""The ledger: sums of zero, nothing rewritten, no balance below zero, nobody else's money in sight."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from purveyor.infra import tx
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.ledger import legs, queries
from purveyor.ledger.commands import post
from purveyor.ledger.errors import InsufficientBalance, UnbalancedTransaction
from purveyor.ledger.types import AccountKind, Leg, Posted
from tests.rooms.books import NOW, SYSTEM, House, at_once, eur, found_house, within

_codes = itertools.count(1)


@pytest.fixture
def house(db: object) -> House:
    return found_house(f"L{next(_codes):03d}")


def deposit(house: House, amount: int, reference: str = "d1", party: UUID | None = None) -> Posted:
    party = party or house.reseller.id
    return post(
        actor=SYSTEM,
        now=NOW,
        reseller_id=house.reseller.id,
        customer_id=None if party == house.reseller.id else party,
        payer_id=party,
        kind="deposit",
        reference=reference,
        legs=legs.deposit(party_id=party, amount=eur(amount)),
    )


def spend(house: House, amount: int, reference: str) -> Posted:
    return post(
        actor=house.actor,
        now=NOW,
        reseller_id=house.reseller.id,
        payer_id=house.reseller.id,
        kind="payment",
        reference=reference,
        legs=legs.from_balance(payer_id=house.reseller.id, amount=eur(amount)),
    )


def available(house: House) -> int:
    return within(
        house.actor,
        lambda: queries.available(actor=house.actor, party_id=house.reseller.id, currency="EUR").amount,
    )


def test_a_deposit_is_spent_and_the_movements_say_so(house: House) -> None:
    assert available(house) == 0
    deposit(house, 5000)
    spend(house, 1500, "s1")

    assert available(house) == 3500
    with tx.enter(house.actor):
        moved = queries.list_movements(actor=house.actor, party_id=house.reseller.id)
        rest = queries.list_movements(actor=house.actor, party_id=house.reseller.id, cursor=moved[0].id)
    assert [(m.kind, m.reference, m.amount) for m in moved] == [
        ("payment", "s1", eur(-1500)),
        ("deposit", "d1", eur(5000)),
    ]
    assert rest == moved[1:]
    assert within(SYSTEM, lambda: queries.list_drift(actor=SYSTEM)) == []


def test_a_sale_is_booked_in_the_books_of_the_reseller(house: House) -> None:
    payer = house.reseller.id
    booked = legs.sale(payer_id=payer, net=eur(1200), vat=eur(300)) + legs.from_advance(
        payer_id=payer, amount=eur(1500)
    )
    post(
        actor=SYSTEM, now=NOW, reseller_id=payer, payer_id=payer, kind="sale", reference="order:1",
        legs=booked,
    )  # fmt: skip

    def total(kind: AccountKind) -> int:
        return queries.account_sum(actor=SYSTEM, reseller_id=payer, kind=kind, currency="EUR").amount

    with tx.enter(SYSTEM):
        assert total(AccountKind.RECEIVABLE) == 0
        assert total(AccountKind.ADVANCE) == 1500
        assert total(AccountKind.DEFERRED_REVENUE) == -1200
        assert total(AccountKind.TAX_PAYABLE) == -300


def test_a_sale_without_vat_has_no_empty_leg() -> None:
    party = UUID(int=5)
    assert [leg.kind for leg in legs.sale(payer_id=party, net=eur(1200), vat=eur(0))] == [
        AccountKind.RECEIVABLE,
        AccountKind.DEFERRED_REVENUE,
    ]


def test_a_repeat_changes_nothing(house: House) -> None:
    first = deposit(house, 5000)
    again = deposit(house, 5000)
    assert again == Posted(first.transaction_id, False)
    spend(house, 4000, "s1")
    assert spend(house, 4000, "s1").is_new is False
    assert available(house) == 1000


def test_a_balance_that_does_not_suffice_is_refused_without_a_trace(house: House) -> None:
    deposit(house, 1000)
    with tx.enter(house.actor):
        with pytest.raises(InsufficientBalance) as refused:
            spend(house, 1001, "s1")
        # The caller may go on in the same transaction: nothing of it was written.
        assert available(house) == 1000
    assert refused.value.facts == {"available": 1000, "wanted": 1001, "currency": "EUR"}
    assert (
        within(
            house.actor, lambda: len(queries.list_movements(actor=house.actor, party_id=house.reseller.id))
        )
        == 1
    )


def test_twenty_threads_cannot_spend_more_than_there_is(house: House) -> None:
    deposit(house, 1000)
    answers = at_once(20, lambda index: spend(house, 300, f"s{index}"))
    assert sum(isinstance(answer, Posted) for answer in answers) == 3
    assert sum(isinstance(answer, InsufficientBalance) for answer in answers) == 17
    assert available(house) == 100
    assert within(SYSTEM, lambda: queries.list_drift(actor=SYSTEM)) == []


def test_twenty_threads_with_one_reference_post_once(house: House) -> None:
    deposit(house, 5000)
    answers = at_once(20, lambda index: spend(house, 300, "same"))
    assert {type(answer) for answer in answers} == {Posted}
    assert sum(answer.is_new for answer in answers if isinstance(answer, Posted)) == 1
    assert available(house) == 4700


def test_first_deposits_at_once_make_one_account(house: House) -> None:
    answers = at_once(10, lambda index: deposit(house, 100, f"d{index}"))
    assert {type(answer) for answer in answers} == {Posted}
    assert available(house) == 1000


def test_legs_that_do_not_sum_to_zero_are_refused(house: House) -> None:
    crooked = [
        Leg(AccountKind.CASH_CLEARING, eur(100)),
        Leg(AccountKind.DEFERRED_REVENUE, Money(-100, "SEK")),
    ]
    with pytest.raises(UnbalancedTransaction):
        post(actor=SYSTEM, now=NOW, reseller_id=house.reseller.id, kind="x", reference="x", legs=crooked)
    nobody = [Leg(AccountKind.RECEIVABLE, eur(100)), Leg(AccountKind.DEFERRED_REVENUE, eur(-100))]
    with pytest.raises(ValueError, match="party"):
        post(actor=SYSTEM, now=NOW, reseller_id=house.reseller.id, kind="x", reference="x", legs=nobody)


def test_the_database_refuses_a_transaction_that_does_not_sum_to_zero(house: House) -> None:
    found = deposit(house, 1000)
    with (
        pytest.raises(IntegrityError, match="sum to zero"),
        tx.enter(house.actor),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ledger_entry (transaction_id, account_id, reseller_id, payer_id, amount, currency)"
            " SELECT transaction_id, account_id, reseller_id, payer_id, 1, currency FROM ledger_entry"
            " WHERE transaction_id = %s LIMIT 1",
            (found.transaction_id,),
        )


def test_the_zero_sum_is_checked_in_a_customers_context_too(house: House) -> None:
    found = deposit(house, 1000, party=house.first.id)
    with (
        pytest.raises(IntegrityError, match="sum to zero"),
        tx.enter(house.customer),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO ledger_entry"
            " (transaction_id, account_id, reseller_id, customer_id, payer_id, amount, currency)"
            " SELECT transaction_id, account_id, reseller_id, customer_id, payer_id, -1, currency FROM ledger_entry"
            " WHERE transaction_id = %s LIMIT 1",
            (found.transaction_id,),
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET amount = amount * 2",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_transaction",
    ],
)
def test_what_is_booked_is_never_changed(house: House, change: str) -> None:
    deposit(house, 1000)
    with pytest.raises(DatabaseError, match="never changed"), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_refuses_a_balance_below_zero(house: House) -> None:
    deposit(house, 1000)
    with pytest.raises(IntegrityError, match="not_negative"), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_prepaidbalance SET available = -1")


def test_nobody_sees_anothers_balance(house: House) -> None:
    other = found_house(f"L{next(_codes):03d}")
    deposit(house, 1000)
    deposit(house, 700, "d2", party=house.first.id)
    stranger, sibling = other.actor, house.customer_actor(house.second)
    with tx.enter(house.customer):
        assert queries.get_balance(actor=house.customer, party_id=house.first.id)[0].available == eur(700)
        moved = queries.list_movements(actor=house.customer, party_id=house.first.id)
        assert [m.amount for m in moved] == [eur(700)]
    for actor, party in (
        (stranger, house.reseller.id), (sibling, house.first.id), (house.actor, house.first.id),
        (house.customer, house.reseller.id),
    ):  # fmt: skip
        with tx.enter(actor):
            with pytest.raises(NotFound):
                queries.get_balance(actor=actor, party_id=party)
            with pytest.raises(NotFound):
                queries.list_movements(actor=actor, party_id=party)


@pytest.mark.parametrize("table", ["ledger_transaction", "ledger_entry", "ledger_prepaidbalance"])
def test_a_forgotten_filter_shows_nothing(house: House, table: str) -> None:
    deposit(house, 1000)
    deposit(house, 700, "d2", party=house.first.id)
    other = found_house(f"L{next(_codes):03d}")

    def seen(actor: object) -> int:
        with tx.enter(actor), connection.cursor() as cursor:  # type: ignore[arg-type]  # an Actor
            cursor.execute(f"SELECT count(*) FROM {table} WHERE reseller_id = %s", (house.reseller.id,))
            return int(cursor.fetchone()[0])

    legs_each = 2 if table == "ledger_entry" else 1
    assert seen(SYSTEM) == 2 * legs_each
    assert seen(house.actor) == legs_each, "its own, not its customer's"
    assert seen(house.customer) == legs_each, "its own, not its reseller's"
    assert seen(other.actor) == 0
    assert seen(house.customer_actor(house.second)) == 0


def test_posting_costs_one_statement_and_spending_two(house: House) -> None:
    with tx.enter(SYSTEM), CaptureQueriesContext(connection) as caught:
        deposit(house, 5000)
    assert len(caught) == 1
    with tx.enter(house.actor), CaptureQueriesContext(connection) as caught:
        spend(house, 1500, "s1")
    assert len(caught) == 2
