"""Several renewals changed at once: first what would change and what cannot, then the change, then what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from purveyor.infra import tx
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.pages import _renewals
from purveyor.interfaces.console.pages._renewals import Filter, Row, link, tabs
from purveyor.interfaces.console.pages.renewals import actions
from purveyor.interfaces.texts import explanations, labels, refusals
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.kernel.paging import MAX_LIMIT
from purveyor.renewals import centre
from purveyor.renewals import queries as renewals
from purveyor.renewals.types import RenewalView
from purveyor.subscriptions import commands
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

# Seconds that a second press waits for what the first one does.
_PATIENCE = 20.0
_METHODS = ("balance", "bank_transfer", "card")


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the preview: how it is, how it would be, or why it stays. ``key`` says both to the next page."""

    row: Row
    before: str
    after: str
    why_not: str
    key: str


@page("buy", scopes=("operator", "reseller"))
def change(desk: Desk) -> HttpResponse:
    """Renewals of any customers."""
    return _change(desk)


@page("buy", customer=True)
def customer_change(desk: Desk) -> HttpResponse:
    """Renewals of one customer."""
    return _change(desk)


def _change(desk: Desk) -> HttpResponse:
    given = desk.request.POST
    action = given.get("action", "")
    if not desk.posted or action not in dict(actions()):
        return desk.redirect(_renewals.name_of(desk, "renewals"))
    if "confirmed" in given:
        return _confirmed(desk, action)
    return _preview(desk, action)


def _preview(desk: Desk, action: str) -> HttpResponse:
    wanted = Filter.of(desk.request.POST)
    all_found = desk.request.POST.get("which") == "all"
    more = False
    if all_found:
        found = _renewals.find(desk, wanted, limit=MAX_LIMIT)
        views, more = list(found.rows), found.next_cursor is not None
    else:
        views = _chosen(desk)
    back_url = wanted.address(link(desk, "renewals"))
    if not views:
        messages.warning(desk.request, _("Choose at least one renewal."))
        return HttpResponseRedirect(back_url)
    changes = [_planned(desk, one, action) for one in views]
    doable = [one for one in changes if not one.why_not]
    money = _renewals.shows_money(desk)
    context = {
        "action": action,
        "what": dict(actions())[action],
        "doable": doable,
        "refused": [one for one in changes if one.why_not],
        "more": MAX_LIMIT if more else 0,
        "wanted": wanted,
        "back_url": back_url,
        "with_customer": desk.customer is None,
        "sums": _compared(desk, doable, action) if money else [],
        "tabs": tabs(desk, "renewals"),
        "list_url": link(desk, "renewals"),
    }
    return desk.render("console/renewals/bulk.html", context)


def _chosen(desk: Desk) -> list[RenewalView]:
    """The renewals that were ticked; those out of reach are left out."""
    ids = []
    for text in desk.request.POST.getlist("pick")[:MAX_LIMIT]:
        try:
            ids.append(read("ren", text))
        except ValueError:
            continue
    if not ids:
        return []
    found = renewals.find_renewals(actor=desk.actor, ids=ids, on=desk.today)
    return [one for one in found if desk.customer is None or one.customer_id == desk.customer.id]


def _planned(desk: Desk, view: RenewalView, action: str) -> Change:
    row = _renewals.row(desk, view)
    why_not = _obstacle(desk, view, action)
    seats = view.seats_assigned if action == "used" else 0
    key = f"{show('sub', view.subscription_id)}.{seats}"
    return Change(row, _before(view, action), _after(view, action), why_not, key)


def _obstacle(desk: Desk, view: RenewalView, action: str) -> str:
    """Why a renewal cannot be changed like that, as a sentence; empty where it can."""
    if view.status != "upcoming":
        return _("This term is over already: its renewal is settled on its own page.")
    if desk.actor.scope != "operator" and view.payer_id != desk.organization.id:
        return _("Somebody else pays for it, and only who pays decides about the renewal.")
    if _renewals.is_locked(desk, view):
        return _("It is too close to the end of the term to be changed.")
    if action == "used" and not view.seats_assigned:
        return _("Nobody has a seat of it. It can only be left to end.")
    return _unchanged(view, action)


def _unchanged(view: RenewalView, action: str) -> str:
    same = {
        "stop": not view.auto_renew,
        "renew": view.auto_renew,
        "used": view.auto_renew and view.quantity == view.seats_assigned,
    }.get(action, view.payment_method == action)
    return _("Nothing changes: it is set like that already.") if same else ""


