"""Paying in to the own balance, what is watched of it, its movements as a file; and what a reseller may owe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from purveyor.billing.types import PaymentDetails
from purveyor.catalog import queries as catalog
from purveyor.infra import tx
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.export import stream_csv
from purveyor.interfaces.console.forms.funds import CreditLimitForm, FundsForm, MovementsForm, TopUpForm
from purveyor.interfaces.console.pages import _movements, _paper
from purveyor.interfaces.documents.qr import epc_qr
from purveyor.interfaces.texts import formats
from purveyor.interfaces.texts import ledger as texts
from purveyor.kernel.errors import NotFound
from purveyor.ledger import queries as ledger
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import cards
from purveyor.payments import funds as queries
from purveyor.payments import queries as payments
from purveyor.payments.commands import funds as commands
from purveyor.payments.types import Payable
from purveyor.sales import credit

EXPORTED = 200
# What moves a balance; other movements never touch one.
KINDS = (
    *("deposit", "transfer", "card", "payment", "refund", "refund_failed", "reversal"),
    *("order_held", "order_cancelled", "dispute", "dispute_won", "vat_not_owed"),
)
_OWN = ("reseller", "customer")


@page("buy", scopes=_OWN)
def top_up(desk: Desk) -> HttpResponse:
    """Ask how to pay in: a transfer with a reference of its own, or the page where one pays by card."""
    form = TopUpForm(
        desk.request.POST or None,
        currencies=_currencies(desk),
        with_card=cards.is_offered(),
        initial={"currency": desk.organization.currency, "method": "bank_transfer"},
    )

    def act() -> str:
        assert form.money is not None  # the form is valid
        made = commands.ask_deposit(
            actor=desk.actor,
            now=desk.now,
            organization_id=desk.organization.id,
            amount=form.money,
            method=form.cleaned_data["method"],
        )
        if made.method == "card":
            return desk.url("card_pay", payable_id=made.id)
        return desk.url("top_up_detail", payable_id=made.id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act)
        if done:
            return done
    return desk.render("console/funds/top_up.html", {"form": form}, status=422 if desk.posted else 200)


@page("documents", scopes=_OWN)
def top_up_detail(desk: Desk, payable_id: UUID) -> HttpResponse:
    """What to transfer, as text and as a code for the bank's app; and taking it back."""
    found = _deposit(desk, payable_id)

    def act() -> str:
        commands.drop_deposit(actor=desk.actor, now=desk.now, payable_id=found.id)
        return desk.url("balance")

    if desk.posted:
        done = desk.submit(
            None, act, said=_("Nothing is awaited any more. What had come stays on the balance.")
        )
        return done or HttpResponseRedirect(desk.url("top_up_detail", payable_id=found.id))
    seller = parties.get_seller()
    details = PaymentDetails.of(seller, found.reference)
    code = None if found.is_settled else epc_qr(details, seller.organization.name, found.open)
    context = {
        "found": found,
        "is_open": found.status in payments.OPEN,
        "seller": seller,
        "iban": formats.in_fours(seller.iban),
        "reference": formats.in_fours(found.reference or ""),
        "side": len(code) if code else 0,
        "runs": _runs(code) if code else [],
        "card_url": desk.url("card_pay", payable_id=found.id)
        if cards.is_offered() and desk.may("buy")
        else "",
    }
    return desk.render("console/funds/detail.html", context)


@page("settings", scopes=_OWN)
def settings(desk: Desk) -> HttpResponse:
    """When to be told that the balance is low, and whether it is filled up by itself."""
    currencies = _currencies(desk)
    asked = desk.request.GET.get("currency", "")
    currency = asked if asked in currencies else currencies[0]
    known = queries.get_fund_settings(actor=desk.actor, party_id=desk.organization.id, currency=currency)
    form = FundsForm(
        desk.request.POST or None,
        currency=currency,
        with_card=cards.is_offered(),
        initial={
            "threshold": None if known.threshold is None else known.threshold.decimal(),
            "target": None if known.target is None else known.target.decimal(),
            "automatic": known.automatic,
            "method": known.method,
        },
    )

    def act() -> str:
        data = form.cleaned_data
        commands.set_funds(
            actor=desk.actor,
            now=desk.now,
            organization_id=desk.organization.id,
            currency=currency,
            threshold=data["threshold_amount"],
            target=data["target_amount"],
            automatic=data["automatic"],
            method=data["method"],
        )
        return desk.url("balance")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    context = {"form": form, "currency": currency, "others": [one for one in currencies if one != currency]}
    return desk.render("console/funds/settings.html", context, status=422 if desk.posted else 200)


