"""Renewals that wait for their money: what each costs, how long there is, what follows, and paying several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.selling import PayForm
from purveyor.interfaces.console.pages import _renewals
from purveyor.interfaces.console.pages._card import card_way
from purveyor.interfaces.console.pages._renewals import Row, link, tabs
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.texts import explanations, formats, labels
from purveyor.kernel.ids import read
from purveyor.kernel.money import Money
from purveyor.kernel.paging import MAX_LIMIT
from purveyor.ledger import queries as ledger
from purveyor.renewals import centre
from purveyor.renewals import queries as renewals
from purveyor.renewals.told import who_was_told
from purveyor.renewals.types import RenewalView, ToldRow
from purveyor.sales import commands as sales

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A renewal that waits: the next step of its ladder, how long until then, and its papers."""

    row: Row
    until: str
    left: str
    close: bool
    document_url: str
    order_url: str
    payable: bool
    to_pay: Money | None
    told: tuple[str, ...] = ()
    told_sum: str = ""


@page("documents", scopes=("operator", "reseller"))
def listing(desk: Desk) -> HttpResponse:
    """Renewals of all customers that wait for their money."""
    return _listing(desk)


@page("documents", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """Those of one customer."""
    return _listing(desk)


def _listing(desk: Desk) -> HttpResponse:
    found = renewals.list_renewals(
        actor=desk.actor,
        on=desk.today,
        customer_id=desk.customer.id if desk.customer is not None else None,
        status="open",
        q=desk.request.GET.get("q", "").strip(),
        cursor=cursor_of(desk.request),
    )
    told = who_was_told(actor=desk.actor, views=found.rows)
    opens = _opens(desk, found.rows)
    rows = [_due(desk, one, opens, told.get(one.id, ())) for one in found.rows]
    context = {
        "rows": rows,
        "payable": any(one.payable for one in rows),
        "sums": _renewals.sums([one.to_pay for one in rows if one.payable and one.to_pay]),
        "filtered": bool(desk.request.GET.get("q", "").strip()),
        "with_customer": desk.customer is None,
        "pay_url": link(desk, "renewals_pay"),
        "list_url": link(desk, "renewals"),
        "tabs": tabs(desk, "renewals_pending"),
        "pager": pager(desk.request, found.next_cursor),
    }
    return desk.render("console/renewals/pending.html", context)


def _told_line(one: ToldRow) -> str:
    """Who was told what, and when: "15 Jan 2027, 06:00: Waits for its payment, to Ines <ines@adler.example>
    (Administrator, German)"."""
    return _("%(at)s: %(what)s, to %(who)s (%(role)s, %(language)s)") % {
        "at": formats.instant_text(one.at),
        "what": labels.notice_kind(one.kind) if one.kind else labels.told(one.what),
        "who": f"{one.name} <{one.email}>" if one.name else one.email,
        "role": labels.role(one.role) if one.role else _("own address"),
        "language": formats.language_text(one.language),
    }


def _told_sum(told: Sequence[ToldRow]) -> str:
    """How often and when last, in words."""
    if not told:
        return ""
    return ngettext(
        "%(count)s mail was sent about it, on %(day)s", "%(count)s mails were sent about it, the last on %(day)s",
        len(told),
    ) % {"count": formats.number_text(len(told)), "day": formats.day_text(told[-1].at)}  # fmt: skip


def _opens(desk: Desk, views: Sequence[RenewalView]) -> dict[UUID, Money]:
    """What is still open of each that the reader may see the amount of: of an invoice paid in part, its rest."""
    return centre.still_open(actor=desk.actor, views=[one for one in views if one.gross is not None])


def _due(desk: Desk, view: RenewalView, opens: Mapping[UUID, Money], told: Sequence[ToldRow] = ()) -> Due:
    step = {"pending": view.cut_off_at, "at_risk": view.suspend_at, "missed": view.end_at}.get(view.status)
    paper = view.pro_forma_id if view.invoice_id is None else view.invoice_id
    name = "on_document" if desk.customer is not None else "document"
    order = "on_order" if desk.customer is not None else "order"
    return Due(
        row=_renewals.row(desk, view),
        until=formats.instant_in_zone(step, view.cut_off_zone) if step else "",
        left=left_text(step - desk.now) if step else "",
        close=step is not None and step - desk.now < timedelta(days=3),
        document_url=desk.url(name, document_id=paper) if paper else "",
        order_url=desk.url(order, order_id=view.order_id) if view.order_id else "",
        payable=_payable(desk, view),
        to_pay=opens.get(view.id, view.gross),
        told=tuple(_told_line(one) for one in told),
        told_sum=_told_sum(told),
    )


def _payable(desk: Desk, view: RenewalView) -> bool:
    """Whether it can be paid here: no order pays it already, and the reader's organization owes it."""
    waits = view.is_open and view.order_id is None and view.gross is not None
    return waits and desk.may("buy") and view.payer_id == desk.organization.id


def left_text(left: timedelta) -> str:
    """How long there is: "3 days and 4 hours"."""
    if left <= timedelta(0):
        return _("over")
    days, hours = left.days, left.seconds // 3600
    if not days and not hours:
        return _("less than an hour")
    if not hours:
        return explanations.days_text(days)
    if not days:
        return hours_text(hours)
    return _("%(days)s and %(hours)s") % {"days": explanations.days_text(days), "hours": hours_text(hours)}


def hours_text(count: int) -> str:
    """The count with its noun: "4 hours"."""
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": formats.number_text(count)}


@page("buy", scopes=("operator", "reseller"))
def pay(desk: Desk) -> HttpResponse:
    """Pay several at once, for any customers."""
    return _pay(desk)


@page("buy", customer=True)
def customer_pay(desk: Desk) -> HttpResponse:
    """Pay several at once, for one customer."""
    return _pay(desk)


def _pay(desk: Desk) -> HttpResponse:
    back_url = link(desk, "renewals_pending")
    if not desk.posted:
        return HttpResponseRedirect(back_url)
    ids = _picked(desk)
    chosen = _payable_of(desk, ids)
    opens = _opens(desk, chosen)
    totals = _renewals.sums([rest for one in chosen if (rest := opens.get(one.id, one.gross)) is not None])
    form = _form(desk, totals, bound="payment_method" in desk.request.POST)

    def act() -> str:
        order = sales.pay_renewals(
            actor=desk.actor,
            now=desk.now,
            renewal_ids=ids,
            payment_method=form.cleaned_data["payment_method"],
        )
        return desk.url("order" if desk.customer is None else "on_order", order_id=order.id)

    # A second press finds nothing to pay any more, and still leads to the order of the first.
    if form.is_bound and ids and form.is_valid():
        done = desk.submit(form, act)
        if done:
            return done
    if not chosen:
        messages.warning(desk.request, _("Choose at least one renewal to pay."))
        return HttpResponseRedirect(back_url)
    context = {
        "rows": [_due(desk, one, opens) for one in chosen],
        "totals": totals,
        "form": form,
        "with_customer": desk.customer is None,
        "back_url": back_url,
        "tabs": tabs(desk, "renewals_pending"),
    }
    return desk.render("console/renewals/pay.html", context, status=422 if form.errors else 200)


def _picked(desk: Desk) -> list[UUID]:
    """The renewals that were ticked."""
    ids: list[UUID] = []
    for text in desk.request.POST.getlist("pick")[:MAX_LIMIT]:
        try:
            ids.append(read("ren", text))
        except ValueError:
            continue
    return ids


def _payable_of(desk: Desk, ids: list[UUID]) -> list[RenewalView]:
    """Those of them that wait for the reader's money."""
    found = renewals.find_renewals(actor=desk.actor, ids=ids, on=desk.today)
    return [
        one
        for one in found
        if _payable(desk, one) and (desk.customer is None or one.customer_id == desk.customer.id)
    ]


def _form(desk: Desk, totals: list[Money], *, bound: bool) -> PayForm:
    enough, left = True, []
    for total in totals:
        available = ledger.available(actor=desk.actor, party_id=desk.organization.id, currency=total.currency)
        enough = enough and available >= total
        left.append(formats.money_text(available))
    told = {"amount": formats.list_text(left)}
    methods = [
        (
            "balance",
            _("Prepaid balance, at once. %(amount)s available.") % told
            if enough
            else _("Prepaid balance. Only %(amount)s available, which is not enough.") % told,
        ),
        (
            "bank_transfer",
            _("One bank transfer for all of them. It is in time when it arrives before the day named."),
        ),
        *card_way(desk, desk.organization.id),
    ]
    return PayForm(
        desk.request.POST if bound else None,
        initial={"payment_method": "balance" if enough else "bank_transfer"},
        methods=methods,
        closed=frozenset() if enough else frozenset({"balance"}),
    )
