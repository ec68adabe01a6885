"""Customers: the list, a new one, its business information, and on whom to act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.catalog import queries as catalog
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.selling import CustomerForm
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import SwitchRow, tint_of
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import read, show
from purveyor.parties import commands
from purveyor.parties import queries as parties
from purveyor.parties.types import CustomerInput, Organization
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Counts

PAGE = 50
SWITCH_ROWS = 8
_NONE = Counts(subscriptions=0, quantity=0, assigned=0)


@dataclass(frozen=True, slots=True)
class Row:
    """One customer in the list."""

    name: str
    colour: str
    email: str
    country: str
    reseller: str
    seats: int
    assigned: int
    url: str


@page("view", scopes=("operator", "reseller"))
def listing(desk: Desk) -> HttpResponse:
    """All customers by name, found by any part of name, e-mail or VAT number."""
    q = desk.request.GET.get("q", "").strip()
    found, next_cursor = _page(desk, q)
    context = {
        "q": q,
        "rows": _rows(desk, found),
        "pager": pager(
            desk.request, next_cursor, total=None if q else parties.count_customers(actor=desk.actor)
        ),
        "with_reseller": desk.actor.scope == "operator",
    }
    return desk.render("console/customers/listing.html", context)


def _page(desk: Desk, q: str) -> tuple[list[Organization], str | None]:
    """This page's customers and where the next one begins."""
    after = None
    cursor = cursor_of(desk.request)
    if cursor:
        try:
            after = parties.sort_position(actor=desk.actor, customer_id=read("cus", cursor))
        except ValueError as error:
            raise Invalid(field="cursor", reason="not_a_cursor") from error
    found = parties.list_customers(actor=desk.actor, q=q, after=after, limit=PAGE + 1)
    more = len(found) > PAGE
    return found[:PAGE], show("cus", found[PAGE - 1].id) if more else None


def _rows(desk: Desk, found: Sequence[Organization]) -> list[Row]:
    seats = subscriptions.count_seats_of(actor=desk.actor, customer_ids=[one.id for one in found])
    owners = {one.reseller_id for one in found if one.reseller_id is not None}
    names = parties.names_of(actor=desk.actor, ids=owners) if desk.actor.scope == "operator" else {}
    return [
        Row(
            name=one.name,
            colour=tint_of(one.id),
            email=one.email,
            country=formats.country_text(one.country),
            reseller=names.get(one.reseller_id, "") if one.reseller_id else "",
            seats=seats.get(one.id, _NONE).quantity,
            assigned=seats.get(one.id, _NONE).assigned,
            url=desk.url("on_overview", customer_id=one.id),
        )
        for one in found
    ]


@page("view", scopes=("operator", "reseller"))
def switch(desk: Desk) -> HttpResponse:
    """On whom to act: recent ones first, then by name; htmx gets the rows alone while one types."""
    q = desk.request.GET.get("q", "").strip()
    recent = [] if q else parties.list_recent_customers(actor=desk.actor)
    known = {one.id for one in recent}
    limit = SWITCH_ROWS if desk.request.htmx else PAGE  # type: ignore[attr-defined]  # django-htmx adds it
    found = parties.list_customers(actor=desk.actor, q=q, limit=limit + 1)
    others = [one for one in found[:limit] if one.id not in known]
    if desk.request.htmx:  # type: ignore[attr-defined]  # as above
        rows = [_switch_row(desk, one) for one in [*recent, *others][:SWITCH_ROWS]]
        return desk.partial("components/switch_rows.html", {"rows": rows})
    context = {
        "q": q,
        "recent": [_switch_row(desk, one) for one in recent],
        "rows": [_switch_row(desk, one) for one in others],
        "more": len(found) > limit,
    }
    return desk.render("console/customers/switch.html", context)


def _switch_row(desk: Desk, customer: Organization) -> SwitchRow:
    return SwitchRow(
        customer.name,
        tint_of(customer.id),
        desk.url("on_overview", customer_id=customer.id),
        customer.address.city,
    )


@page("create_customer")
def create(desk: Desk) -> HttpResponse:
    """A new customer; what to buy for it comes next."""
    own = desk.organization
    initial = {
        "country": own.country,
        "language": own.language,
        "currency": own.currency,
        "bill_to": "customer",
        "reseller": "",
    }
    form = CustomerForm(
        desk.request.POST or None,
        initial=initial,
        currencies=_currencies(own.currency),
        resellers=_resellers(desk) if desk.actor.scope == "operator" else None,
    )
    if desk.posted and form.is_valid():
        done = desk.submit(form, lambda: _create(desk, form), said=_("The customer is created."))
        if done:
            return done
    return desk.render("console/customers/new.html", {"form": form}, status=422 if desk.posted else 200)


def _create(desk: Desk, form: CustomerForm) -> str:
    chosen = form.cleaned_data.get("reseller")
    made = commands.create_customer(
        actor=desk.actor,
        now=desk.now,
        given=form.given(),
        reseller_id=UUID(chosen) if chosen else None,
    )
    if made.reseller_id is not None:
        # Whom one has just created is whom one works for next: first in the switch.
        commands.note_recent_customer(
            actor=desk.actor, now=desk.now, customer_id=made.id, reseller_id=made.reseller_id
        )
    return desk.url("on_buy", customer_id=made.id)


def _resellers(desk: Desk) -> list[tuple[str, str]]:
    """All resellers; the operator's own house first, which is what happens without a choice."""
    listed = parties.list_resellers(actor=desk.actor)
    return [
        ("", _("None: a customer of our own")),
        *((str(one.id), one.name) for one, profile in listed if not profile.is_house),
    ]


def _currencies(used: str) -> list[str]:
    """Those that a price list is in, and the one in use."""
    return sorted({row.currency for row in catalog.list_price_lists()} | {used})


@page("business_information", customer=True)
def edit(desk: Desk) -> HttpResponse:
    """Correct the business information. Issued documents keep what they said."""
    assert desk.customer is not None  # the page names one
    known = desk.customer
    form = CustomerForm(
        desk.request.POST or None,
        initial=CustomerForm.initial_of(known),
        currencies=_currencies(known.currency),
        bill_to=desk.actor.scope != "customer",
        currency_fixed=known.currency_frozen,
    )

    def act() -> str:
        given: CustomerInput = form.given()
        commands.update_customer(actor=desk.actor, now=desk.now, customer_id=known.id, given=given)
        return desk.url("on_business")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The business information is saved."))
        if done:
            return done
    return desk.render("console/customers/edit.html", {"form": form}, status=422 if desk.posted else 200)
