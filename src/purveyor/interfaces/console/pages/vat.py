"""VAT at the operator's desk: the book of a period, its returns, and the exchange rates behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from purveyor.billing import reports
from purveyor.billing.reports import BookRow, BuyerSum, Sums
from purveyor.infra import tx
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.export import stream_csv
from purveyor.interfaces.console.forms.vat import PeriodForm, RatesForm
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import exchange as words
from purveyor.interfaces.texts import formats, labels
from purveyor.interfaces.texts import vat as texts
from purveyor.kernel.errors import Invalid
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.parties.queries import get_seller
from purveyor.tax import exchange
from purveyor.tax.commands import upload_exchange_rates
from purveyor.tax.rate_file import read_rates

LIMIT = 50
EXPORTED = 1_000


@dataclass(frozen=True, slots=True)
class Booked:
    """A row of the book as it is shown."""

    row: BookRow
    kind: str
    url: str
    country: str
    rule: str
    rate: str


@dataclass(frozen=True, slots=True)
class Summed:
    """A sum as it is shown."""

    row: Sums
    country: str
    rule: str
    rate: str


@page("operate", scopes=("operator",))
def book(desk: Desk) -> HttpResponse:
    """Every document of the period with its VAT, by day."""
    form = PeriodForm(desk.request.GET, today=desk.today)
    period = _period(form)
    rows: list[BookRow] = []
    more = None
    if period is not None:
        rows, more = _page(desk, period, cursor_of(desk.request), LIMIT)
    context = {
        "form": form,
        "rows": [_booked(desk, one) for one in rows],
        "tabs": _tabs(desk, "vat"),
        "shortcuts": _shortcuts(desk, "vat"),
        "csv_url": "" if period is None else _link(desk, "vat_csv"),
        "pager": pager(desk.request, more),
    }
    return desk.render("console/vat/book.html", context, status=422 if period is None else 200)


@page("operate", scopes=("operator",))
def returns(desk: Desk) -> HttpResponse:
    """What the period comes to: by rule and rate, by buyer under reverse charge, by country in the One Stop Shop."""
    form = PeriodForm(desk.request.GET, today=desk.today)
    period = _period(form)
    rows = [] if period is None else reports.vat_book(actor=desk.actor, first=period[0], last=period[1])
    context = {
        "form": form,
        "sums": [_summed(one) for one in reports.sums_of(rows)],
        "totals": reports.totals_of(rows),
        "buyers": reports.ec_sales_list(rows),
        "shop": [_summed(one) for one in reports.one_stop_shop(rows)],
        "tabs": _tabs(desk, "vat_returns"),
        "shortcuts": _shortcuts(desk, "vat_returns"),
        "ec_url": "" if period is None else _link(desk, "vat_ec_csv"),
        "shop_url": "" if period is None else _link(desk, "vat_oss_csv"),
    }
    return desk.render("console/vat/returns.html", context, status=422 if period is None else 200)


@page("operate", scopes=("operator",))
def book_csv(desk: Desk) -> HttpResponseBase:
    """The VAT book as a file, read part by part."""
    period = _needed(desk)

    def fetch(cursor: str | None) -> tuple[list[list[str]], str | None]:
        # The page's own transaction is over by now: each part is read in one of its own.
        with tx.enter(desk.actor):
            rows, more = _page(desk, period, cursor, EXPORTED)
            return [_book_cells(one) for one in rows], more

    heads = [
        _("Day"), _("Number"), _("Kind"), _("Buyer"), _("VAT number"), _("Country"), _("Rule"), _("Category"),
        _("Rate in percent"), _("Base"), _("VAT"), _("Currency"), _("Base in your currency"), _("VAT in your currency"),
        _("Your currency"),
    ]  # fmt: skip
    return stream_csv(_name("vat-book", period), heads, fetch)


@page("operate", scopes=("operator",))
def ec_csv(desk: Desk) -> HttpResponseBase:
    """The EC sales list as a file."""
    period = _needed(desk)
    rows = reports.ec_sales_list(reports.vat_book(actor=desk.actor, first=period[0], last=period[1]))
    heads = [_("Country"), _("VAT number"), _("Buyer"), _("Net"), _("Currency"), _("Documents")]
    cells = [_buyer_cells(one) for one in rows]
    return stream_csv(_name("ec-sales-list", period), heads, lambda _cursor: (cells, None))


@page("operate", scopes=("operator",))
def oss_csv(desk: Desk) -> HttpResponseBase:
    """The figures of a One Stop Shop return as a file."""
    period = _needed(desk)
    rows = reports.one_stop_shop(reports.vat_book(actor=desk.actor, first=period[0], last=period[1]))
    heads = [_("Country"), _("Rate in percent"), _("Base"), _("VAT"), _("Currency"), _("Documents")]
    cells = [
        [
            one.country, f"{one.rate_percent:f}", str(one.base.decimal()), str(one.vat.decimal()), one.base.currency,
            str(one.documents),
        ]
        for one in rows
    ]  # fmt: skip
    return stream_csv(_name("one-stop-shop", period), heads, lambda _cursor: (cells, None))


@page("operate", scopes=("operator",))
def rates(desk: Desk) -> HttpResponse:
    """Exchange rates that are known, and more of them."""
    posted = desk.request.method == "POST"
    form = RatesForm(desk.request.POST, desk.request.FILES) if posted else RatesForm()
    if posted and form.is_valid():
        done = desk.submit(
            form, lambda: _upload(desk, form.cleaned_data["text"]), said=_("The rates are stored.")
        )
        if done is not None:
            return done
    after = read_cursor(cursor_of(desk.request), parts=2)
    found = exchange.list_rates(
        actor=desk.actor, after=None if after is None else _key(after), limit=LIMIT + 1
    )
    rows, more = found[:LIMIT], len(found) > LIMIT
    context = {
        "form": form,
        "own": get_seller().organization.currency,
        "rows": [(one, words.rate_text(one.rate)) for one in rows],
        "tabs": _tabs(desk, "rates"),
        "pager": pager(desk.request, _cursor(rows[-1].cursor) if more else None),
    }
    return desk.render("console/vat/rates.html", context, status=422 if form.errors else 200)


def _upload(desk: Desk, text: str) -> str:
    upload_exchange_rates(actor=desk.actor, now=desk.now, rates=read_rates(text))
    return desk.url("rates")


def _page(
    desk: Desk, period: tuple[date, date], cursor: str | None, limit: int
) -> tuple[list[BookRow], str | None]:
    after = read_cursor(cursor, parts=2)
    rows = reports.vat_book(
        actor=desk.actor,
        first=period[0],
        last=period[1],
        cursor=None if after is None else _key(after),
        limit=limit + 1,
    )
    ids = list(dict.fromkeys(one.document_id for one in rows))
    if len(ids) <= limit:
        return rows, None
    shown = [one for one in rows if one.document_id != ids[-1]]
    return shown, _cursor(shown[-1].cursor)


def _cursor(key: tuple[date, UUID]) -> str:
    return write_cursor(key[0].isoformat(), str(key[1]))


def _key(parts: tuple[str, ...] | list[str]) -> tuple[date, UUID]:
    try:
        return date.fromisoformat(parts[0]), UUID(parts[1])
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _booked(desk: Desk, row: BookRow) -> Booked:
    return Booked(
        row,
        labels.document_kind(row.kind),
        desk.url("document", document_id=row.document_id),
        formats.country_text(row.country),
        texts.rule(row.rule),
        _rate(row.category, row),
    )


def _summed(row: Sums) -> Summed:
    return Summed(row, formats.country_text(row.country), texts.rule(row.rule), _rate(row.category, row))


def _rate(category: str, row: BookRow | Sums) -> str:
    return "–" if category == "O" else formats.percent_text(row.rate_percent)


def _book_cells(row: BookRow) -> list[str]:
    return [
        row.issued_on.isoformat(), row.number, labels.document_kind(row.kind), row.buyer, row.buyer_number,
        row.country, row.rule, row.category, f"{row.rate_percent:f}", str(row.base.decimal()),
        str(row.vat.decimal()), row.base.currency, str(row.own_base.decimal()), str(row.own_vat.decimal()),
        row.own_base.currency,
    ]  # fmt: skip


def _buyer_cells(row: BuyerSum) -> list[str]:
    return [
        row.number[:2], row.number[2:], row.name, str(row.base.decimal()), row.base.currency, str(row.documents),
    ]  # fmt: skip


def _period(form: PeriodForm) -> tuple[date, date] | None:
    return (form.cleaned_data["since"], form.cleaned_data["until"]) if form.is_valid() else None


def _needed(desk: Desk) -> tuple[date, date]:
    """The period of a file, whose address a page made. Raises Invalid."""
    period = _period(PeriodForm(desk.request.GET, today=desk.today))
    if period is None:
        raise Invalid(field="until", reason="date")
    return period


def _name(what: str, period: tuple[date, date]) -> str:
    return f"{what}-{period[0].isoformat()}-{period[1].isoformat()}"


def _link(desk: Desk, name: str) -> str:
    query = desk.request.GET.copy()
    for gone in ("after", "trail"):
        query.pop(gone, None)
    text = query.urlencode()
    return f"{desk.url(name)}?{text}" if text else desk.url(name)


def _tabs(desk: Desk, active: str) -> list[Tab]:
    names = (("vat", _("VAT book")), ("vat_returns", _("Returns")), ("rates", _("Exchange rates")))
    return [
        Tab(label, desk.url(name) if "rates" in (name, active) else _link(desk, name), name == active)
        for name, label in names
    ]


def _shortcuts(desk: Desk, name: str) -> list[tuple[str, str]]:
    """Links to the periods that are declared: months and quarters."""
    month = desk.today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    before = quarter - timedelta(days=1)
    last_quarter = before.replace(month=(before.month - 1) // 3 * 3 + 1, day=1)
    periods = (
        (_("This month"), month, desk.today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This quarter"), quarter, desk.today),
        (_("Last quarter"), last_quarter, before),
    )
    return [
        (label, f"{desk.url(name)}?{urlencode({'since': first.isoformat(), 'until': last.isoformat()})}")
        for label, first, last in periods
    ]