def _before(view: RenewalView, action: str) -> str:
    if action in _METHODS:
        return labels.payment_method(view.payment_method)
    return _ends_or_renews(view.auto_renew, view.quantity)


def _after(view: RenewalView, action: str) -> str:
    if action in _METHODS:
        return labels.payment_method(action)
    return _ends_or_renews(action != "stop", view.seats_assigned if action == "used" else view.quantity)


def _ends_or_renews(renews: bool, quantity: int) -> str:
    if not renews:
        return _("Ends")
    return _("Renews with %(seats)s") % {"seats": explanations.seats_text(quantity)}


def _compared(desk: Desk, doable: list[Change], action: str) -> list[tuple[Money, Money]]:
    """(before, after) of what the next terms cost without VAT, one pair a currency."""
    views = [one.row.view for one in doable]
    costs = centre.cost_if_renewed(
        actor=desk.actor, on=desk.today, subscription_ids=[one.subscription_id for one in views]
    )
    before, after = [], []
    for view in views:
        net = costs.get(view.subscription_id)
        if net is not None:
            nothing = Money(0, net.currency)
            before.append(net if view.auto_renew else nothing)
            after.append(_becomes(view, net, action))
    return list(zip(_renewals.sums(before), _renewals.sums(after), strict=True))


def _becomes(view: RenewalView, net: Money, action: str) -> Money:
    if action == "stop":
        return Money(0, net.currency)
    if action == "used" and view.quantity:
        # A charge is seats times an amount a seat that was rounded once: this division leaves no rest.
        return Money(net.amount // view.quantity * view.seats_assigned, net.currency)
    return net if view.auto_renew or action == "renew" else Money(0, net.currency)


def _confirmed(desk: Desk, action: str) -> HttpResponse:
    """Apply each once; refusals stop nobody else. The answer is kept under the form's key, for a second press."""
    given = desk.request.POST
    picks = given.getlist("pick")[:MAX_LIMIT]
    try:
        answer, _repeated = desk.once(lambda: (200, _apply(desk, action, picks)), patience=_PATIENCE)
    except DomainError as error:
        messages.error(desk.request, refusals.sentence(error))
        return HttpResponseRedirect(link(desk, "renewals"))
    context = {
        "what": dict(actions())[action],
        "done": [_shown(desk, one) for one in answer["done"]],
        "refused": [_shown(desk, one) for one in answer["refused"]],
        "with_customer": desk.customer is None,
        "back_url": Filter.of(given).address(link(desk, "renewals")),
        "tabs": tabs(desk, "renewals"),
    }
    return desk.render("console/renewals/bulk_done.html", context)


def _apply(desk: Desk, action: str, picks: list[str]) -> dict[str, list[dict[str, str]]]:
    answer: dict[str, list[dict[str, str]]] = {"done": [], "refused": []}
    for text in picks:
        found, why_not = _one(desk, action, text)
        if found is not None:
            line = {
                "id": str(found.id),
                "name": f"{found.product} {found.plan}",
                "customer_id": str(found.customer_id),
                "customer": found.customer_name,
                "why": why_not,
            }
            answer["refused" if why_not else "done"].append(line)
    return answer


def _one(desk: Desk, action: str, text: str) -> tuple[Subscription | None, str]:
    """Change one renewal: the subscription and no reason, or why not; nothing for what is out of reach."""
    sub, _dot, seats = text.partition(".")
    try:
        subscription_id, quantity = read("sub", sub), int(seats or 0)
        known = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    except (ValueError, NotFound):
        return None, ""
    if desk.customer is not None and known.customer_id != desk.customer.id:
        return None, ""
    try:
        with tx.attempt():
            return _command(action, quantity)(desk, subscription_id), ""
    except DomainError as error:
        return known, refusals.sentence(error)


def _command(action: str, quantity: int) -> Callable[[Desk, UUID], Subscription]:
    settings: dict[str, dict[str, Any]] = {
        "stop": {"auto_renew": False},
        "renew": {"auto_renew": True},
        "used": {"auto_renew": True, "renewal_quantity": quantity},
    }
    changed = settings.get(action, {"renewal_payment_method": action})
    return lambda desk, subscription_id: commands.set_renewal(
        actor=desk.actor, now=desk.now, subscription_id=subscription_id, **changed
    )


def _shown(desk: Desk, line: dict[str, str]) -> dict[str, str]:
    url = desk.url("on_subscription", customer_id=UUID(line["customer_id"]), subscription_id=UUID(line["id"]))
    return {**line, "url": url}
