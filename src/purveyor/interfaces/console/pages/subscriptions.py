"""Subscriptions: all of them, those of a customer, one with its seats, and its renewal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast, get_args
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.selling import RenewalForm
from purveyor.interfaces.console.pages._card import renewal_way
from purveyor.interfaces.console.pages._scheduled import changes, next_offers
from purveyor.interfaces.console.pages.subscription_life import leavers_url, step_links
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.texts import explanations, formats, labels, life, refusals
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.kernel.ids import show
from purveyor.parties import queries as parties
from purveyor.renewals import queries as renewals
from purveyor.seats import queries as seats
from purveyor.subscriptions import commands
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.errors import SubscriptionNotActive
from purveyor.subscriptions.types import Sort, Subscription

STATUSES = ("active", "trial", "suspended", "awaiting_payment", "ended", "cancelled")
RUNNING = frozenset({"active", "trial"})
SORTS = get_args(Sort)


@dataclass(frozen=True, slots=True)
class Row:
    """One subscription in a list."""

    name: str
    url: str
    customer: str
    colour: str
    customer_url: str
    status: str
    running: bool
    renews: bool
    quantity: int
    assigned: int
    seats: str
    term: str
    period_end: date | None


@page("view", scopes=("operator", "reseller"))
def listing(desk: Desk) -> HttpResponse:
    """Subscriptions of all customers."""
    return _listing(desk)


@page("view", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """Subscriptions of one customer."""
    return _listing(desk)


def _listing(desk: Desk) -> HttpResponse:
    given = desk.request.GET
    q, status, sort = given.get("q", "").strip(), given.get("status", ""), given.get("sort", "newest")
    found = subscriptions.list_subscriptions(
        actor=desk.actor,
        customer_id=desk.customer.id if desk.customer is not None else None,
        status=status or None,
        q=q,
        sort=cast(Sort, sort),  # an unknown one is refused there
        cursor=cursor_of(desk.request),
    )
    context = {
        "rows": [_row(desk, one) for one in found.rows],
        "q": q,
        "status": status,
        "sort": sort,
        "filtered": bool(q or status),
        "statuses": [("", _("All states")), *((code, labels.status(code)) for code in STATUSES)],
        "sorts": _sorts(desk),
        "with_customer": desk.customer is None,
        "pager": pager(desk.request, found.next_cursor),
    }
    return desk.render("console/subscriptions/listing.html", context)


def _sorts(desk: Desk) -> list[tuple[str, str]]:
    listed = [("newest", _("Newest first")), ("ends", _("Next to end first"))]
    return listed if desk.customer is not None else [*listed, ("customer", _("By customer"))]


def _row(desk: Desk, found: Subscription) -> Row:
    return Row(
        name=f"{found.product} {found.plan}",
        url=desk.url("on_subscription", customer_id=found.customer_id, subscription_id=found.id),
        customer=found.customer_name,
        colour=tint_of(found.customer_id),
        customer_url=desk.url("on_overview", customer_id=found.customer_id),
        status=found.status.value,
        running=found.status.value in RUNNING,
        renews=found.auto_renew,
        quantity=found.quantity,
        assigned=found.seats_assigned,
        seats=explanations.seats_text(found.quantity),
        term=explanations.months_text(found.term_months),
        period_end=found.period_end,
    )


@page("view", customer=True)
def detail(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """One subscription: its term, who has its seats, what can be done."""
    found = _found(desk, subscription_id)
    held = seats.list_assignments(actor=desk.actor, subscription_id=found.id, cursor=cursor_of(desk.request))
    running = found.status.value in RUNNING
    # None are left of one that waits for the money of its next term, and nothing can be added to it.
    days = max(0, (found.period_end - desk.today).days) if found.period_end else 0
    context = {
        "subscription": found,
        "running": running,
        "days": days,
        "term": explanations.months_text(found.term_months),
        "seats_text": explanations.seats_text(found.quantity),
        "held": held.rows,
        "pager": pager(desk.request, held.next_cursor),
        "terms": subscriptions.list_terms(actor=desk.actor, subscription_id=found.id),
        "payer": _payer(desk, found),
        "shows_price": desk.may("documents"),
        "may_renew": running and desk.may("buy") and _pays(desk, found),
        "may_top_up": running and days > 0 and desk.may("buy"),
        "may_take_back": running and desk.may("buy") and _added_on_account(desk, found),
        "may_assign": running and desk.may("assign"),
        "renewal_method": labels.payment_method(found.renewal_payment_method),
        "take_over_url": _take_over_url(desk, found),
        "why_over": life.reason(found.end_reason),
        "why_suspended": life.reason(found.suspend_reason),
        "steps": step_links(desk, found),
        **_renewal_card(desk, found, running),
    }
    return desk.render("console/subscriptions/detail.html", context)


def not_running(desk: Desk, found: Subscription) -> HttpResponse:
    """Back to the subscription, which says why nothing can be added or renewed now."""
    messages.error(desk.request, refusals.sentence(SubscriptionNotActive(status=found.status.value)))
    return desk.redirect("on_subscription", subscription_id=found.id)


def _found(desk: Desk, subscription_id: UUID) -> Subscription:
    found = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    if desk.customer is None or found.customer_id != desk.customer.id:
        raise NotFound(kind="subscription")
    return found


def _added_on_account(desk: Desk, found: Subscription) -> bool:
    """Whether seats added this month are not billed yet, and so can go back."""
    given = {"reseller_id": found.reseller_id, "subscription_id": found.id}
    return billing.seats_to_take_back(actor=desk.actor, **given) > 0


def _payer(desk: Desk, found: Subscription) -> str:
    """Who pays; a customer knows its reseller by the name of its help desk."""
    if found.payer_id == desk.organization.id:
        return desk.organization.name
    if desk.actor.scope == "customer":
        return parties.get_reseller_profile(reseller_id=found.reseller_id).name
    return parties.names_of(actor=desk.actor, ids={found.payer_id}).get(found.payer_id, "")


def _pays(desk: Desk, found: Subscription) -> bool:
    """Only who pays decides about the renewal (rules.md b2)."""
    return desk.actor.scope == "operator" or found.payer_id == desk.actor.organization_id


def _renewal_card(desk: Desk, found: Subscription, running: bool) -> dict[str, Any]:
    """What the card of the renewal shows: what comes, what it costs, what is scheduled, whether it can be changed."""
    if not running or found.period_end is None:
        return {}
    waits = desk.today >= found.period_end
    net, rises, asked = None, False, False
    if found.renewal_id is not None and found.auto_renew and desk.may("documents") and not waits:
        view = renewals.get_renewal(actor=desk.actor, renewal_id=found.renewal_id, on=desk.today)
        net, asked = view.net, view.needs_consent
        rises = net is not None and view.net_running is not None and net > view.net_running
    locked = found.locked_from is not None and desk.today >= found.locked_from
    return {
        "waits": waits,
        "renewal_net": net,
        "price_rises": rises,
        "price_asked": asked,
        "changes": changes(found),
        "locked": locked,
        "may_plan_leavers": desk.may("assign") and found.seats_assigned and found.auto_renew and not locked,
    }


@page("buy", customer=True)
def renewal(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """What happens at the end of the term: renew or not, with how many seats, paid how."""
    found = _found(desk, subscription_id)
    if found.status.value not in RUNNING and not desk.posted:
        return not_running(desk, found)
    if not _pays(desk, found):
        raise Forbidden(act="buy", role=desk.actor.role, reason="payer_decides")
    if found.locked_from is not None and desk.today >= found.locked_from and not desk.posted:
        return desk.render("console/subscriptions/locked.html", {"subscription": found, **_back(desk, found)})
    form = RenewalForm(
        desk.request.POST or None,
        initial={
            "auto_renew": found.auto_renew,
            "renewal_quantity": found.renewal_quantity,
            "renewal_offer": show("off", found.renewal_offer_id) if found.renewal_offer_id else "",
            "renewal_payment_method": found.renewal_payment_method,
        },
        methods=_methods(desk, found),
        offers=next_offers(desk, found),
    )
    choosing = "leave" in desk.request.POST

    def act() -> str:
        data = form.cleaned_data
        commands.set_renewal(
            actor=desk.actor,
            now=desk.now,
            subscription_id=found.id,
            auto_renew=data["auto_renew"],
            # So few seats only once it is said who leaves: the next page asks, and saves the number.
            renewal_quantity=commands.UNCHANGED if choosing else data["renewal_quantity"],
            renewal_offer=data["renewal_offer"] or None,
            renewal_payment_method=data["renewal_payment_method"],
        )
        if choosing:
            return leavers_url(desk, found, data["renewal_quantity"] or found.quantity)
        return desk.url("on_subscription", subscription_id=found.id)

    few = False
    if desk.posted and form.is_valid():
        wanted = form.cleaned_data["renewal_quantity"]
        few = wanted is not None and wanted < found.seats_assigned - found.seats_leaving
        done = desk.submit(form, act, said="" if choosing else _("The renewal settings are saved."))
        if done:
            return done
    context = {
        "form": form,
        "subscription": found,
        "few": few and desk.may("assign"),
        **_back(desk, found),
        "help": _(
            "Empty: as many as there are then, now %(count)s. For fewer than are assigned, now %(least)s, you choose"
            " who leaves."
        )
        % {
            "count": formats.number_text(found.quantity),
            "least": formats.number_text(found.seats_assigned - found.seats_leaving),
        },
    }
    return desk.render("console/subscriptions/renewal.html", context, status=422 if desk.posted else 200)


def _back(desk: Desk, found: Subscription) -> dict[str, str]:
    return {"back_url": desk.url("on_subscription", subscription_id=found.id)}


def _methods(desk: Desk, found: Subscription) -> list[tuple[str, str]]:
    return [
        ("bank_transfer", _("Bank transfer. An invoice comes when the next term begins.")),
        ("balance", _("Prepaid balance. An invoice by bank transfer comes when it is not enough.")),
        *renewal_way(desk, found.payer_id),
    ]


def _take_over_url(desk: Desk, found: Subscription) -> str:
    """Where the customer's administrator takes over a renewal that the reseller leaves unpaid, if it may."""
    waiting = renewals.find_waiting_of_reseller(actor=desk.actor, subscription_id=found.id)
    return desk.url("on_take_over", subscription_id=found.id) if waiting is not None else ""
