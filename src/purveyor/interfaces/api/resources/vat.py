"""VAT of a period, and the exchange rates behind it: the operator's accountant."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from ninja import Router

from purveyor.billing import reports
from purveyor.interfaces.api import answers, documents, tax_shapes
from purveyor.interfaces.api.door import ApiRequest, reading, taking_file, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Day, Limit
from purveyor.kernel.errors import Invalid
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require
from purveyor.tax import exchange
from purveyor.tax.commands import upload_exchange_rates
from purveyor.tax.rate_file import read_rates

router = Router(tags=["vat"])
_FILE = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "example": "currency,rate,date,source"}}},
    }
}


@router.get(
    "/exchange-rates",
    response=documents.Listed[tax_shapes.ExchangeRate],
    summary="Exchange rates, newest day first (operator)",
)
@reading
def list_exchange_rates(
    request: ApiRequest, currency: str | None = None, limit: Limit = 50, cursor: str | None = None
) -> Any:
    actor = request.call.actor
    _reach.see(actor, "operate")
    rows = exchange.list_rates(
        actor=actor, currency=currency, after=_reach.day_cursor(cursor), limit=limit + 1
    )
    found = answers.cut(rows, limit, lambda row: write_cursor(row.on.isoformat(), str(row.id)))
    return answers.page(found, tax_shapes.exchange_rate)


@router.post(
    "/exchange-rates",
    response={201: tax_shapes.RatesUploaded},
    summary="Exchange rates into the seller's currency, as CSV (operator)",
    openapi_extra=_FILE,
)
@taking_file("text/csv", "text/plain")
@writing(201)
def upload_rates(request: ApiRequest) -> Any:
    """A header ``currency,rate,date,source`` and a row each: ``SEK,0.0911,2026-11-20,ECB`` is 0.0911 of the seller's
    currency for one krona. All rows are stored, or none where one is wrong; the same again changes nothing."""
    actor = request.call.actor
    require(actor, "operate")
    try:
        text = request.call.file.decode()
    except UnicodeDecodeError as error:
        raise Invalid(field="rates", reason="not_utf8") from error
    done = upload_exchange_rates(actor=actor, now=request.call.now, rates=read_rates(text))
    return {"added": done.added, "known": done.known}


@router.get(
    "/reports/vat-book",
    response=documents.Listed[tax_shapes.VatBookRow],
    summary="VAT of every document of a period, oldest first (operator)",
)
@reading
def vat_book(
    request: ApiRequest,
    since: Day | None = None,
    until: Day | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    """Both days are included; without them it is the running month. A page has at most ``limit`` documents; one with
    several taxes has a row for each."""
    actor = request.call.actor
    _reach.see(actor, "operate")
    first, last = _reach.period(request, since, until)
    rows = reports.vat_book(
        actor=actor, first=first, last=last, cursor=_reach.day_cursor(cursor), limit=limit + 1
    )
    by_document = [list(its) for _id, its in groupby(rows, key=lambda row: row.document_id)]
    found = answers.cut(
        by_document, limit, lambda its: write_cursor(its[0].issued_on.isoformat(), str(its[0].document_id))
    )
    return {
        "data": [tax_shapes.vat_book_row(row) for its in found.rows for row in its],
        "next_cursor": found.next_cursor,
    }


@router.get(
    "/reports/ec-sales-list",
    response=tax_shapes.SalesList,
    summary="Reverse charge of a period by VAT number (operator)",
)
@reading
def ec_sales_list(request: ApiRequest, since: Day | None = None, until: Day | None = None) -> Any:
    """Both days are included; without them it is the running month."""
    first, last, rows = _book(request, since, until)
    return tax_shapes.sales_list(first, last, reports.ec_sales_list(rows))


@router.get(
    "/reports/one-stop-shop",
    response=tax_shapes.OneStopShop,
    summary="VAT of consumers in other member states by country and rate (operator)",
)
@reading
def one_stop_shop(request: ApiRequest, since: Day | None = None, until: Day | None = None) -> Any:
    """Both days are included; without them it is the running month."""
    first, last, rows = _book(request, since, until)
    return tax_shapes.one_stop_shop(first, last, reports.one_stop_shop(rows))


def _book(
    request: ApiRequest, since: str | None, until: str | None
) -> tuple[date, date, list[reports.BookRow]]:
    actor = request.call.actor
    _reach.see(actor, "operate")
    first, last = _reach.period(request, since, until)
    return first, last, reports.vat_book(actor=actor, first=first, last=last)
