"""Buying: choose, see the price, see what was promised, pay."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from purveyor.catalog import queries as catalog
from purveyor.catalog.types import OfferView
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.selling import BuyForm, TopUpForm
from purveyor.interfaces.console.pages import _quote
from purveyor.interfaces.console.pages._shop import (
    RUNNING,
    Shelf,
    overdue_of,
    preview,
    running_of,
    shelves,
    steps,
    want,
)
from purveyor.interfaces.console.pages.subscriptions import not_running
from purveyor.kernel.errors import NotFound
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from purveyor.subscriptions import queries as subscriptions


def _offers(desk: Desk) -> list[OfferView]:
    assert desk.customer is not None  # the pages here name one
    return catalog.list_offers(
        actor=desk.actor, on=desk.today, customer=desk.customer, currency=desk.customer.currency
    )


def _htmx(desk: Desk) -> bool:
    return bool(desk.request.htmx)  # type: ignore[attr-defined]  # django-htmx adds it


def _shown(desk: Desk) -> HttpResponse | None:
    """Without scripts a button asks for the price: back to the page, with what was chosen in its address."""
    if "show" not in desk.request.POST:
        return None
    query = QueryDict(mutable=True)
    for name in ("offer", "quantity"):
        if name in desk.request.POST:
            query[name] = desk.request.POST[name]
    return HttpResponseRedirect(f"{desk.request.path}?{query.urlencode()}#preview")


@page("buy", customer=True)
def choose(desk: Desk) -> HttpResponse:
    """Choose an offer and a number of seats; the price shows while one chooses."""
    offers = _offers(desk)
    form = _buy_form(desk, offers)
    shown = _shown(desk)
    if shown is not None:
        return shown
    if desk.posted and form.is_valid():
        done = desk.submit(form, lambda: _quoted(desk, want(form)))
        if done:
            return done
    seen = preview(desk, form, want) if not desk.posted else None
    context = {
        "form": form,
        "preview": seen,
        "shelves": shelves(offers, _chosen(form)),
        "running": running_of(desk, _chosen(form)),
        "steps": steps(),
        "overdue": overdue_of(desk),
        "trial_url": desk.url("on_trial") if any(one.terms.trial_days for one in offers) else "",
    }
    if _htmx(desk):
        return desk.partial("console/buying/_preview.html", context)
    return desk.render("console/buying/choose.html", context, status=422 if desk.posted else 200)


def _buy_form(desk: Desk, offers: list[OfferView]) -> BuyForm:
    """What was sent or asked for in the address; else the first offer of a year, one seat."""
    listed = [(one.code, one.code) for one in offers]
    asked: QueryDict | None = None
    if {"offer", "quantity"} & set(desk.request.GET):
        asked = desk.request.GET.copy()
        asked.setdefault("quantity", "1")
    first = next((one.code for one in offers if one.term_months == 12), offers[0].code if offers else "")
    return BuyForm(desk.request.POST or asked, initial={"offer": first}, offers=listed)


def _chosen(form: BuyForm) -> str:
    value = form["offer"].value()
    return str(value or "")


def _quoted(desk: Desk, wish: LineWish) -> str:
    """Make the quote; its page shows the price before anything is charged."""
    assert desk.customer is not None  # the pages here name one
    made = sales.make_quote(actor=desk.actor, now=desk.now, customer_id=desk.customer.id, lines=[wish])
    return desk.url("on_quote", quote_id=made.id)


@page("buy", customer=True)
def top_up(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """More seats in the running term, charged for the months that are left. Free seats are offered first."""
    assert desk.customer is not None  # the page names one
    found = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    if found.customer_id != desk.customer.id:
        raise NotFound(kind="subscription")
    if found.status.value not in RUNNING and not desk.posted:
        return not_running(desk, found)
    asked = desk.request.GET if "quantity" in desk.request.GET else None
    form = TopUpForm(desk.request.POST or asked)
    shown = _shown(desk)
    if shown is not None:
        return shown

    def wish(sent: TopUpForm) -> LineWish:
        quantity = sent.cleaned_data["quantity"] if sent.is_bound else 1
        return LineWish("add_seats", quantity, subscription_id=found.id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, lambda: _quoted(desk, wish(form)))
        if done:
            return done
    context = {
        "form": form,
        "subscription": found,
        "preview": preview(desk, form, wish) if not desk.posted else None,
        "steps": steps(),
        "overdue": overdue_of(desk),
        "top_up": True,
    }
    if _htmx(desk):
        return desk.partial("console/buying/_preview.html", context)
    return desk.render("console/buying/top_up.html", context, status=422 if desk.posted else 200)


@page("buy", customer=True)
def quote(desk: Desk, quote_id: UUID) -> HttpResponse:
    """The promise, line by line, and how to pay it. A stale one says so before anything is charged."""
    return _quote.quote_page(desk, quote_id)


@page("buy", customer=True)
def trial(desk: Desk) -> HttpResponse:
    """Try an offer: nothing to pay now."""
    assert desk.customer is not None  # the page names one
    customer = desk.customer
    offers = [one for one in _offers(desk) if one.terms.trial_days]
    first = offers[0].code if offers else ""
    form = BuyForm(
        desk.request.POST or None,
        initial={"offer": desk.request.GET.get("offer") or first},
        offers=[(one.code, one.code) for one in offers],
    )

    def act() -> str:
        data = form.cleaned_data
        begun = sales.start_trial(
            actor=desk.actor,
            now=desk.now,
            customer_id=customer.id,
            offer=data["offer"],
            quantity=data["quantity"],
        )
        return desk.url("on_subscription", subscription_id=begun.subscription_id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The trial has begun. Give its seats to members now."))
        if done:
            return done
    shelved: list[Shelf] = shelves(offers, _chosen(form), trial=True)
    context = {"form": form, "shelves": shelved, "buy_url": desk.url("on_buy"), "offers": offers}
    return desk.render("console/buying/trial.html", context, status=422 if desk.posted else 200)
