"""Renewals that are paid before they begin: what waits, what it becomes, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from purveyor.billing import queries as billing
from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Offer, Terms
from purveyor.infra import clock, registry, tx
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.payments import queries as payments
from purveyor.payments.commands import record_transfer
from purveyor.payments.types import Payable
from purveyor.renewals import queries
from purveyor.renewals.commands import advance_ladder, settle_renewal
from purveyor.renewals.errors import RenewalNotOpen
from purveyor.renewals.handlers import on_balance_deposited, on_payable_settled
from purveyor.renewals.jobs import roll_due, run_ladder
from purveyor.renewals.types import RenewalRow, RenewalView
from purveyor.sales import commands as sales
from purveyor.sales.commands import pay_renewals
from purveyor.sales.types import OrderView
from purveyor.subscriptions import commands as subs
from purveyor.subscriptions.types import Status
from tests.rooms.books import SYSTEM, eur, operator, within
from tests.rooms.shop import START, Shop, deliver, open_shop, order, pay_in, subscription, transfer

TERMS = Terms(
    prepay=True,
    cut_off_day=26,
    cut_off_min_days=5,
    cut_off_zone="America/Mexico_City",
    suspend_after_days=3,
    end_after_days=30,
)
# Due on 15 January; the 26th begins at six in Stockholm's morning less one hour.
CUT_OFF = datetime(2027, 1, 26, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Prepaid:
    """A shop and an offer that is paid first."""

    shop: Shop
    offer: Offer

    def waiting(self, quantity: int = 4, **settings: str | int) -> UUID:
        """A subscription whose renewal waits for its money."""
        found = self.shop.buy(self.shop.new(quantity, self.offer)).subscriptions[0]
        if settings:
            subs.set_renewal(actor=self.shop.reseller, now=START, subscription_id=found, **settings)  # type: ignore[arg-type]  # the test spells the settings
        roll_due(found, clock.start_of(date(2027, 1, 15)))
        return found

    def view(self, subscription_id: UUID) -> RenewalView:
        found = within(
            self.shop.reseller,
            lambda: queries.list_renewals(actor=self.shop.reseller, on=date(2027, 1, 15), limit=200),
        )
        return next(row for row in found.rows if row.subscription_id == subscription_id and row.prepay)

    def payable(self, view: RenewalView) -> Payable:
        found = view.payable_id
        assert found is not None
        return within(SYSTEM, lambda: payments.get_payable(actor=SYSTEM, payable_id=found))

    def transfer(self, view: RenewalView, at: datetime, on: date, amount: int | None = None) -> None:
        assert view.gross is not None
        record_transfer(
            actor=operator(),
            now=at,
            payable_id=view.payable_id,
            amount=view.gross if amount is None else eur(amount),
            received_on=on,
            reference=f"bank {view.id} {on}",
        )
        deliver()


@pytest.fixture(scope="module")
def prepaid(db: object) -> Prepaid:
    shop = open_shop()
    registry.subscribe("payable.settled", "renewals.payment_arrived", on_payable_settled)
    made = catalog.create_offer(
        actor=operator(), now=START, plan_id=shop.year.plan_id, code="office-12", term_months=12,
        terms=TERMS, available_from=date(2026, 1, 1),
    )  # fmt: skip
    catalog.set_price(
        actor=operator(), now=START, price_list_id=shop.prices.id, offer_id=made.id, price=eur(6000)
    )
    return Prepaid(shop, made)


def test_it_waits_and_nothing_rolls(prepaid: Prepaid) -> None:
    found = prepaid.waiting()
    roll_due(found, clock.start_of(date(2027, 1, 15)))
    view, running = prepaid.view(found), subscription(prepaid.shop, found)
    assert (view.status, view.quantity, view.net) == ("pending", 4, eur(19200))
    assert view.cut_off_at == CUT_OFF
    assert view.consequence.facts["last_day"] == "2027-01-25"
    assert (running.status, running.period_end) == (Status.ACTIVE, date(2027, 1, 15))
    assert prepaid.payable(view).amount == view.gross
    pro_forma = view.pro_forma_id
    assert pro_forma is not None
    document = within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=pro_forma))
    assert (document.kind, document.due_on) == ("pro_forma", date(2027, 1, 25))
    assert document.payment is not None


def test_paid_in_time_by_value_date_undoes_the_suspension(prepaid: Prepaid) -> None:
    found = prepaid.waiting()
    view = prepaid.view(found)
    run_ladder(view.id, CUT_OFF)
    assert prepaid.view(found).status == "at_risk"
    run_ladder(view.id, CUT_OFF + timedelta(days=3))
    assert prepaid.view(found).status == "missed"
    assert subscription(prepaid.shop, found).status is Status.SUSPENDED
    prepaid.transfer(view, datetime(2027, 1, 30, 9, tzinfo=UTC), date(2027, 1, 25))
    paid, running = prepaid.view(found), subscription(prepaid.shop, found)
    assert (paid.status, paid.on_time) == ("paid", True)
    assert (running.status, running.suspend_reason) == (Status.ACTIVE, "")
    assert (running.period_start, running.period_end) == (date(2027, 1, 15), date(2028, 1, 15))
    invoice = paid.invoice_id
    assert invoice is not None
    issued = within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=invoice))
    assert (issued.status, issued.net, issued.gross) == ("paid", view.net, view.gross)
    assert settle_renewal(actor=SYSTEM, now=CUT_OFF, renewal_id=view.id, source="advance") is False


def test_a_transfer_of_the_day_itself_is_late(prepaid: Prepaid) -> None:
    found = prepaid.waiting()
    prepaid.transfer(prepaid.view(found), CUT_OFF + timedelta(hours=3), date(2027, 1, 26))
    assert (prepaid.view(found).status, prepaid.view(found).on_time) == ("paid", False)


def test_unpaid_to_the_last_it_ends(prepaid: Prepaid) -> None:
    found = prepaid.waiting()
    view = prepaid.view(found)
    before = available(prepaid)
    prepaid.transfer(view, CUT_OFF, date(2027, 1, 20), amount=1000)
    for days in (0, 3, 30, 31):
        run_ladder(view.id, CUT_OFF + timedelta(days=days))
    ended = prepaid.view(found)
    assert (ended.status, ended.consequence.code) == ("ended", "consequence.unpaid")
    closed = subscription(prepaid.shop, found)
    assert (closed.status, closed.end_reason) == (Status.ENDED, "renewal_unpaid")
    assert prepaid.payable(view).status == "cancelled"
    assert available(prepaid) == before + eur(1000)
    assert advance_ladder(actor=SYSTEM, now=CUT_OFF, renewal_id=view.id) == "ended"


def test_the_balance_pays_at_once_where_that_was_chosen(prepaid: Prepaid) -> None:
    found = prepaid.waiting(renewal_payment_method="balance")
    running = subscription(prepaid.shop, found)
    assert running.period_start == date(2027, 1, 15)
    rows = history(found)
    assert [row.status for row in rows] == ["paid"]


def test_seats_that_do_not_renew_are_gone(prepaid: Prepaid) -> None:
    found = prepaid.waiting(6, renewal_quantity=2)
    assert subscription(prepaid.shop, found).quantity == 2
    view = prepaid.view(found)
    assert (view.quantity, view.net) == (2, eur(9600))
    prepaid.transfer(view, datetime(2027, 1, 20, 9, tzinfo=UTC), date(2027, 1, 19))
    assert subscription(prepaid.shop, found).quantity == 2
    assert prepaid.view(found).on_time is True


def history(subscription_id: UUID) -> list[RenewalRow]:
    return within(SYSTEM, lambda: queries.list_history(actor=SYSTEM, subscription_id=subscription_id))


def order_of(prepaid: Prepaid, *views: RenewalView, method: str = "bank_transfer") -> OrderView:
    return pay_renewals(
        actor=prepaid.shop.house.actor,
        now=datetime(2027, 1, 20, 9, tzinfo=UTC),
        renewal_ids=[view.id for view in views],
        payment_method=method,
    )


def other_customers(prepaid: Prepaid) -> UUID:
    """A renewal of the reseller's second customer that waits."""
    second = replace(prepaid.shop.house.actor, customer_id=prepaid.shop.house.second.id)
    made = sales.make_quote(
        actor=second, now=START, customer_id=prepaid.shop.house.second.id,
        lines=[prepaid.shop.new(1, prepaid.offer)],
    )  # fmt: skip
    bought = sales.accept_quote(actor=second, now=START, quote_id=made.id, payment_method="balance")
    roll_due(bought.subscriptions[0], clock.start_of(date(2027, 1, 15)))
    return bought.subscriptions[0]


