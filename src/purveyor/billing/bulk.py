"""Invoices by the thousand: numbers in blocks, documents and lines by COPY; what ``issue_invoice`` writes. And
lines on account by the thousand: what ``claim_account`` and ``put_on_account`` write.

The chunk calls :func:`take_numbers` as late as it can: the counters' rows stay locked until its commit. An
account is locked from :func:`claim_accounts` on, before any counter, as the ordinary commands do it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from purveyor.billing.events import InvoiceIssued
from purveyor.billing.rules.gathering import first_of_next_month, fitting
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
    " bill_to_may_read, due_at, exchange"
)
_LINE = (
    "id, document_id, reseller_id, customer_id, payer_id, position, offer_id, subscription_id, description,"
    " quantity, months, unit_price, discount_percent, net, explanation, period_start, period_end"
)

# Each account's row is locked by it, also where its cap leaves no room for the whole sum. In one order everywhere.
_CLAIM = """
INSERT INTO billing_gathering AS g (id, reseller_id, currency, net, cap, due_at)
SELECT k.id, k.reseller_id, k.currency, k.net, NULL, %s FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bigint[])
  AS k(id, reseller_id, currency, net) ORDER BY k.reseller_id, k.currency
ON CONFLICT (reseller_id, currency) DO UPDATE
  SET net = g.net + excluded.net, due_at = coalesce(g.due_at, excluded.due_at)
  WHERE g.cap IS NULL OR g.net + excluded.net <= g.cap
RETURNING g.reseller_id, g.currency, g.id"""
_FULL = """
SELECT g.reseller_id, g.currency, g.id, g.cap - g.net FROM billing_gathering g
JOIN unnest(%s::uuid[], %s::text[]) AS k(reseller_id, currency) USING (reseller_id, currency)
ORDER BY g.reseller_id, g.currency FOR NO KEY UPDATE OF g"""
_CLAIM_PART = """
UPDATE billing_gathering g SET net = g.net + k.net, due_at = coalesce(g.due_at, %s)
FROM unnest(%s::uuid[], %s::bigint[]) AS k(id, net) WHERE g.id = k.id"""
_UNBILLED = (
    "id, reseller_id, customer_id, payer_id, gathering_id, kind, offer_id, subscription_id, customer_name, currency,"
    " description, quantity, months, unit_price, discount_percent, net, explanation, period_start, period_end, put_at"
)

# Whose account, in which currency.
AccountKey = tuple[UUID, str]


class Claimed(NamedTuple):
    """An account and, for each sum that was asked for, whether there is room for it."""

    id: str
    fits: list[bool]


class OnAccount(NamedTuple):
    """One renewal's line on account. JSON is escaped for COPY, the customer's name is not."""

    account: str
    scope: Scope
    at: str
    offer: str
    subscription: str
    customer_name: str
    currency: str
    description: str
    quantity: int
    months: int
    unit_price: int
    discount_percent: str
    net: int
    explanation: str
    period_start: date
    period_end: date


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
    # As ``types.Exchange`` is stored; NULL in the seller's own currency.
    exchange: str = NULL


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


def claim_accounts(
    cursor: Cursor, wanted: Mapping[AccountKey, Sequence[int]], *, now: datetime
) -> dict[AccountKey, Claimed]:
    """Make room on the accounts for sums of net, in their order; one statement, and two more where a cap is in
    the way. What fits has to be put there (:func:`put_on_account`), the rest is billed at once."""
    keys = sorted(wanted)
    due_at = clock.start_of(first_of_next_month(clock.business_date(now)))
    resellers, currencies = [key[0] for key in keys], [key[1] for key in keys]
    sums = [sum(wanted[key]) for key in keys]
    rows = cursor.execute(
        _CLAIM, (due_at, bulk.array(new_id_texts(len(keys))), resellers, currencies, sums)
    ).fetchall()
    found = {(row[0], row[1]): Claimed(str(row[2]), [True] * len(wanted[row[0], row[1]])) for row in rows}
    full = [key for key in keys if key not in found]
    if full:
        parts: list[tuple[UUID, int]] = []
        held = cursor.execute(_FULL, ([key[0] for key in full], [key[1] for key in full])).fetchall()
        for reseller_id, currency, id, room in held:
            nets = wanted[reseller_id, currency]
            fits = fitting(room, nets)
            found[reseller_id, currency] = Claimed(str(id), fits)
            if any(fits):
                parts.append((id, sum(net for net, is_in in zip(nets, fits, strict=True) if is_in)))
        if parts:
            cursor.execute(_CLAIM_PART, (due_at, [one[0] for one in parts], [one[1] for one in parts]))
    return found


def put_on_account(cursor: Cursor, rows: Sequence[OnAccount]) -> None:
    """Put renewals' lines on the accounts on which there is room for them."""
    lines = []
    for row, id in zip(rows, new_id_texts(len(rows)), strict=True):
        lines.append(
            f"{id}\t{row.scope.line}\t{row.account}\trenewal\t{row.offer}\t{row.subscription}"
            f"\t{escaped(row.customer_name)}\t{row.currency}\t{row.description}\t{row.quantity}\t{row.months}"
            f"\t{row.unit_price}\t{row.discount_percent}\t{row.net}\t{row.explanation}\t{row.period_start}"
            f"\t{row.period_end}\t{row.at}"
        )
    bulk.copy(cursor, "billing_unbilled", _UNBILLED, lines)


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
            f"\t{bill.net + bill.vat}\t0\tissued\t{may_read}\t{due[1]}\t{bill.exchange}"
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
