"""Orders: what was bought, how to pay it, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.interfaces.console import prices
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.pages._card import Panel, panel
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Line, Tab
from purveyor.interfaces.texts import formats, labels
from purveyor.parties import queries as parties
from purveyor.payments import queries as payments
from purveyor.sales import commands as sales_commands
from purveyor.sales import credit
from purveyor.sales import queries as sales
from purveyor.sales.types import OrderRow, OrderView
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

FILTERS = ("", "awaiting_payment", "on_hold", "completed", "cancelled")
RUNNING = frozenset({"active", "trial"})
CANCELLABLE = frozenset({"awaiting_payment", "on_hold"})


@dataclass(frozen=True, slots=True)
class Row:
    """One order in a list."""

    order: OrderRow
    customer: str
    colour: str
    customer_url: str
    url: str
    method: str


@page("documents")
def listing(desk: Desk) -> HttpResponse:
    """Orders for all customers, newest first."""
    return _listing(desk)


@page("documents", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """Orders of one customer, newest first."""
    return _listing(desk)


def _listing(desk: Desk) -> HttpResponse:
    status = desk.request.GET.get("status", "")
    customer_id = desk.customer.id if desk.customer is not None else None
    found = sales.list_orders(
        actor=desk.actor, customer_id=customer_id, status=status or None, cursor=cursor_of(desk.request)
    )
    names = (
        parties.names_of(actor=desk.actor, ids={one.customer_id for one in found.rows})
        if desk.customer is None
        else {desk.customer.id: desk.customer.name}
    )
    context = {
        "rows": [_row(desk, one, names) for one in found.rows],
        "status": status,
        "tabs": [_tab(desk, code, status) for code in FILTERS],
        "with_customer": desk.customer is None,
        "pager": pager(desk.request, found.next_cursor),
    }
    return desk.render("console/orders/listing.html", context)


def _tab(desk: Desk, code: str, active: str) -> Tab:
    query = f"?status={code}" if code else ""
    return Tab(labels.status(code) if code else _("All"), f"{desk.request.path}{query}", code == active)


def _row(desk: Desk, order: OrderRow, names: dict[UUID, str]) -> Row:
    name = "on_order" if desk.customer is not None else "order"
    return Row(
        order,
        _("Several customers") if order.is_for_many else names.get(order.customer_id, ""),
        tint_of(order.customer_id),
        _customer_url(desk, order),
        desk.url(name, order_id=order.id),
        labels.payment_method(order.payment_method),
    )


@page("documents")
def detail(desk: Desk, order_id: UUID) -> HttpResponse:
    """One order: what it holds, how to pay it."""
    return _detail(desk, order_id, desk.url("orders"))


@page("documents", customer=True)
def customer_detail(desk: Desk, order_id: UUID) -> HttpResponse:
    """The same, where one acts on the customer."""
    return _detail(desk, order_id, desk.url("on_orders"))


def _detail(desk: Desk, order_id: UUID, back_url: str) -> HttpResponse:
    order = sales.get_order(actor=desk.actor, order_id=order_id)
    bought = list(subscriptions.find_subscriptions(actor=desk.actor, ids=order.subscriptions).values())
    names = _names(desk, {order.customer_id, order.payer_id, order.bill_to_id})
    context = {
        "order": order,
        "lines": _lines(desk, order, bought),
        "pays_renewals": order.kind == "renewals",
        "number": order_number(order),
        "method": labels.payment_method(order.payment_method),
        "payer": names.get(order.payer_id, ""),
        "bill_to": names.get(order.bill_to_id, ""),
        "customer_name": _("Several customers") if order.is_for_many else names.get(order.customer_id, ""),
        "customer_colour": tint_of(order.customer_id),
        "customer_url": _customer_url(desk, order),
        "hold": _hold(desk, order),
        "card_panel": _card_panel(desk, order),
        "on_account": _on_account(desk, order),
        "reference": grouped(order.payment.reference) if order.payment else "",
        "iban": grouped(order.payment.iban) if order.payment else "",
        "seller": parties.get_seller() if order.payment else None,
        "bought": [(_name_of(order, one), _url_of(desk, one)) for one in bought],
        "assign_url": "" if order.kind == "renewals" else _assign_url(desk, bought),
        "back_url": back_url,
        "cancel_url": desk.url("order_cancel", order_id=order.id)
        if order.status in CANCELLABLE and desk.may("buy")
        else "",
    }
    return desk.render("console/orders/detail.html", context)


def _lines(desk: Desk, order: OrderView, bought: list[Subscription]) -> Sequence[Line]:
    """How its price came about."""
    if order.quote_id is None:
        return prices.lines_of_renewals(order, {one.id: _name_of(order, one) for one in bought})
    # An order is its quote at exactly its price, so the quote tells how the price came about.
    return prices.price_of(sales.get_quote(actor=desk.actor, now=desk.now, quote_id=order.quote_id)).lines


def _name_of(order: OrderView, found: Subscription) -> str:
    """A subscription by its name, and by its customer's where the order is for several."""
    name = f"{found.product} {found.plan}"
    if order.is_for_many:
        return _("%(subscription)s of %(customer)s") % {"subscription": name, "customer": found.customer_name}
    return name


