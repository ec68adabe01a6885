"""Gathered billing: what is on account, the split of its invoice, seats taken back, and the settings of both sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from purveyor.billing import commands as billing_commands
from purveyor.billing import queries as billing
from purveyor.billing.types import Account, AccountRow
from purveyor.infra.clock import business_date
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.export import stream_csv
from purveyor.interfaces.console.forms.gathered import (
    BillingModeForm,
    GatheringTermsForm,
    TakeBackForm,
    cap_shown,
)
from purveyor.interfaces.console.pages import _paper
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.documents import split as split_file
from purveyor.interfaces.texts import explanations, formats, lines
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.parties.types import BillingMode, Organization
from purveyor.sales import commands as sales
from purveyor.subscriptions import queries as subscriptions


@dataclass(frozen=True, slots=True)
class Held:
    """A line on account as it is shown."""

    row: AccountRow
    text: str
    how: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was gathered for one customer, with its sum."""

    name: str
    colour: str
    url: str
    rows: list[Held]
    net: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """An account with the day on which it is billed, and what is billed then."""

    account: Account
    on: str
    net: Money


@page("documents", scopes=("operator", "reseller"))
def on_account(desk: Desk) -> HttpResponse:
    """What was gathered so far, by customer, with the sum: one's own, or for the operator that of ``?of=``."""
    reseller = _whose(desk)
    rows = billing.list_on_account(actor=desk.actor, reseller_id=reseller.id)
    held = billing.list_accounts(actor=desk.actor, reseller_id=reseller.id)
    profile = parties.get_reseller_profile(reseller_id=reseller.id)
    context = {
        "reseller": reseller,
        "own": desk.actor.scope == "reseller",
        "gathers": profile.billing_mode == "gathered",
        "accounts": [Standing(one, _day(one), one.net - one.held) for one in held if one.net],
        "groups": _groups(desk, rows),
    }
    return desk.render("console/gathered/on_account.html", context)


def _whose(desk: Desk) -> Organization:
    if desk.actor.scope == "reseller":
        return desk.organization
    found = _paper.find_party(desk, desk.request.GET.get("of", ""))
    if found is None or found.kind != "reseller":
        raise NotFound(kind="reseller")
    return found


def _day(account: Account) -> str:
    return "" if account.due_at is None else formats.day_text(business_date(account.due_at))


def _groups(desk: Desk, rows: Iterable[AccountRow]) -> list[Group]:
    found = []
    for (customer_id, name, currency), some in groupby(
        sorted(rows, key=lambda row: (row.customer_name.casefold(), row.customer_id, row.net.currency)),
        key=lambda row: (row.customer_id, row.customer_name, row.net.currency),
    ):
        its = list(some)
        found.append(
            Group(
                name,
                tint_of(customer_id),
                desk.url("on_overview", customer_id=customer_id),
                [
                    Held(
                        row,
                        lines.describe_line(row.description),
                        explanations.explain_joined(row.explanation),
                    )
                    for row in its
                ],
                Money.total((row.net for row in its), currency),
            )
        )
    return found


@page("documents", scopes=("operator", "reseller"))
def split(desk: Desk, document_id: UUID) -> HttpResponseBase:
    """The lines of a document for a spreadsheet, each with its customer and subscription."""
    found = billing.get_document(actor=desk.actor, document_id=document_id)
    rows = [split_file.cells(one) for one in found.lines]
    return stream_csv(found.number, split_file.heads(), lambda _cursor: (rows, None))


@page("buy", customer=True, scopes=("operator", "reseller"))
def take_back(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Seats that were added this month go back before they are billed."""
    found = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    if desk.customer is None or found.customer_id != desk.customer.id:
        raise NotFound(kind="subscription")
    back = desk.url("on_subscription", subscription_id=found.id)
    left = billing.seats_to_take_back(
        actor=desk.actor, reseller_id=found.reseller_id, subscription_id=found.id
    )
    most = min(left, found.seats_free)
    form = TakeBackForm(desk.request.POST or None, initial={"quantity": max(1, most)})

    def act() -> str:
        sales.take_back_seats(
            actor=desk.actor,
            now=desk.now,
            subscription_id=found.id,
            quantity=form.cleaned_data["quantity"],
        )
        return back

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The seats are taken back. Nothing is charged for them."))
        if done:
            return done
    context = {
        "form": form,
        "subscription": found,
        "left": left,
        "most": most,
        "back_url": back,
    }
    return desk.render("console/gathered/take_back.html", context, status=422 if desk.posted else 200)


@page("settings", scopes=("reseller",))
def mode(desk: Desk) -> HttpResponse:
    """How the own reseller is billed: at once, or one invoice a month."""
    reseller = desk.organization
    profile = parties.get_reseller_profile(reseller_id=reseller.id)
    form = BillingModeForm(desk.request.POST or None, initial={"billing_mode": profile.billing_mode})

    def act() -> str:
        parties_commands.set_billing_mode(
            actor=desk.actor,
            now=desk.now,
            reseller_id=reseller.id,
            billing_mode=cast(BillingMode, form.cleaned_data["billing_mode"]),
        )
        return desk.url("billing_mode")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    held = billing.list_accounts(actor=desk.actor, reseller_id=reseller.id)
    context = {
        "form": form,
        "profile": profile,
        "allowed": profile.gathering_allowed and not profile.is_house,
        "apart": parties.count_named_themselves(actor=desk.actor, reseller_id=reseller.id),
        "open": formats.list_text([formats.money_text(one.net) for one in held if one.due_at is not None]),
        "caps": formats.list_text([formats.money_text(one.cap) for one in held if one.cap is not None]),
    }
    return desk.render("console/gathered/mode.html", context, status=422 if desk.posted else 200)


@page("operate", scopes=("operator",))
def terms(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """The operator's limits of one reseller: whether it may gather, how much, due in how many days."""
    reseller = parties.get_organization(actor=desk.actor, organization_id=reseller_id)
    if reseller.kind != "reseller":
        raise NotFound(kind="reseller")
    profile = parties.get_reseller_profile(reseller_id=reseller_id)
    held = billing.list_accounts(actor=desk.actor, reseller_id=reseller_id)
    cap = next((one.cap for one in held if one.net.currency == reseller.currency), None)
    form = GatheringTermsForm(
        desk.request.POST or None,
        currency=reseller.currency,
        initial={
            "allowed": profile.gathering_allowed,
            "due_days": profile.gathered_due_days,
            "cap": cap_shown(cap),
        },
    )

    def act() -> str:
        data = form.cleaned_data
        parties_commands.set_gathering_terms(
            actor=desk.actor,
            now=desk.now,
            reseller_id=reseller_id,
            allowed=data["allowed"],
            due_days=data["due_days"],
        )
        billing_commands.set_account_cap(
            actor=desk.actor,
            now=desk.now,
            reseller_id=reseller_id,
            currency=reseller.currency,
            cap=data["cap_amount"],
        )
        return desk.url("reseller", reseller_id=reseller_id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    context = {
        "form": form,
        "reseller": reseller,
        "profile": profile,
        "open": formats.list_text([formats.money_text(one.net) for one in held if one.due_at is not None]),
        "on_account_url": f"{desk.url('on_account')}?of={reseller.public_id}",
    }
    return desk.render("console/gathered/terms.html", context, status=422 if desk.posted else 200)
