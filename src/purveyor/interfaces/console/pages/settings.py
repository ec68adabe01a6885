"""The own organization: its data, its people, its keys."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.parties import KeyForm, ResellerForm, SellerForm, StaffForm
from purveyor.interfaces.texts import labels
from purveyor.kernel.errors import NotFound
from purveyor.parties import commands
from purveyor.parties import queries as parties
from purveyor.parties.types import ROLES
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries


@page("settings", scopes=("operator", "reseller"))
def organization(desk: Desk) -> HttpResponse:
    """Business data, help desk and switches of the operator or the reseller."""
    return _seller(desk) if desk.actor.scope == "operator" else _reseller(desk)


def _reseller(desk: Desk) -> HttpResponse:
    profile = parties.get_reseller_profile(reseller_id=desk.organization.id)
    initial = {
        **ResellerForm.initial_of(desk.organization),
        "help_name": profile.help_name,
        "help_email": profile.help_email,
        "help_url": profile.help_url,
        "notify_customer_contact": profile.notify_customer_contact,
        "documents_to_bill_to": profile.documents_to_bill_to,
    }
    form = ResellerForm(desk.request.POST or None, initial=initial)

    def act() -> str:
        data = form.cleaned_data
        commands.update_reseller(
            actor=desk.actor,
            now=desk.now,
            reseller_id=desk.organization.id,
            given=form.given(),
            help_name=data["help_name"],
            help_email=data["help_email"],
            help_url=data["help_url"],
            notify_customer_contact=data["notify_customer_contact"],
            documents_to_bill_to=data["documents_to_bill_to"],
        )
        return desk.url("settings")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    context = {"form": form, "code": profile.code, "extra": _HELP_FIELDS}
    return desk.render("console/settings/organization.html", context, status=422 if desk.posted else 200)


_HELP_FIELDS = ("help_name", "help_email", "help_url", "notify_customer_contact", "documents_to_bill_to")
_BANK_FIELDS = ("iban", "bic", "bank_name", "help_email", "help_url", "vat_unknown", "vat_answer_days")


def _seller(desk: Desk) -> HttpResponse:
    seller = parties.get_seller()
    initial = {
        **SellerForm.initial_of(seller.organization),
        "iban": seller.iban,
        "bic": seller.bic,
        "bank_name": seller.bank_name,
        "help_email": seller.help_email,
        "help_url": seller.help_url,
        "vat_unknown": seller.vat_unknown,
        "vat_answer_days": seller.vat_answer_days,
    }
    form = SellerForm(desk.request.POST or None, initial=initial)

    def act() -> str:
        data = form.cleaned_data
        commands.update_seller(
            actor=desk.actor,
            now=desk.now,
            given=form.given(),
            **{name: data[name] for name in _BANK_FIELDS},
        )
        return desk.url("settings")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    context = {"form": form, "extra": _BANK_FIELDS}
    return desk.render("console/settings/organization.html", context, status=422 if desk.posted else 200)


def _roles(desk: Desk) -> list[tuple[str, str]]:
    return [(role, labels.role(role)) for role in ROLES[desk.actor.scope]]


def _staff_roles(desk: Desk) -> list[tuple[str, str]]:
    said = {
        "admin": _("Administrator: does everything, settings, people and keys included."),
        "technician": _("Technician: manages customers and members, and buys; no settings."),
    }
    return [(role, said.get(role, label)) for role, label in _roles(desk)]


@page("settings", scopes=("operator", "reseller"))
def people(desk: Desk) -> HttpResponse:
    """Who works here, and who was invited."""
    memberships = parties.list_memberships(actor=desk.actor, organization_id=desk.organization.id)
    invited = seat_queries.list_staff_invitations(actor=desk.actor, organization_id=desk.organization.id)
    return desk.render("console/settings/people.html", {"memberships": memberships, "invited": invited})


@page("settings", scopes=("operator", "reseller"))
def invite(desk: Desk) -> HttpResponse:
    """Let somebody into the own organization."""
    form = StaffForm(desk.request.POST or None, roles=_staff_roles(desk))

    def act() -> str:
        seats.invite_staff(
            actor=desk.actor,
            now=desk.now,
            organization_id=desk.organization.id,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
        )
        return desk.url("people")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The invitation is on its way."))
        if done:
            return done
    return desk.render("console/settings/invite.html", {"form": form}, status=422 if desk.posted else 200)


@page("settings", scopes=("operator", "reseller"))
def end_membership(desk: Desk, person_id: UUID) -> HttpResponse:
    """Take somebody out of the own organization."""
    memberships = parties.list_memberships(actor=desk.actor, organization_id=desk.organization.id)
    found = next((m for m in memberships if m.person.id == person_id), None)
    if found is None:
        raise NotFound(kind="person")

    def act() -> str:
        seats.end_staff(
            actor=desk.actor, now=desk.now, organization_id=desk.organization.id, person_id=person_id
        )
        return desk.url("people")

    if desk.posted:
        done = desk.submit(None, act, said=_("%(name)s no longer works here.") % {"name": found.person.email})
        if done:
            return done
    context = {"membership": found, "back_url": desk.url("people"), "danger": True}
    return desk.render("console/settings/end_membership.html", context)


@page("settings")
def keys(desk: Desk) -> HttpResponse:
    """API keys of the own organization; a new one's secret is shown once."""
    listed = parties.list_api_keys(actor=desk.actor)
    return desk.render("console/settings/keys.html", {"keys": listed, "form": KeyForm(roles=_roles(desk))})


@page("settings")
def key_new(desk: Desk) -> HttpResponse:
    """Make a key and show it, once and never again."""
    form = KeyForm(desk.request.POST or None, roles=_roles(desk))
    if desk.posted and form.is_valid():
        # Not through Desk.submit: its stored answer must never hold a secret.
        _id, secret = commands.create_api_key(
            actor=desk.actor, now=desk.now, name=form.cleaned_data["name"], role=form.cleaned_data["role"]
        )
        response = desk.render("console/settings/key_made.html", {"secret": secret})
        response["Cache-Control"] = "no-store"
        return response
    return desk.render("console/settings/key_new.html", {"form": form}, status=422 if desk.posted else 200)


@page("settings")
def key_revoke(desk: Desk, key_id: UUID) -> HttpResponse:
    """End a key at once."""
    found = next((k for k in parties.list_api_keys(actor=desk.actor) if k.id == key_id), None)
    if found is None:
        raise NotFound(kind="api_key")

    def act() -> str:
        commands.revoke_api_key(actor=desk.actor, now=desk.now, key_id=key_id)
        return desk.url("keys")

    if desk.posted:
        done = desk.submit(None, act, said=_("The key no longer works."))
        if done:
            return done
    context = {"key": found, "back_url": desk.url("keys"), "danger": True}
    return desk.render("console/settings/key_revoke.html", context)
