"""Resellers, as the operator keeps them: data, figures, discounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.catalog import commands as catalog_commands
from purveyor.catalog import queries as catalog
from purveyor.catalog.types import DiscountRow
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.operator import DiscountForm, NewResellerForm
from purveyor.interfaces.console.forms.parties import ResellerForm
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import DomainError, Invalid, NotFound
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.ledger import queries as ledger
from purveyor.parties import commands
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization, ResellerProfile
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from purveyor.subscriptions import queries as subscriptions

LIMIT = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A reseller in the list."""

    organization: Organization
    profile: ResellerProfile
    colour: str
    country: str
    customers: int
    discount: str
    url: str


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount with its state on the business date."""

    row: DiscountRow
    state: str


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """All resellers by name."""
    q = desk.request.GET.get("q", "").strip()
    found = parties.list_resellers(actor=desk.actor, q=q, after=_after(desk), limit=LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(str(rows[-1][0].id)) if more else None
    context = {
        "rows": [_row(desk, one, profile) for one, profile in rows],
        "filtered": bool(q),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/resellers/listing.html", context)


def _after(desk: Desk) -> tuple[str, UUID] | None:
    key = read_cursor(cursor_of(desk.request), parts=1)
    if key is None:
        return None
    try:
        return parties.sort_position(actor=desk.actor, customer_id=UUID(key[0]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _row(desk: Desk, one: Organization, profile: ResellerProfile) -> Row:
    held = catalog.list_discounts(actor=desk.actor, reseller_id=one.id, on=desk.today)
    general = next((row.percent for row in held if row.offer_id is None), None)
    return Row(
        one,
        profile,
        tint_of(one.id),
        formats.country_text(one.country),
        parties.count_customers(actor=desk.actor, reseller_id=one.id),
        formats.percent_text(general) if general is not None else "",
        desk.url("reseller", reseller_id=one.id),
    )


def _reseller(desk: Desk, reseller_id: UUID) -> Organization:
    found = parties.get_organization(actor=desk.actor, organization_id=reseller_id)
    if found.kind != "reseller":
        raise NotFound(kind="reseller")
    return found


def _currencies(desk: Desk) -> list[str]:
    listed = [one.currency for one in catalog.list_price_lists()]
    return list(dict.fromkeys([*listed, desk.organization.currency]))


@page("operate", scopes=("operator",))
def create(desk: Desk) -> HttpResponse:
    """A new reseller with its discount; its first administrator is invited in the same act."""
    form = NewResellerForm(
        desk.request.POST or None,
        currencies=_currencies(desk),
        initial={"language": desk.organization.language, "country": "", "percent": None},
    )

    def act() -> str:
        return _open(desk, form.cleaned_data, form)

    if desk.posted and form.is_valid():
        said = _("The reseller is open, and the invitation is on its way.")
        done = desk.submit(form, act, said=said)
        if done:
            return done
    return desk.render("console/resellers/create.html", {"form": form}, status=422 if desk.posted else 200)


def _open(desk: Desk, data: dict[str, Any], form: NewResellerForm) -> str:
    made = commands.create_reseller(
        actor=desk.actor, now=desk.now, given=form.given(), code=data["code"] or None
    )
    if data["percent"]:
        catalog_commands.set_discount(
            actor=desk.actor, now=desk.now, reseller_id=made.id, percent=data["percent"]
        )
    try:
        seats.invite_staff(
            actor=desk.actor,
            now=desk.now,
            organization_id=made.id,
            email=data["admin_email"],
            name=data["admin_name"],
            role="admin",
        )
    except DomainError as error:
        # The form has two e-mail addresses: the refusal belongs beside the second.
        if error.field in ("email", "name"):
            error.facts["field"] = f"admin_{error.field}"
        raise
    return desk.url("reseller", reseller_id=made.id)


@page("operate", scopes=("operator",))
def detail(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """One reseller: figures, discounts, people, help desk."""
    found = _reseller(desk, reseller_id)
    held = ledger.get_balance(actor=desk.actor, party_id=reseller_id)
    waiting = billing.count_open(actor=desk.actor, payer_id=reseller_id)
    context = {
        "reseller": found,
        "profile": parties.get_reseller_profile(reseller_id=reseller_id),
        "customers": parties.count_customers(actor=desk.actor, reseller_id=reseller_id),
        "newest": [
            (one, tint_of(one.id), desk.url("on_overview", customer_id=one.id))
            for one in parties.list_customers(actor=desk.actor, reseller_id=reseller_id, limit=8)
        ],
        "seats": subscriptions.count_seats(actor=desk.actor, reseller_id=reseller_id),
        "open": waiting,
        "open_hint": formats.list_text([formats.money_text(one) for one in waiting.totals]),
        "balance": formats.list_text([formats.money_text(one.available) for one in held]),
        "balance_url": f"{desk.url('balance')}?of={found.public_id}",
        "country": formats.country_text(found.country),
        "language": formats.language_text(found.language),
        "discounts": _discounts(desk, reseller_id),
        "people": parties.list_memberships(actor=desk.actor, organization_id=reseller_id),
        "invited": seat_queries.list_staff_invitations(actor=desk.actor, organization_id=reseller_id),
    }
    return desk.render("console/resellers/detail.html", context)


def _discounts(desk: Desk, reseller_id: UUID) -> list[Discount]:
    rows = catalog.list_discounts(actor=desk.actor, reseller_id=reseller_id)
    return [Discount(row, _state(desk, row)) for row in rows]


def _state(desk: Desk, row: DiscountRow) -> str:
    if row.holds_on(desk.today):
        return "current"
    return "scheduled" if desk.today < row.valid_from else "ended"


@page("operate", scopes=("operator",))
def edit(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """Correct a reseller's data, help desk and switches."""
    found = _reseller(desk, reseller_id)
    profile = parties.get_reseller_profile(reseller_id=reseller_id)
    initial = {
        **ResellerForm.initial_of(found),
        **{name: getattr(profile, name) for name in _PROFILE},
    }
    form = ResellerForm(desk.request.POST or None, initial=initial)

    def act() -> str:
        commands.update_reseller(
            actor=desk.actor,
            now=desk.now,
            reseller_id=reseller_id,
            given=form.given(),
            **{name: form.cleaned_data[name] for name in _PROFILE},
        )
        return desk.url("reseller", reseller_id=reseller_id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    context = {"form": form, "reseller": found, "extra": _PROFILE}
    return desk.render("console/resellers/edit.html", context, status=422 if desk.posted else 200)


_PROFILE = ("help_name", "help_email", "help_url", "notify_customer_contact", "documents_to_bill_to")


@page("operate", scopes=("operator",))
def discount(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """Give a discount from a day on, in general or on one offer."""
    found = _reseller(desk, reseller_id)
    offers = [one for one in catalog.list_all_offers() if one.withdrawn_at is None]
    form = DiscountForm(
        desk.request.POST or None,
        offers=[(str(one.id), f"{one.product} {one.plan} ({one.code})") for one in offers],
        initial={"valid_from": desk.today, "offer": desk.request.GET.get("offer", "")},
    )

    def act() -> str:
        data = form.cleaned_data
        catalog_commands.set_discount(
            actor=desk.actor,
            now=desk.now,
            reseller_id=reseller_id,
            percent=data["percent"],
            offer_id=UUID(data["offer"]) if data["offer"] else None,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )
        return desk.url("reseller", reseller_id=reseller_id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The discount is set."))
        if done:
            return done
    context = {"form": form, "reseller": found, "discounts": _discounts(desk, reseller_id)}
    return desk.render("console/resellers/discount.html", context, status=422 if desk.posted else 200)
