"""A payer's own direct debit mandate: seen, signed and withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.direct_debit import SignForm
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import NotFound
from purveyor.parties import queries as parties
from purveyor.payments import bank_files
from purveyor.payments.commands import bank as acts
from purveyor.payments.types_bank import Mandate
from purveyor.subscriptions import queries as subscriptions

_SCOPES = ("reseller", "customer")
# How many of those that held once are shown.
_PAST = 20


@page("settings", scopes=_SCOPES)
def show(desk: Desk) -> HttpResponse:
    """The mandate that holds: what is collected by it, what was agreed to; and those that held before."""
    rows = bank_files.list_mandates(actor=desk.actor, only_valid=False, limit=_PAST + 1)
    found = next((one for one in rows if one.revoked_at is None), None)
    context = {
        "mandate": found,
        "iban": formats.in_fours(found.iban) if found else "",
        "past": [one for one in rows if one.revoked_at is not None][:_PAST],
        **_terms(desk),
    }
    return desk.render("console/direct_debit/show.html", context)


@page("settings", scopes=_SCOPES)
def sign(desk: Desk) -> HttpResponse:
    """Sign a mandate. Whoever has one is led to it: it is withdrawn before another one is signed."""
    if not bank_files.creditor_id():
        raise NotFound(kind="mandate")
    if not desk.posted and _held(desk) is not None:
        return HttpResponseRedirect(desk.url("direct_debit"))
    form = SignForm(desk.request.POST or None, initial={"name": desk.organization.name[:70]})

    def act() -> str:
        acts.enter_mandate(
            actor=desk.actor,
            now=desk.now,
            payer_id=desk.organization.id,
            iban=form.cleaned_data["iban"],
            name=form.cleaned_data["name"],
            signed_on=desk.today,
        )
        return desk.url("direct_debit")

    if desk.posted and form.is_valid():
        done = desk.submit(
            form, act, said=_("The mandate is signed. What falls due is collected from your account.")
        )
        if done:
            return done
    context = {"form": form, **_terms(desk)}
    return desk.render("console/direct_debit/sign.html", context, status=422 if desk.posted else 200)


@page("settings", scopes=_SCOPES)
def withdraw(desk: Desk) -> HttpResponse:
    """Withdraw the mandate that holds, told what follows."""
    found = _held(desk)

    def act() -> str:
        # A second press finds none any more, and leads to the same page.
        if found is not None:
            acts.revoke_mandate(actor=desk.actor, now=desk.now, mandate_id=found.id)
        return desk.url("direct_debit")

    if desk.posted:
        done = desk.submit(None, act, said=_("The mandate is withdrawn. Nothing new is collected by it."))
        if done:
            return done
    if found is None:
        return HttpResponseRedirect(desk.url("direct_debit"))
    context = {
        "account": found.account,
        "renewing": _renewing(desk),
        "back_url": desk.url("direct_debit"),
        "danger": True,
    }
    return desk.render("console/direct_debit/withdraw.html", context)


def _held(desk: Desk) -> Mandate | None:
    return bank_files.find_mandate(actor=desk.actor, payer_id=desk.organization.id)


def _terms(desk: Desk) -> dict[str, Any]:
    """Who collects, how long before it is told, and what is collected."""
    seller = parties.get_seller().organization
    return {
        "seller": seller,
        "seller_country": formats.country_text(seller.country),
        "creditor": bank_files.creditor_id(),
        "notice_days": bank_files.notice_days(),
        "renewing": _renewing(desk),
    }


def _renewing(desk: Desk) -> int:
    return subscriptions.count_renewing_by(
        actor=desk.actor, payer_id=desk.organization.id, payment_method="bank_transfer"
    )