@page("documents")
def movements_csv(desk: Desk) -> HttpResponseBase:
    """The movements of the filter as a file: one's own, or for the operator those of ``?of=``."""
    party = desk.organization
    if desk.actor.scope == "operator":
        found = _paper.find_party(desk, desk.request.GET.get("of", ""))
        if found is None:
            raise NotFound(kind="organization")
        party = found
    wanted = filter_form(desk).wanted()
    currency = desk.request.GET.get("currency") or None

    def fetch(cursor: str | None) -> tuple[list[list[str]], str | None]:
        # The page's own transaction is over by now: each part is read in one of its own.
        with tx.enter(desk.actor):
            rows = ledger.list_movements(
                actor=desk.actor,
                party_id=party.id,
                currency=currency,
                cursor=None if cursor is None else int(cursor),
                limit=EXPORTED,
                **wanted,
            )
            cells = [
                [
                    one.movement.booked_on.isoformat(), one.text, one.number, one.customer,
                    str(one.movement.amount.decimal()), one.movement.amount.currency,
                ]
                for one in _movements.rows_of(desk, rows, None)
            ]  # fmt: skip
            return cells, str(rows[-1].id) if len(rows) == EXPORTED else None

    heads = [_("Day"), _("What"), _("Document"), _("Customer"), _("Amount"), _("Currency")]
    return stream_csv(f"balance-{desk.today.isoformat()}", heads, fetch)


def filter_form(desk: Desk) -> MovementsForm:
    """The filter of movements, as the address says."""
    kinds = [("", _("All")), *((kind, texts.movement(kind)) for kind in KINDS)]
    return MovementsForm(desk.request.GET, kinds=kinds)


@page("operate", scopes=("operator",))
def credit_limit(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """How much the reseller may owe, with what it owes now and what waits for room."""
    found = parties.get_organization(actor=desk.actor, organization_id=reseller_id)
    if found.kind != "reseller":
        raise NotFound(kind="reseller")
    figures = credit.get_credit(actor=desk.actor, reseller_id=found.id, currency=found.currency)
    form = CreditLimitForm(
        desk.request.POST or None,
        currency=found.currency,
        initial={"amount": None if figures.limit is None else figures.limit.decimal()},
    )

    def act() -> str:
        parties_commands.set_credit_limit(
            actor=desk.actor,
            now=desk.now,
            reseller_id=found.id,
            currency=found.currency,
            amount=form.cleaned_data["limit"],
        )
        return desk.url("reseller", reseller_id=found.id)

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved. Held orders go on as far as there is room."))
        if done:
            return done
    context = {"form": form, "reseller": found, "credit": figures}
    return desk.render("console/funds/credit.html", context, status=422 if desk.posted else 200)


def _runs(rows: Sequence[str]) -> list[tuple[int, int, int]]:
    """The dark modules of a code, a run of them at a time: column, row, length."""
    return [
        (run.start(), y, run.end() - run.start())
        for y, row in enumerate(rows)
        for run in re.finditer("1+", row)
    ]


def _deposit(desk: Desk, payable_id: UUID) -> Payable:
    found = payments.get_payable(actor=desk.actor, payable_id=payable_id)
    if found.subject_kind != "deposit":
        raise NotFound(kind="payable")
    return found


def _currencies(desk: Desk) -> list[str]:
    """Those that the balance holds, the organization's own, and those in which something is sold."""
    return currencies_of(desk, desk.organization)


def currencies_of(desk: Desk, party: Organization) -> list[str]:
    """The currencies in which a party may pay in: its own first."""
    held = [one.available.currency for one in ledger.get_balance(actor=desk.actor, party_id=party.id)]
    return list(dict.fromkeys([party.currency, *held, *(one.currency for one in catalog.list_price_lists())]))