def waiting_view(subscription_id: UUID) -> RenewalView:
    rows = within(
        SYSTEM, lambda: queries.list_renewals(actor=SYSTEM, on=date(2027, 1, 15), status="open", limit=200)
    )
    return next(row for row in rows.rows if row.subscription_id == subscription_id)


def books_balance() -> None:
    """What is owed is what the open invoices say; what came ahead is used up or on the balance."""
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.kind, sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id GROUP BY 1"
        )
        books = dict(cursor.fetchall())
        cursor.execute("SELECT coalesce(sum(gross - paid), 0) FROM billing_document WHERE kind = 'invoice'")
        assert books["receivable"] == cursor.fetchone()[0]
        assert books.get("advance", 0) == 0
        assert sum(books.values()) == 0


def test_several_are_paid_by_one_transfer(prepaid: Prepaid) -> None:
    mine, theirs = prepaid.waiting(2), other_customers(prepaid)
    first, second = prepaid.view(mine), waiting_view(theirs)
    made = order_of(prepaid, first, second)
    assert first.gross is not None
    assert second.gross is not None
    assert (made.kind, made.is_for_many, made.status) == ("renewals", True, "awaiting_payment")
    assert (made.gross, len(made.lines)) == (first.gross + second.gross, 2)
    assert made.payment is not None
    assert {prepaid.payable(one).status for one in (first, second)} == {"cancelled"}
    with pytest.raises(RenewalNotOpen):
        order_of(prepaid, first, method="balance")
    # What comes on its own reference meanwhile is the payer's.
    before = available(prepaid)
    prepaid.transfer(first, datetime(2027, 1, 21, 9, tzinfo=UTC), date(2027, 1, 21))
    assert available(prepaid) == before + first.gross
    record_transfer(
        actor=operator(), now=datetime(2027, 1, 28, 9, tzinfo=UTC), order_id=made.id, amount=made.gross,
        received_on=date(2027, 1, 25), reference="all at once",
    )  # fmt: skip
    deliver()
    assert order(made.id).status == "completed"
    for subscription_id in (mine, theirs):
        rows = history(subscription_id)
        assert rows[0].status == "paid"
        assert rows[0].invoice_id is not None
        assert subscription(prepaid.shop, subscription_id).period_start == date(2027, 1, 15)
    assert prepaid.view(mine).on_time is True
    books_balance()


