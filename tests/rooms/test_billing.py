"""Billing: numbers without gaps, documents that never change, and who may read them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from purveyor.billing import queries
from purveyor.billing.commands import (
    apply_payment,
    close_pro_forma,
    issue_invoice,
    issue_pro_forma,
    mark_overdue,
)
from purveyor.billing.errors import DocumentNotPayable, PaymentExceedsInvoice
from purveyor.billing.jobs import run_overdue
from purveyor.billing.types import Document, PaymentDetails
from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from tests.rooms.books import NOW, SYSTEM, TODAY, House, at_once, draft, eur, found_house, within
from tests.support.feed import feed

_codes = itertools.count(1)


@pytest.fixture
def house(db: object) -> House:
    return found_house(f"B{next(_codes):03d}")


def issue(house: House, *, now: datetime = NOW, actor: Actor | None = None, **more: Any) -> Document:
    return issue_invoice(actor=actor or house.actor, now=now, draft=draft(house, **more))


def read(house: House, document: Document, actor: Actor | None = None) -> Document:
    actor = actor or house.actor
    return within(actor, lambda: queries.get_document(actor=actor, document_id=document.id))


def events(document: Document) -> list[str]:
    return [event.kind for event in feed(SYSTEM) if event.subject_id == document.id]


def test_an_invoice_says_what_the_draft_said(house: House) -> None:
    details = PaymentDetails("RF18539007547034", "SE4550000000058398257466", "ESSESESS", "Bank", "Nordlicht")
    document = issue(house, order_id=UUID(int=7), payment=details)

    code = house.first.name.split()[0]
    assert document.number == f"2026-{code}-000001"
    assert (document.status, document.issued_on, document.due_on) == ("issued", TODAY, date(2026, 12, 6))
    found = read(house, document)
    assert found == document
    line = found.lines[0]
    assert line.description == Explanation("line.add_seats", {"plan": "Business"})
    assert line.explanation == (Explanation("price.months", {"months": 2, "month_amount": 250}),)
    assert str(line.discount_percent) == "20"
    assert found.taxes[0].reason == Explanation("tax.domestic", {"country": "SE"})
    assert events(document) == ["invoice.issued"]


def test_an_invoice_that_was_paid_before_is_issued_as_paid(house: House) -> None:
    document = issue(house, paid=1500)
    assert (document.status, document.open) == ("paid", eur(0))
    assert events(document) == ["invoice.issued", "invoice.paid"]


def test_pro_formas_have_a_series_of_their_own(house: House) -> None:
    invoice = issue(house)
    pro_forma = issue_pro_forma(actor=house.actor, now=NOW, draft=draft(house))
    assert pro_forma.number == invoice.number.replace("-000001", "-PF-000001")
    assert (pro_forma.status, events(pro_forma)) == ("issued", ["pro_forma.issued"])

    assert close_pro_forma(actor=house.actor, now=NOW, document_id=pro_forma.id, outcome="paid") is True
    assert close_pro_forma(actor=house.actor, now=NOW, document_id=pro_forma.id, outcome="cancelled") is False
    assert close_pro_forma(actor=house.actor, now=NOW, document_id=invoice.id, outcome="cancelled") is False
    assert read(house, pro_forma).status == "paid"


def test_a_new_year_begins_a_new_series_in_the_operators_zone(house: House) -> None:
    issue(house)
    before = issue(house, now=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    after = issue(house, now=datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert (before.number[:5], before.number[-6:]) == ("2026-", "000002")
    assert (after.number[:5], after.number[-6:]) == ("2027-", "000001")


def test_an_invoice_is_never_dated_before_the_one_before_it(house: House) -> None:
    issue(house, now=NOW + timedelta(days=1))
    late = issue(house)
    assert (late.issued_on, late.due_on) == (date(2026, 11, 23), date(2026, 12, 7))


def test_twenty_threads_leave_no_gap(house: House) -> None:
    """Every third one fails after it took its number."""

    def one(index: int) -> str:
        with tx.enter(house.actor):
            number = issue(house).number
            if index % 3 == 0:
                raise RuntimeError("after the number")
        return number

    answers = at_once(20, one)
    numbers = sorted(int(answer[-6:]) for answer in answers if isinstance(answer, str))
    assert len(numbers) == 13
    assert {str(answer) for answer in answers if not isinstance(answer, str)} == {"after the number"}
    assert numbers == list(range(1, 14))
    with tx.enter(SYSTEM):
        stored = queries.list_documents(actor=SYSTEM, customer_id=house.first.id)
    assert sorted(int(row.number[-6:]) for row in stored) == numbers


def test_issuing_costs_one_statement(house: House) -> None:
    issue(house)
    with tx.enter(house.actor), CaptureQueriesContext(connection) as caught:
        issue(house)
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"net": eur(1201), "gross": eur(1501)}, "lines"),
        ({"vat": eur(301), "gross": eur(1501)}, "taxes"),
        ({"gross": eur(1501)}, "gross"),
        ({"paid": eur(1501)}, "paid"),
        ({"lines": ()}, "line"),
        ({"gross": Money(1500, "SEK")}, "currenc"),
        ({"due_days": -1}, "due"),
    ],
)
def test_a_draft_that_does_not_add_up_gets_no_number(
    house: House, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        issue_invoice(actor=house.actor, now=NOW, draft=replace(draft(house), **change))
    assert issue(house).number.endswith("000001")


def test_the_tax_is_the_rate_of_the_base(house: House) -> None:
    whole = draft(house)
    crooked = replace(whole.taxes[0], rate_percent=Decimal("24"))
    with pytest.raises(ValueError, match="rate"):
        issue_invoice(actor=house.actor, now=NOW, draft=replace(whole, taxes=(crooked,)))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE billing_document SET net = net + 1, gross = gross + 1",
        "UPDATE billing_document SET buyer = '{}'",
        "UPDATE billing_document SET number = 'x'",
        "DELETE FROM billing_document",
        "UPDATE billing_line SET quantity = 9",
        "DELETE FROM billing_line",
        "DELETE FROM billing_counter",
    ],
)
def test_an_issued_document_never_changes(house: House, change: str) -> None:
    issue(house)
    with pytest.raises(DatabaseError, match="never changed"), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_refuses_sums_that_do_not_add_up(house: House) -> None:
    document = issue(house)
    with pytest.raises(IntegrityError, match="adds_up"), tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_document SELECT (jsonb_populate_record(d, jsonb_build_object('id', %s::text,"
            " 'sequence', 99, 'number', 'x', 'gross', 1))).* FROM billing_document d WHERE id = %s",
            (str(UUID(int=9)), document.id),
        )


def test_an_invoice_is_paid_in_parts(house: House) -> None:
    document = issue(house)

    def pay(amount: int) -> str:
        return apply_payment(actor=SYSTEM, now=NOW, document_id=document.id, amount=eur(amount))

    assert pay(500) == "partially_paid"
    with pytest.raises(PaymentExceedsInvoice):
        pay(1001)
    with pytest.raises(Invalid):
        apply_payment(actor=SYSTEM, now=NOW, document_id=document.id, amount=Money(1, "SEK"))
    with pytest.raises(Invalid):
        pay(0)
    assert pay(1000) == "paid"
    with pytest.raises(DocumentNotPayable):
        pay(1)
    found = read(house, document)
    assert (found.status, found.paid) == ("paid", eur(1500))
    assert events(document) == ["invoice.issued", "invoice.partly_paid", "invoice.paid"]


def test_payments_at_once_never_exceed_the_invoice(house: House) -> None:
    document = issue(house)
    at_once(8, lambda _: apply_payment(actor=SYSTEM, now=NOW, document_id=document.id, amount=eur(500)))
    assert read(house, document).paid == eur(1500)


def test_an_invoice_is_overdue_when_its_last_day_is_over(house: House) -> None:
    document = issue(house)
    midnight = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)  # Stockholm
    early = midnight - timedelta(microseconds=1)
    assert mark_overdue(actor=SYSTEM, now=early, document_id=document.id) is False
    run_overdue(document.id, midnight)
    run_overdue(document.id, midnight)
    assert read(house, document).status == "overdue"
    assert events(document) == ["invoice.issued", "invoice.overdue"]

    assert apply_payment(actor=SYSTEM, now=midnight, document_id=document.id, amount=eur(500)) == "overdue"
    assert apply_payment(actor=SYSTEM, now=midnight, document_id=document.id, amount=eur(1000)) == "paid"


def test_a_paid_invoice_is_never_overdue(house: House) -> None:
    document = issue(house, paid=1500)
    run_overdue(document.id, NOW + timedelta(days=60))
    assert read(house, document).status == "paid"


def test_open_invoices_are_counted_for_their_payer(house: House) -> None:
    issue(house)
    issue(house, paid=600)
    issue(house, paid=1500)
    issue(house, payer=house.first.id, actor=SYSTEM)
    issue_pro_forma(actor=house.actor, now=NOW, draft=draft(house))
    with tx.enter(house.actor):
        found = queries.count_open(actor=house.actor)
    assert (found.count, found.overdue, found.totals) == (2, 0, (eur(2400),))
    with tx.enter(house.customer):
        found = queries.count_open(actor=house.customer)
    assert (found.count, found.totals) == (1, (eur(1500),))


def test_lists_are_newest_first_and_go_on_where_they_stopped(house: House) -> None:
    made = [issue(house, now=NOW + timedelta(days=n // 2)) for n in range(5)]
    with tx.enter(house.actor):
        first = queries.list_documents(actor=house.actor, customer_id=house.first.id, limit=2)
        rest = queries.list_documents(actor=house.actor, cursor=first[-1].cursor)
        paid = queries.list_documents(actor=house.actor, status="paid")
    assert [row.id for row in first + rest] == [document.id for document in reversed(made)]
    assert paid == []


def test_a_document_is_its_payers_alone(house: House) -> None:
    by_reseller = issue(house)
    by_customer = issue(house, payer=house.first.id, actor=house.customer)
    other = found_house(f"B{next(_codes):03d}")
    for document, actor in (
        (by_reseller, house.customer), (by_customer, house.actor), (by_reseller, other.actor),
        (by_customer, house.customer_actor(house.second)),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            read(house, document, actor)
        with tx.enter(actor):
            assert document.id not in {row.id for row in queries.list_documents(actor=actor)}
            for table, key in (("billing_document", "id"), ("billing_line", "document_id")):
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT count(*) FROM {table} WHERE {key} = %s", (document.id,))
                    assert cursor.fetchone()[0] == 0, "row-level security is the second wall"
    assert read(house, by_customer, house.customer).lines
    assert read(house, by_reseller, SYSTEM).lines


def test_the_bill_to_reads_it_only_where_the_reseller_allows_it(house: House) -> None:
    shown = issue(house, bill_to_may_read=True)
    assert read(house, shown, house.customer).lines[0].net == eur(1200)
    with pytest.raises(NotFound):
        read(house, shown, house.customer_actor(house.second))
    with tx.enter(house.customer):
        assert queries.count_open(actor=house.customer).count == 0, "it is not the customer's to pay"


def test_without_a_context_nothing_is_there(house: House) -> None:
    issue(house)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM billing_document")
        assert cursor.fetchone()[0] == 0