def _customer_url(desk: Desk, order: OrderView | OrderRow) -> str:
    """Where one acts on the order's customer; nowhere when it is for several."""
    return "" if order.is_for_many else desk.url("on_overview", customer_id=order.customer_id)


def url_of_order(desk: Desk, order: OrderView | OrderRow) -> str:
    """The page of an order where its customer is acted on; the own page when it is for several."""
    if order.is_for_many:
        return desk.url("order", order_id=order.id)
    return desk.url("on_order", customer_id=order.customer_id, order_id=order.id)


def grouped(text: str) -> str:
    """A reference or IBAN as people copy it by hand: in groups of four."""
    plain = text.replace(" ", "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def order_number(order: OrderView | OrderRow) -> str:
    """What people call the order: its newest document's number, else its date."""
    if isinstance(order, OrderView):
        document = order.pro_forma if order.on_account else order.invoice or order.pro_forma
        if document is not None:
            return document.number
    return ""


def _card_panel(desk: Desk, order: OrderView) -> Panel | None:
    if order.payable_id is None or (order.status != "awaiting_payment" and order.payment_method != "card"):
        return None
    return panel(desk, payments.get_payable(actor=desk.actor, payable_id=order.payable_id))


def _names(desk: Desk, ids: set[UUID]) -> dict[UUID, str]:
    names = parties.names_of(actor=desk.actor, ids=ids)
    return {desk.organization.id: desk.organization.name, **names}


def _beyond(desk: Desk, order: OrderView) -> str:
    """That it waits for room in the credit limit, with the numbers."""
    found = credit.get_credit(actor=desk.actor, reseller_id=order.reseller_id, currency=order.gross.currency)
    if found.limit is None:
        return _("It waited for room in the credit limit, and goes on now.")
    return _(
        "%(owed)s is owed already, the credit limit is %(limit)s, and this order is %(gross)s. It goes on by itself"
        " when invoices are paid or the limit is raised."
    ) % {
        "owed": formats.money_text(found.owed),
        "limit": formats.money_text(found.limit),
        "gross": formats.money_text(order.gross),
    }


def _hold(desk: Desk, order: OrderView) -> str:
    """Why a person must decide."""
    if order.status != "on_hold":
        return ""
    if order.hold_reason == credit.HELD:
        return _beyond(desk, order)
    if order.hold_reason == "period_ended":
        return _("The term was over before the money arrived, so the seats could not be added.")
    if order.hold_reason == "vat_changed":
        return _(
            "It was promised without VAT, and by what is known of the buyer now VAT is owed. Check its VAT number."
        )
    return _("It could not be carried out as promised when the money arrived.")


def _on_account(desk: Desk, order: OrderView) -> str:
    """How it is billed, where that is not by a document of its own."""
    if not order.on_account:
        return ""
    if order.invoice is not None:
        return _("It was billed with the gathered invoice %(number)s.") % {"number": order.invoice.number}
    day = billing.billed_on(actor=desk.actor, reseller_id=order.reseller_id, order_id=order.id)
    if day is None:
        return _("Its seats were taken back before they were billed, so it costs nothing.")
    return _("It is on account: the gathered invoice of %(day)s bills it.") % {"day": formats.day_text(day)}


def _url_of(desk: Desk, found: Subscription) -> str:
    return desk.url("on_subscription", customer_id=found.customer_id, subscription_id=found.id)


def _assign_url(desk: Desk, bought: list[Subscription]) -> str:
    """What to do next: give the seats to people."""
    free = (one for one in bought if one.status.value in RUNNING and one.seats_free)
    first = next(free, None)
    if first is None or not desk.may("assign"):
        return ""
    return desk.url("on_assign", customer_id=first.customer_id, subscription_id=first.id)


@page("buy")
def cancel(desk: Desk, order_id: UUID) -> HttpResponse:
    """Cancel an order that waits, after saying what happens to money that arrived."""
    order = sales.get_order(actor=desk.actor, order_id=order_id)
    back = url_of_order(desk, order)

    def act() -> str:
        sales_commands.cancel_order(actor=desk.actor, now=desk.now, order_id=order_id)
        return back

    if desk.posted:
        done = desk.submit(None, act, said=_("The order is cancelled."))
        if done:
            return done
        return HttpResponseRedirect(back)
    if order.status not in CANCELLABLE:
        return HttpResponseRedirect(back)
    context = {"order": order, "number": order_number(order), "back_url": back, "danger": True}
    return desk.render("console/orders/cancel.html", context)
