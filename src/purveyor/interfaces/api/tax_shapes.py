"""The answers about VAT of a period and about exchange rates, as the schema describes them, and how they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from purveyor.billing import reports
from purveyor.interfaces.api.answers import day, instant, number
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Money, Shape
from purveyor.kernel.ids import show
from purveyor.tax.exchange import ExchangeRateRow

Json = dict[str, Any]


class ExchangeRate(Shape):
    """``rate`` units of ``into`` for one unit of ``currency``, of the day ``on``; an exact decimal number."""

    id: str
    currency: str
    into: str
    rate: str
    on: str
    source: str
    uploaded_by: str
    uploaded_at: str


class RatesUploaded(Shape):
    """How many rates were new, and how many stood already."""

    added: int
    known: int


class VatBookRow(Shape):
    """One tax of one document; a credit note is below zero. ``own_`` amounts are in the seller's currency."""

    document: str
    kind: Literal["invoice", "credit_note"]
    number: str
    issued_on: str
    buyer: str
    buyer_number: str
    country: str
    rule: str
    category: str
    rate_percent: int | float
    base: Money
    vat: Money
    own_base: Money
    own_vat: Money


class SalesListRow(Shape):
    """What one VAT number bought under reverse charge, in the seller's currency."""

    number: str
    name: str
    base: Money
    documents: int


class SalesList(Shape):
    """The EC sales list of a period, both days included."""

    since: str
    until: str
    rows: list[SalesListRow]


class OneStopShopRow(Shape):
    """What consumers of one member state were charged at one rate, in the seller's currency."""

    country: str
    rate_percent: int | float
    base: Money
    vat: Money
    documents: int


class OneStopShop(Shape):
    """The figures of a One Stop Shop return, both days included."""

    since: str
    until: str
    rows: list[OneStopShopRow]


def exchange_rate(row: ExchangeRateRow) -> Json:
    """A rate as its answer."""
    return {
        "id": show("exr", row.id),
        "currency": row.currency,
        "into": row.into,
        "rate": f"{row.rate:f}",
        "on": day(row.on),
        "source": row.source,
        "uploaded_by": row.uploaded_by,
        "uploaded_at": instant(row.uploaded_at),
    }


def vat_book_row(row: reports.BookRow) -> Json:
    """A row of the VAT book as its answer."""
    return {
        "document": show("inv", row.document_id),
        "kind": row.kind,
        "number": row.number,
        "issued_on": day(row.issued_on),
        "buyer": row.buyer,
        "buyer_number": row.buyer_number,
        "country": row.country,
        "rule": row.rule,
        "category": row.category,
        "rate_percent": number(row.rate_percent),
        "base": money(row.base),
        "vat": money(row.vat),
        "own_base": money(row.own_base),
        "own_vat": money(row.own_vat),
    }


def sales_list(first: date, last: date, rows: Sequence[reports.BuyerSum]) -> Json:
    """An EC sales list as its answer."""
    return {
        "since": day(first),
        "until": day(last),
        "rows": [
            {"number": row.number, "name": row.name, "base": money(row.base), "documents": row.documents}
            for row in rows
        ],
    }


def one_stop_shop(first: date, last: date, rows: Sequence[reports.Sums]) -> Json:
    """The figures of a One Stop Shop return as their answer."""
    return {
        "since": day(first),
        "until": day(last),
        "rows": [
            {
                "country": row.country,
                "rate_percent": number(row.rate_percent),
                "base": money(row.base),
                "vat": money(row.vat),
                "documents": row.documents,
            }
            for row in rows
        ],
    }
