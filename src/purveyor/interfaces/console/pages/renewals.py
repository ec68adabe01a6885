"""The renewal centre: what renews, ends or can soon no longer be changed, as a list, a month and a forecast."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from purveyor.infra import tx
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.export import stream_csv
from purveyor.interfaces.console.pages import _months, _renewals
from purveyor.interfaces.console.pages._renewals import WINDOWS, Filter, Row, link, tabs
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.texts import formats, labels
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.payments import cards
from purveyor.renewals import centre
from purveyor.renewals import queries as renewals

EXPORTED = 200


@page("view", scopes=("operator", "reseller"))
def listing(desk: Desk) -> HttpResponse:
    """Renewals of all customers."""
    return _listing(desk)


@page("view", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """Renewals of one customer."""
    return _listing(desk)


def _listing(desk: Desk) -> HttpResponse:
    wanted = Filter.of(desk.request.GET)
    found = _renewals.find(desk, wanted, cursor=cursor_of(desk.request))
    rows = [_renewals.row(desk, one) for one in found.rows]
    money = _renewals.shows_money(desk)
    context = {
        "rows": rows,
        "wanted": wanted,
        "days": [(code, _renewals.window_text(code)) for code in WINDOWS],
        "kinds": _renewals.kinds(),
        "statuses": _renewals.statuses(),
        "with_customer": desk.customer is None,
        "money": money,
        "changeable": desk.may("buy") and any(one.view.status == "upcoming" for one in rows),
        "actions": actions(),
        "change_url": link(desk, "renewals_bulk"),
        "export_url": wanted.address(link(desk, "renewals_export")),
        "calendar_url": link(desk, "renewals_calendar"),
        "year_url": Filter(days=365).address(desk.request.path),
        "tabs": tabs(desk, "renewals"),
        "pager": pager(desk.request, found.next_cursor),
    }
    return desk.render("console/renewals/listing.html", context)


def actions() -> list[tuple[str, str]]:
    """What can be done with several renewals at once."""
    return [
        ("stop", _("Do not renew")),
        ("renew", _("Renew")),
        ("used", _("Renew with the seats in use")),
        ("balance", _("Pay from the balance")),
        ("bank_transfer", _("Pay by bank transfer")),
        *([("card", _("Pay by card"))] if cards.is_offered() else []),
    ]


@page("view", scopes=("operator", "reseller"))
def calendar(desk: Desk) -> HttpResponse:
    """A month of all customers."""
    return _calendar(desk)


@page("view", customer=True)
def customer_calendar(desk: Desk) -> HttpResponse:
    """A month of one customer."""
    return _calendar(desk)


def _calendar(desk: Desk) -> HttpResponse:
    first = _months.month_of(desk.request.GET.get("month", ""), desk.today)
    since, until = _months.shown(first)
    counts = centre.count_days(
        actor=desk.actor,
        on=desk.today,
        since=since,
        until=until,
        customer_id=desk.customer.id if desk.customer is not None else None,
    )
    list_url = link(desk, "renewals")
    here = desk.request.path
    context = {
        "month": _months.title(first),
        "weeks": _months.weeks(first, desk.today, counts, lambda on: Filter(on=on).address(list_url)),
        "heads": _months.weekdays(),
        "busy": _months.busy(first, counts),
        "before_url": f"{here}?month={_months.before(first):%Y-%m}",
        "after_url": f"{here}?month={_months.after(first):%Y-%m}",
        "now_url": "" if (first.year, first.month) == (desk.today.year, desk.today.month) else here,
        "tabs": tabs(desk, "renewals_calendar"),
        "with_customer": desk.customer is None,
        "list_url": list_url,
    }
    return desk.render("console/renewals/calendar.html", context)


@page("documents", scopes=("operator", "reseller"))
def forecast(desk: Desk) -> HttpResponse:
    """The twelve months ahead, over all customers."""
    return _forecast(desk)


@page("documents", customer=True)
def customer_forecast(desk: Desk) -> HttpResponse:
    """The twelve months ahead of one customer."""
    return _forecast(desk)


def _forecast(desk: Desk) -> HttpResponse:
    months = renewals.forecast(
        actor=desk.actor,
        on=desk.today,
        months=12,
        customer_id=desk.customer.id if desk.customer is not None else None,
    )
    context = {
        "months": [_months.ahead(one) for one in months],
        "charts": _months.charts(months),
        "anything": any(one.renews or one.ends for one in months),
        "sums": _renewals.sums([amount for one in months for amount in one.net]),
        "renews": sum(one.renews for one in months),
        "ends": sum(one.ends for one in months),
        "tabs": tabs(desk, "renewals_forecast"),
        "with_customer": desk.customer is None,
        "list_url": link(desk, "renewals"),
    }
    return desk.render("console/renewals/forecast.html", context)


@page("view", scopes=("operator", "reseller"))
def export(desk: Desk) -> HttpResponseBase:
    """All renewals of the filter as a file."""
    return _export(desk)


@page("view", customer=True)
def customer_export(desk: Desk) -> HttpResponseBase:
    """The same for one customer."""
    return _export(desk)


def _export(desk: Desk) -> StreamingHttpResponse:
    wanted = Filter.of(desk.request.GET)

    def fetch(cursor: str | None) -> tuple[list[list[str]], str | None]:
        # The page's own transaction is over by now: each part is read in one of its own.
        with tx.enter(desk.actor):
            found = _renewals.find(desk, wanted, cursor=cursor, limit=EXPORTED)
            return [_cells(_renewals.row(desk, one)) for one in found.rows], found.next_cursor

    return stream_csv(f"renewals-{desk.today.isoformat()}", _heads(), fetch)


def _heads() -> list[str]:
    return [
        _("Subscription ID"), _("Customer"), _("Product"), _("Plan"), _("Offer"), _("Day"), _("What happens"),
        _("State"), _("Seats"), _("Seats taken"), _("Currency"), _("At the price now"),
        _("At the prices of that day"), _("VAT"), _("With VAT"), _("Way to pay"), _("Fixed from"), _("Pay before"),
        _("What follows"),
    ]  # fmt: skip


def _cells(row: Row) -> list[str]:
    view = row.view
    shown = row.then or row.now
    return [
        show("sub", view.subscription_id), view.customer_name, view.product, view.plan, view.offer_code,
        _iso(view.due_on), row.kind, labels.status(view.status), str(view.quantity), str(view.seats_assigned),
        shown.currency if shown else "", _plain(row.now), _plain(row.then),
        _plain(view.vat if row.then else None), _plain(view.gross if row.then else None), row.method,
        _iso(view.locked_from), formats.instant_text(view.cut_off_at) if view.cut_off_at else "", row.sentence,
    ]  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _plain(amount: Money | None) -> str:
    return "" if amount is None else str(formats.money_decimal(amount))
