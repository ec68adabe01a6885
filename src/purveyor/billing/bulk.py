"""Invoices by the thousand: numbers in blocks, documents and lines by COPY; what ``issue_invoice`` writes.

The chunk calls :func:`take_numbers` as late as it can: the counters' rows stay locked until its commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from purveyor.billing.events import InvoiceIssued
from purveyor.billing.rules.status import number as number_of
from purveyor.infra import bulk, clock
from purveyor.infra.bulk import NULL, Announcements, Cursor, Scope, escaped
from purveyor.kernel.ids import new_id_texts

# In one order everywhere, so that two runs never wait for each other crosswise.
_NUMBERS = """
INSERT INTO billing_counter (reseller_id, series, year, last, issued_on)
SELECT k.reseller_id, '', k.year, k.wanted, k.today FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::date[])
  AS k(reseller_id, year, wanted, today) ORDER BY k.reseller_id, k.year
ON CONFLICT (reseller_id, series, year) DO UPDATE
  SET last = billing_counter.last + excluded.last, issued_on = greatest(billing_counter.issued_on, excluded.issued_on)
RETURNING reseller_id, year, last, issued_on"""
_DOCUMENT = (
    "id, kind, number, series, year, sequence, reseller_id, customer_id, payer_id, bill_to_id, order_id, issued_at,"
    " issued_on, due_on, currency, seller, buyer, taxes, tax_decision, payment, net, vat, gross, paid, status,"
    " bill_to_may_read, due_at"
)
_LINE = (
    "id, document_id, reseller_id, customer_id, payer_id, position, offer_id, subscription_id, description,"
    " quantity, months, unit_price, discount_percent, net, explanation, period_start, period_end"
)


class Bill(NamedTuple):
    """One invoice of one line, open until it is paid. JSON is escaped for COPY; ids of new rows are text.

    ``today`` is its business date, the same for all of a chunk; ``due_days`` counts from the day of issue.
    """

    id: str
    scope: Scope
    bill_to: str
    at: str
    due_days: int
    currency: str
    seller: str
    buyer: str
    taxes: str
    tax_decision: str
    payment: str
    net: int
    vat: int
    bill_to_may_read: bool
    offer: str
    subscription: str
    description: str
    quantity: int
    months: int
    unit_price: int
    discount_percent: str
    explanation: str
    period_start: date
    period_end: date


class Issued(NamedTuple):
    """Number and dates of an invoice."""

    number: str
    sequence: int
    issued_on: date


def take_numbers(
    cursor: Cursor, bills: Sequence[Bill], *, today: date, codes: dict[UUID, str]
) -> list[Issued]:
    """The next numbers of each reseller's series, in the order of the bills; one statement.

    ``codes`` are the resellers' ("R017"). A document is never dated before the last of its series.
    """
    wanted: dict[UUID, int] = {}
    for bill in bills:
        of = bill.scope.reseller_id
        wanted[of] = wanted.get(of, 0) + 1
    resellers = sorted(wanted)
    count = len(resellers)
    rows = cursor.execute(
        _NUMBERS, (resellers, [today.year] * count, [wanted[one] for one in resellers], [today] * count)
    ).fetchall()
    heads: dict[UUID, str] = {}
    following: dict[UUID, int] = {}
    dates: dict[UUID, date] = {}
    for reseller_id, year, last, issued_on in rows:
        heads[reseller_id] = number_of(year=year, code=codes[reseller_id], series="", sequence=0)[:-6]
        following[reseller_id] = last - wanted[reseller_id]
        dates[reseller_id] = issued_on
    issued = []
    for bill in bills:
        of = bill.scope.reseller_id
        sequence = following[of] = following[of] + 1
        issued.append(Issued(f"{heads[of]}{sequence:06d}", sequence, dates[of]))
    return issued


def write_lines(cursor: Cursor, bills: Sequence[Bill]) -> None:
    """The lines; after their documents."""
    lines = []
    for bill, id in zip(bills, new_id_texts(len(bills)), strict=True):
        lines.append(
            f"{id}\t{bill.id}\t{bill.scope.line}\t1\t{bill.offer}"
            f"\t{bill.subscription}\t{bill.description}\t{bill.quantity}\t{bill.months}\t{bill.unit_price}"
            f"\t{bill.discount_percent}\t{bill.net}\t{bill.explanation}\t{bill.period_start}\t{bill.period_end}"
        )
    bulk.copy(cursor, "billing_line", _LINE, lines)


def write_documents(cursor: Cursor, bills: Sequence[Bill], issued: Sequence[Issued], *, year: int) -> None:
    """The documents, open."""
    dues: dict[tuple[date, int], tuple[date, str]] = {}
    lines = []
    for bill, (number, sequence, issued_on) in zip(bills, issued, strict=True):
        key = (issued_on, bill.due_days)
        due = dues.get(key)
        if due is None:
            last_day = issued_on + timedelta(days=bill.due_days)
            due = dues[key] = (last_day, clock.start_of(last_day + timedelta(days=1)).isoformat())
        may_read = "t" if bill.bill_to_may_read else "f"
        lines.append(
            f"{bill.id}\tinvoice\t{escaped(number)}\t\t{year}\t{sequence}\t{bill.scope.line}\t{bill.bill_to}\t{NULL}\t{bill.at}\t{issued_on}\t{due[0]}\t{bill.currency}"
            f"\t{bill.seller}\t{bill.buyer}\t{bill.taxes}\t{bill.tax_decision}\t{bill.payment}\t{bill.net}\t{bill.vat}"
            f"\t{bill.net + bill.vat}\t0\tissued\t{may_read}\t{due[1]}"
        )
    bulk.copy(cursor, "billing_document", _DOCUMENT, lines)


def announce_issued(bill: Bill, issued: Issued, said: Announcements) -> None:
    """What an invoice announces: invoice.issued."""
    scope = bill.scope
    said.emit(
        InvoiceIssued(
            bill.id, issued.number, scope.customer, scope.payer, None, bill.net + bill.vat, bill.currency
        ),
        at=bill.at, subject=bill.id, scope=scope, to_payer=True,
    )  # fmt: skip