def test_several_are_paid_from_the_balance(prepaid: Prepaid) -> None:
    mine, theirs = prepaid.waiting(1), other_customers(prepaid)
    views = (prepaid.view(mine), waiting_view(theirs))
    before = available(prepaid)
    made = order_of(prepaid, *views, method="balance")
    assert (made.status, available(prepaid)) == ("completed", before - made.gross)
    assert prepaid.view(mine).status == "paid"
    books_balance()


def test_a_cancelled_order_asks_for_each_again(prepaid: Prepaid) -> None:
    mine = prepaid.waiting(3)
    view = prepaid.view(mine)
    made = order_of(prepaid, view)
    assert not made.is_for_many
    sales.cancel_order(actor=prepaid.shop.house.actor, now=CUT_OFF, order_id=made.id)
    assert prepaid.payable(view).status == "open"
    prepaid.transfer(prepaid.view(mine), CUT_OFF, date(2027, 1, 25))
    assert (prepaid.view(mine).status, prepaid.view(mine).on_time) == ("paid", True)


def test_a_part_that_came_is_the_payers_and_a_new_reference_asks_again(prepaid: Prepaid) -> None:
    mine = prepaid.waiting(3)
    view = prepaid.view(mine)
    prepaid.transfer(view, CUT_OFF, date(2027, 1, 20), amount=500)
    made = order_of(prepaid, view)
    sales.cancel_order(actor=prepaid.shop.house.actor, now=CUT_OFF, order_id=made.id)
    again = prepaid.view(mine)
    assert again.pro_forma_id != view.pro_forma_id
    assert prepaid.payable(again).reference != prepaid.payable(view).reference
    prepaid.transfer(again, CUT_OFF, date(2027, 1, 26))
    assert prepaid.view(mine).status == "paid"
    books_balance()


def test_one_that_ended_meanwhile_takes_nothing(prepaid: Prepaid) -> None:
    gone, kept = prepaid.waiting(1), prepaid.waiting(2)
    first, second = prepaid.view(gone), prepaid.view(kept)
    made = order_of(prepaid, first, second)
    run_ladder(first.id, CUT_OFF + timedelta(days=30))
    assert prepaid.view(gone).status == "ended"
    before = available(prepaid)
    record_transfer(
        actor=operator(), now=CUT_OFF + timedelta(days=31), order_id=made.id, amount=made.gross,
        received_on=date(2027, 2, 26), reference="much later",
    )  # fmt: skip
    deliver()
    assert first.gross is not None
    assert available(prepaid) == before + first.gross
    assert (prepaid.view(kept).status, prepaid.view(kept).on_time) == ("paid", False)
    books_balance()


