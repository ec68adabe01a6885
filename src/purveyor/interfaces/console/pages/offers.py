"""Offers and price lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.catalog import commands
from purveyor.catalog import queries as catalog
from purveyor.catalog.types import Offer, PriceList
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.catalog import (
    OfferForm,
    PlanForm,
    PriceListForm,
    PricesForm,
    ProductForm,
    VendorForm,
)
from purveyor.interfaces.console.pages import _terms
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import explanations
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.money import Money


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer in the tree, with its price in each currency today."""

    offer: Offer
    term: str
    state: str
    prices: list[Money]
    url: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A product with its offers, the lowest tier first."""

    vendor: str
    product: str
    rows: list[OfferRow]


@dataclass(frozen=True, slots=True)
class ListRow:
    """A price list with its state on the business date."""

    row: PriceList
    state: str
    url: str


def _tabs(desk: Desk, here: str) -> list[Tab]:
    return [
        Tab(_("Offers"), desk.url("offers"), here == "offers"),
        Tab(_("Price lists"), desk.url("prices"), here == "prices"),
    ]


def _state(desk: Desk, offer: Offer) -> str:
    why = catalog.why_not_sold(offer=offer, on=desk.today)
    return {None: "current", "not_yet": "scheduled", "no_longer": "ended", "withdrawn": "withdrawn"}[why]


def _current_prices(desk: Desk) -> dict[UUID, list[Money]]:
    """The price of each offer today, one a currency."""
    found: dict[UUID, list[Money]] = {}
    for one in catalog.list_price_lists():
        if one.holds_on(desk.today):
            for row in catalog.list_prices(price_list_id=one.id):
                found.setdefault(row.offer_id, []).append(row.price)
    return found


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """Vendors, their products, plans and offers; ``?q=`` looks in all of their names."""
    words = desk.request.GET.get("q", "").casefold().split()
    prices = _current_prices(desk)
    branches: list[Branch] = []
    for offer in catalog.list_all_offers():
        text = f"{offer.vendor} {offer.product} {offer.plan} {offer.code}".casefold()
        if not all(word in text for word in words):
            continue
        if not branches or (branches[-1].vendor, branches[-1].product) != (offer.vendor, offer.product):
            branches.append(Branch(offer.vendor, offer.product, []))
        branches[-1].rows.append(
            OfferRow(
                offer,
                explanations.months_text(offer.term_months),
                _state(desk, offer),
                prices.get(offer.id, []),
                desk.url("offer", offer_id=offer.id),
            )
        )
    context = {
        "branches": branches,
        "tabs": _tabs(desk, "offers"),
        "filtered": bool(words),
        "new_url": desk.url("offer_new"),
    }
    return desk.render("console/offers/listing.html", context)


@page("operate", scopes=("operator",))
def create(desk: Desk) -> HttpResponse:
    """A new offer; with ``?kind=`` a new vendor, product or plan to make one of."""
    kind = desk.request.GET.get("kind", "offer")
    if kind not in _MAKERS:
        raise NotFound(kind="offer")
    form, act, said = _MAKERS[kind](desk)
    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=said)
        if done:
            return done
    here = desk.url("offer_new")
    context = {
        "form": form,
        "kind": kind,
        "kinds": [Tab(label(), f"{here}?kind={code}", code == kind) for code, label in _KINDS.items()],
    }
    return desk.render("console/offers/create.html", context, status=422 if desk.posted else 200)


Maker = tuple[forms.Form, Callable[[], str], str]
_KINDS: dict[str, Callable[[], str]] = {
    "offer": lambda: _("Offer"),
    "plan": lambda: _("Plan"),
    "product": lambda: _("Product"),
    "vendor": lambda: _("Vendor"),
}


def _make_vendor(desk: Desk) -> Maker:
    form = VendorForm(desk.request.POST or None)

    def act() -> str:
        data = form.cleaned_data
        commands.create_vendor(actor=desk.actor, now=desk.now, code=data["code"], name=data["name"])
        return f"{desk.url('offer_new')}?kind=product"

    return form, act, _("The vendor is there. Now its product.")


def _make_product(desk: Desk) -> Maker:
    vendors = [(str(one.id), one.name) for one in catalog.list_vendors()]
    form = ProductForm(desk.request.POST or None, vendors=vendors)

    def act() -> str:
        data = form.cleaned_data
        commands.create_product(
            actor=desk.actor,
            now=desk.now,
            vendor_id=UUID(data["vendor"]),
            code=data["code"],
            name=data["name"],
        )
        return f"{desk.url('offer_new')}?kind=plan"

    return form, act, _("The product is there. Now its plans, the lowest first.")


def _make_plan(desk: Desk) -> Maker:
    products = [(str(one.id), one.name) for one in catalog.list_products()]
    form = PlanForm(desk.request.POST or None, products=products)

    def act() -> str:
        data = form.cleaned_data
        commands.create_plan(
            actor=desk.actor,
            now=desk.now,
            product_id=UUID(data["product"]),
            code=data["code"],
            name=data["name"],
            rank=data["rank"],
        )
        return desk.url("offer_new")

    return form, act, _("The plan is there. Now it can be offered.")


def _make_offer(desk: Desk) -> Maker:
    products = {one.id: one.name for one in catalog.list_products()}
    plans = [(str(one.id), f"{products.get(one.product_id, '')} {one.name}") for one in catalog.list_plans()]
    form = OfferForm(desk.request.POST or None, plans=plans, initial={"available_from": desk.today})

    def act() -> str:
        data = form.cleaned_data
        made = commands.create_offer(
            actor=desk.actor,
            now=desk.now,
            plan_id=UUID(data["plan"]),
            code=data["code"],
            term_months=data["term_months"],
            terms=form.terms(),
            available_from=data["available_from"],
            available_to=data["available_to"],
        )
        return desk.url("offer", offer_id=made.id)

    return form, act, _("The offer is there. It is sold once a price list has a price for it.")


_MAKERS: dict[str, Callable[[Desk], Maker]] = {
    "offer": _make_offer,
    "plan": _make_plan,
    "product": _make_product,
    "vendor": _make_vendor,
}


@page("operate", scopes=("operator",))
def detail(desk: Desk, offer_id: UUID) -> HttpResponse:
    """One offer: every rule with what it does, and its prices."""
    offer = catalog.get_offer(offer_ref=offer_id)
    prices = []
    for one in catalog.list_price_lists():
        found = next((r for r in catalog.list_prices(price_list_id=one.id) if r.offer_id == offer.id), None)
        row = ListRow(one, _list_state(desk, one), desk.url("price_list", price_list_id=one.id))
        prices.append((row, found.price if found else None))
    context = {
        "offer": offer,
        "state": _state(desk, offer),
        "rules": _terms.rules(offer),
        "prices": prices,
        "term": explanations.months_text(offer.term_months),
    }
    return desk.render("console/offers/detail.html", context)


@page("operate", scopes=("operator",))
def withdraw(desk: Desk, offer_id: UUID) -> HttpResponse:
    """Take an offer off sale, after a confirmation."""
    offer = catalog.get_offer(offer_ref=offer_id)

    def act() -> str:
        commands.withdraw_offer(actor=desk.actor, now=desk.now, offer_id=offer_id)
        return desk.url("offer", offer_id=offer_id)

    if desk.posted:
        done = desk.submit(None, act, said=_("%(code)s is off sale.") % {"code": offer.code})
        if done:
            return done
    context = {"offer": offer, "back_url": desk.url("offer", offer_id=offer_id), "danger": True}
    return desk.render("console/offers/withdraw.html", context, status=409 if desk.posted else 200)


def _list_state(desk: Desk, one: PriceList) -> str:
    if one.holds_on(desk.today):
        return "current"
    return "scheduled" if desk.today < one.valid_from else "ended"


@page("operate", scopes=("operator",))
def price_lists(desk: Desk) -> HttpResponse:
    """Price lists by currency, with the days on which they hold."""
    rows = [
        ListRow(one, _list_state(desk, one), desk.url("price_list", price_list_id=one.id))
        for one in catalog.list_price_lists()
    ]
    return desk.render("console/offers/price_lists.html", {"rows": rows, "tabs": _tabs(desk, "prices")})


@page("operate", scopes=("operator",))
def price_list_new(desk: Desk) -> HttpResponse:
    """A new price list, empty or with the prices of another."""
    form = PriceListForm(
        desk.request.POST or None,
        lists=catalog.list_price_lists(),
        initial={"currency": desk.organization.currency, "copy_from": desk.request.GET.get("from", "")},
    )

    def act() -> str:
        data = form.cleaned_data
        made = commands.create_price_list(
            actor=desk.actor,
            now=desk.now,
            code=data["code"],
            currency=data["currency"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            copy_from=UUID(data["copy_from"]) if data["copy_from"] else None,
        )
        return desk.url("price_list", price_list_id=made.id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The price list is there. Look through its prices."))
        if done:
            return done
    return desk.render(
        "console/offers/price_list_new.html", {"form": form}, status=422 if desk.posted else 200
    )


@page("operate", scopes=("operator",))
def price_list(desk: Desk, price_list_id: UUID) -> HttpResponse:
    """The prices of a list; changed ones are set together, or none of them."""
    found = catalog.get_price_list(price_list_id=price_list_id)
    known = {one.offer_id: one.price for one in catalog.list_prices(price_list_id=price_list_id)}
    offers = [one for one in catalog.list_all_offers() if one.withdrawn_at is None or one.id in known]
    form = PricesForm(
        desk.request.POST or None,
        currency=found.currency,
        offers=[(str(one.id), one.code) for one in offers],
        initial={str(key): price.decimal() for key, price in known.items()},
    )

    def act() -> str:
        for key, price in form.prices().items():
            _set_price(desk, form, price_list_id, key, price)
        return desk.url("price_list", price_list_id=price_list_id)

    if desk.posted and form.is_valid() and (form.prices(), form.is_valid())[1]:
        done = desk.submit(form, act, said=_("The prices are set."))
        if done:
            return done
    context = {
        "list": found,
        "state": _list_state(desk, found),
        "form": form,
        "rows": [
            (one, form[str(one.id)], explanations.months_text(one.term_months), _state(desk, one))
            for one in offers
        ],
    }
    return desk.render("console/offers/price_list.html", context, status=422 if desk.posted else 200)


def _set_price(desk: Desk, form: PricesForm, price_list_id: UUID, key: str, price: Money) -> None:
    try:
        commands.set_price(
            actor=desk.actor, now=desk.now, price_list_id=price_list_id, offer_id=UUID(key), price=price
        )
    except DomainError as error:
        # Beside the price at fault, of which there are many.
        error.facts["field"] = key
        raise
