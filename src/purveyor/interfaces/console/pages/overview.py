"""What needs a hand, what a customer has, what I have, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.pages._activity import activity_page
from purveyor.interfaces.console.pages.orders import url_of_order
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.texts import numbers
from purveyor.interfaces.texts.explanations import seats_text
from purveyor.ledger import queries as ledger
from purveyor.ledger.types import Balance
from purveyor.parties import commands as parties_commands
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import funds
from purveyor.payments.types_funds import FundSettings
from purveyor.sales import queries as sales
from purveyor.sales.types import OrderRow
from purveyor.seats import queries as seats
from purveyor.seats.types import Invitation
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription
from purveyor.tax.queries import find_number_check

ENDING_DAYS = 30
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Whose:
    """The customer beside a row of a list over all customers."""

    name: str
    colour: str
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits, and whose it is."""

    order: OrderRow
    whose: Whose
    url: str


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that nobody accepted yet."""

    invitation: Invitation
    whose: Whose
    url: str


@dataclass(frozen=True, slots=True)
class Term:
    """A subscription in a list, and whose it is."""

    subscription: Subscription
    whose: Whose
    url: str
    seats: str


@page("view", or_own=True)
def today(desk: Desk) -> HttpResponse:
    """What needs a hand today; for a member, what it has and until when."""
    if not desk.may("view"):
        held = seats.my_seats(actor=desk.actor)
        return desk.render("console/overview/mine.html", {"seats": held})
    context = _needed(desk)
    if desk.actor.scope == "customer":
        context |= {"mine": seats.my_seats(actor=desk.actor)} | _subscriptions(desk, desk.organization.id)
        return desk.render("console/overview/today_customer.html", context)
    context |= {
        "customers": parties.count_customers(actor=desk.actor),
        "recent": [_recent(desk, one) for one in parties.list_recent_customers(actor=desk.actor)],
    }
    return desk.render("console/overview/today.html", context)


@page("view", customer=True)
def customer(desk: Desk) -> HttpResponse:
    """One customer: its subscriptions, what waits, what comes next."""
    assert desk.customer is not None  # the page names one
    known = desk.customer
    if desk.actor.scope != "customer" and known.reseller_id is not None:
        parties_commands.note_recent_customer(
            actor=desk.actor, now=desk.now, customer_id=known.id, reseller_id=known.reseller_id
        )
    seat_count = subscriptions.count_seats(actor=desk.actor, customer_id=known.id)
    context = _needed(desk) | _subscriptions(desk, known.id) | {"seats": seat_count}
    check = find_number_check(actor=desk.actor, organization=known) if known.vat_number else None
    context |= {"number_state": numbers.state(known, check), "number_notice": numbers.notice(known)}
    return desk.render("console/overview/customer.html", context)


def _needed(desk: Desk) -> dict[str, object]:
    """The figures of the landing page and the first rows behind each."""
    actor = desk.actor
    money = desk.may("documents")
    until = desk.today + timedelta(days=ENDING_DAYS)
    orders = sales.list_waiting_for_money(actor=actor, limit=SHOWN).rows if money else ()
    invited = seats.list_pending_invitations(actor=actor, limit=SHOWN)
    names = _names(desk, {o.customer_id for o in orders} | {i.customer_id for i in invited if i.customer_id})
    free = subscriptions.list_free_seats(actor=actor, limit=SHOWN)
    return {
        "todo": sales.todo(actor=actor, now=desk.now),
        "money": money,
        "waiting": [_waiting(desk, one, names) for one in orders],
        "invited": [_invited(desk, one, names) for one in invited],
        "ending": [_term(desk, s) for s in subscriptions.list_ending(actor=actor, until=until, limit=SHOWN)],
        "free": [_term(desk, one) for one in free],
        "balances": _balances(desk),
        "low": _low(desk),
        "ends_url": f"{desk.url('subscriptions')}?{urlencode({'sort': 'ends', 'status': 'active'})}",
        "on_ends_url": _on_ends_url(desk),
    }


def _subscriptions(desk: Desk, customer_id: UUID) -> dict[str, object]:
    """The newest subscriptions of one customer."""
    listed = subscriptions.list_subscriptions(actor=desk.actor, customer_id=customer_id, limit=SHOWN)
    return {
        "subscriptions": [_term(desk, one) for one in listed.rows],
        "more_subscriptions": listed.next_cursor is not None,
    }


def _on_ends_url(desk: Desk) -> str:
    if desk.customer is None:
        return ""
    return f"{desk.url('on_subscriptions')}?{urlencode({'sort': 'ends'})}"


def _balances(desk: Desk) -> list[Balance]:
    """The own prepaid balance, where the actor spends one."""
    if desk.actor.scope == "operator" or not desk.may("documents") or desk.actor.acting_on is not None:
        return []
    return ledger.get_balance(actor=desk.actor, party_id=desk.organization.id)


def _low(desk: Desk) -> list[FundSettings]:
    """The own balances that are below what their owner set, where the actor spends them."""
    if desk.actor.scope == "operator" or not desk.may("documents") or desk.actor.acting_on is not None:
        return []
    return funds.list_low(actor=desk.actor)


def _names(desk: Desk, ids: set[UUID]) -> dict[UUID, str]:
    if desk.customer is not None:
        return {desk.customer.id: desk.customer.name}
    return parties.names_of(actor=desk.actor, ids=ids)


def _whose(desk: Desk, customer_id: UUID, name: str) -> Whose:
    return Whose(name, tint_of(customer_id), desk.url("on_overview", customer_id=customer_id))


def _recent(desk: Desk, known: Organization) -> Whose:
    return _whose(desk, known.id, known.name)


def _waiting(desk: Desk, order: OrderRow, names: dict[UUID, str]) -> Waiting:
    url = url_of_order(desk, order)
    if order.is_for_many:
        return Waiting(order, Whose(_("Several customers"), tint_of(order.customer_id), ""), url)
    return Waiting(order, _whose(desk, order.customer_id, names.get(order.customer_id, "")), url)


def _invited(desk: Desk, found: Invitation, names: dict[UUID, str]) -> Invited:
    assert found.customer_id is not None  # a member's, by the query
    assert found.member_id is not None  # as above
    url = desk.url("on_member", customer_id=found.customer_id, member_id=found.member_id)
    return Invited(found, _whose(desk, found.customer_id, names.get(found.customer_id, "")), url)


def _term(desk: Desk, found: Subscription) -> Term:
    url = desk.url("on_subscription", customer_id=found.customer_id, subscription_id=found.id)
    return Term(found, _whose(desk, found.customer_id, found.customer_name), url, seats_text(found.quantity))


@page("view")
def activity(desk: Desk) -> HttpResponse:
    """What happened in the own house, by kind, person and date."""
    return activity_page(
        desk, _("Who did what, for whom and when, in your organization and for your customers.")
    )


@page("view", customer=True)
def customer_activity(desk: Desk) -> HttpResponse:
    """What happened with one customer."""
    return activity_page(desk, _("Who did what and when. Nothing here can be changed or removed."))