def test_an_invoiced_renewal_is_paid_the_same_way(prepaid: Prepaid) -> None:
    shop = prepaid.shop
    running = shop.subscription(2)
    roll_due(running, clock.start_of(date(2027, 1, 15)))
    view = waiting_view(running)
    made = order_of(prepaid, view, prepaid.view(prepaid.waiting(1)), method="balance")
    assert made.status == "completed"
    rows = history(running)
    assert rows[0].status == "paid"
    invoice = rows[0].invoice_id
    assert invoice is not None
    assert within(SYSTEM, lambda: billing.get_document(actor=SYSTEM, document_id=invoice)).status == "paid"
    books_balance()


def test_refusals_of_paying(prepaid: Prepaid) -> None:
    view = prepaid.view(prepaid.waiting(1))
    with pytest.raises(NotFound):
        pay_renewals(
            actor=prepaid.shop.customer, now=CUT_OFF, renewal_ids=[view.id], payment_method="balance"
        )
    with pytest.raises(NotFound):
        order_of(prepaid, replace(view, id=UUID(int=7)))
    with pytest.raises(Invalid):
        order_of(prepaid)
    with pytest.raises(Invalid):
        order_of(prepaid, view, method="card")
    order_of(prepaid, view, method="balance")
    with pytest.raises(RenewalNotOpen):
        order_of(prepaid, view, method="balance")


def available(prepaid: Prepaid) -> Money:
    party = prepaid.shop.house.reseller.id
    return within(SYSTEM, lambda: ledger.available(actor=SYSTEM, party_id=party, currency="EUR"))


@pytest.mark.parametrize(
    ("seconds", "on_time"), [(-1, True), (0, False)], ids=["the 25th 23:59:59", "the 26th 00:00"]
)
def test_the_last_second_of_the_25th_is_in_time(prepaid: Prepaid, seconds: int, on_time: bool) -> None:
    found = prepaid.waiting(1)
    if not on_time:
        run_ladder(prepaid.view(found).id, CUT_OFF)
    pay_renewals(
        actor=prepaid.shop.house.actor,
        now=CUT_OFF + timedelta(seconds=seconds),
        renewal_ids=[prepaid.view(found).id],
        payment_method="balance",
    )
    assert (prepaid.view(found).status, prepaid.view(found).on_time) == ("paid", on_time)
    assert subscription(prepaid.shop, found).period_start == date(2027, 1, 15)


def test_money_paid_in_later_pays_the_oldest_first(prepaid: Prepaid) -> None:
    """A customer of its own pays for two renewals; its balance comes for one, then for the other."""
    shop = prepaid.shop
    registry.subscribe("balance.deposited", "renewals.balance_grew", on_balance_deposited)
    bought = []
    for day in (START - timedelta(days=3), START - timedelta(days=1)):
        order_ = shop.buy(shop.new(1, prepaid.offer), by=shop.customer, at=day, pay="bank_transfer")
        transfer(order_, day)
        deliver()
        bought.append(order_.subscriptions[0])
    for found in bought:
        end = subscription(shop, found).period_end
        assert end is not None
        subs.set_renewal(
            actor=shop.customer, now=START, subscription_id=found, renewal_payment_method="balance"
        )
        roll_due(found, clock.start_of(end))
    older, newer = (waiting_view(found) for found in bought)
    assert (older.status, newer.status, older.due_on < newer.due_on) == ("pending", "pending", True)
    assert older.gross
    pay_in(shop.customer_id, older.gross.amount + 1)
    deliver()
    assert [history(found)[0].status for found in bought] == ["paid", "pending"]
    pay_in(shop.customer_id, older.gross.amount)
    deliver()
    assert history(bought[1])[0].status == "paid"
    assert subscription(shop, bought[1]).period_start == newer.due_on
    books_balance()


def test_money_for_one_that_was_ended_by_hand_is_the_payers(prepaid: Prepaid) -> None:
    found = prepaid.waiting(1)
    view, before = prepaid.view(found), available(prepaid)
    subs.end_subscription(actor=operator(), now=CUT_OFF, subscription_id=found, reason="closed")
    prepaid.transfer(view, CUT_OFF, date(2027, 1, 25))
    assert view.gross is not None
    assert available(prepaid) == before + view.gross
    assert prepaid.view(found).status == "ended"
    books_balance()
