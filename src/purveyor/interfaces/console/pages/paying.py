"""Who pays for what, from what: the balance in its order, a customer that may pay for itself, and its taking over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.pages import _renewals
from purveyor.interfaces.console.pages._renewals import Row
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.texts import formats
from purveyor.kernel.money import Money
from purveyor.kernel.paging import MAX_LIMIT
from purveyor.ledger import queries as ledger
from purveyor.parties import commands
from purveyor.renewals import commands as renewal_commands
from purveyor.renewals import queries as renewals
from purveyor.renewals.types import RenewalView
from purveyor.subscriptions import queries as subscriptions

AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """One renewal that the balance pays, in its turn; ``left`` is what remains after it, None where it is too much."""

    row: Row
    gross: Money
    left: Money | None


@page("documents")
def balance_use(desk: Desk) -> HttpResponse:
    """Which renewals the own balance pays, in which order, and what the next thirty days take from it."""
    if desk.actor.scope == "operator":
        return desk.redirect("balances")
    coming = renewals.list_renewals(
        actor=desk.actor,
        on=desk.today,
        status="upcoming",
        since=desk.today,
        until=desk.today + AHEAD,
        limit=MAX_LIMIT,
    )
    found = renewals.list_renewals(
        actor=desk.actor,
        on=desk.today,
        status="upcoming",
        q=desk.request.GET.get("q", "").strip()[:100],
        cursor=cursor_of(desk.request),
    )
    held = ledger.get_balance(actor=desk.actor, party_id=desk.organization.id)
    available = {one.available.currency: one.available for one in held}
    taken = _taken(desk, [one for one in coming.rows if _from_balance(desk, one)], available)
    context = {
        "taken": taken,
        "too_little": any(one.left is None for one in taken),
        "sums": formats.list_text(
            [formats.money_text(one) for one in _renewals.sums([one.gross for one in taken])]
        ),
        "available": formats.list_text([formats.money_text(one) for one in available.values()]),
        "rows": [_renewals.row(desk, one) for one in found.rows if _own(desk, one)],
        "filtered": bool(desk.request.GET.get("q")),
        "more": coming.next_cursor is not None,
        "may_switch": desk.may("buy"),
        "bulk_url": _renewals.link(desk, "renewals_bulk"),
        "pager": pager(desk.request, found.next_cursor),
    }
    return desk.render("console/dunning/balance_use.html", context)


def _own(desk: Desk, view: RenewalView) -> bool:
    return view.payer_id == desk.organization.id and view.kind != "ends"


def _from_balance(desk: Desk, view: RenewalView) -> bool:
    return _own(desk, view) and view.payment_method == "balance" and view.gross is not None


def _taken(desk: Desk, views: list[RenewalView], available: dict[str, Money]) -> list[Taken]:
    """In the order in which it happens: the day, then the subscription's id. What is too dear is left out."""
    left = dict(available)
    found = []
    for view in views:
        assert view.gross is not None  # asked for by the caller
        before = left.get(view.gross.currency, Money(0, view.gross.currency))
        after = before - view.gross if before >= view.gross else None
        if after is not None:
            left[view.gross.currency] = after
        found.append(Taken(_renewals.row(desk, view), view.gross, after))
    return found


@page("settings", customer=True)
def may_pay_itself(desk: Desk) -> HttpResponse:
    """Whether this customer may pay for itself what its reseller leaves unpaid."""
    assert desk.customer is not None  # the page names one
    known = desk.customer
    if desk.actor.scope == "customer":
        return desk.redirect("on_business")

    def act() -> str:
        commands.set_may_pay_itself(
            actor=desk.actor,
            now=desk.now,
            customer_id=known.id,
            allowed=desk.request.POST.get("allow") == "1",
        )
        return desk.url("on_business")

    if desk.posted:
        done = desk.submit(None, act, said=_("Saved."))
        return done or desk.redirect("on_business")
    context = {"allow": not known.may_pay_itself, "back_url": desk.url("on_business")}
    return desk.render("console/dunning/may_pay_itself.html", context)


@page("buy", customer=True)
def take_over(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """The customer pays for a renewal that its reseller leaves unpaid, after it has seen what that means."""
    found = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    if desk.actor.scope != "customer":
        return desk.redirect("on_subscription", subscription_id=found.id)

    def act() -> str:
        renewal_commands.take_over(actor=desk.actor, now=desk.now, subscription_id=found.id)
        return desk.url("on_renewals_pending")

    if desk.posted:
        done = desk.submit(None, act, said=_("It is yours to pay now."))
        return done or desk.redirect("on_subscription", subscription_id=found.id)
    if renewals.find_waiting_of_reseller(actor=desk.actor, subscription_id=found.id) is None:
        return desk.redirect("on_subscription", subscription_id=found.id)
    context = {"subscription": found, "back_url": desk.url("on_subscription", subscription_id=found.id)}
    return desk.render("console/dunning/take_over.html", context)
