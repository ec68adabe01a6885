"""Mails about several renewals that one transfer is to pay: when it is ordered, and when its money is there."""

from __future__ import annotations

from purveyor.infra.clock import business_date
from purveyor.infra.registry import Announced, Handler
from purveyor.interfaces.mail import letters_renewals as letters
from purveyor.interfaces.mail import sending
from purveyor.kernel.actor import system_actor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.renewals import centre
from purveyor.renewals import queries as renewals
from purveyor.renewals.types import RenewalView
from purveyor.sales import queries as sales
from purveyor.sales.types import OrderView


def on_placed(event: Announced) -> None:
    """To the payer, while the transfer is still to come: the sum, the reference, what it pays, until when."""
    order = _order(event)
    payment = order.payment
    by_transfer = order.payment_method == "bank_transfer" and order.status == "awaiting_payment"
    if order.kind != "renewals" or not by_transfer or payment is None:
        return
    rows = _renewals(event, order)
    payer, seller = _payer(order), parties.get_seller().organization.name
    amounts = centre.still_open(actor=system_actor(), views=rows)
    sending.post(
        event,
        "transfer",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letters.ordered(payer, order, payment, rows, amounts, seller=seller, now=event.at),
    )


def on_completed(event: Announced) -> None:
    """To the payer: the transfer has come. What is paid from the balance is paid as one looks on."""
    order = _order(event)
    if order.kind != "renewals" or order.payment_method != "bank_transfer":
        return
    rows = [one for one in _renewals(event, order) if one.status == "paid"]
    payer = _payer(order)
    sending.post(
        event,
        "paid",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letters.paid(payer, order, rows, all_of_it=len(rows) == len(order.lines)),
    )


def _order(event: Announced) -> OrderView:
    return sales.get_order(actor=system_actor(), order_id=event.subject_id)


def _payer(order: OrderView) -> Organization:
    return parties.get_organization(actor=system_actor(), organization_id=order.payer_id)


def _renewals(event: Announced, order: OrderView) -> list[RenewalView]:
    return renewals.list_of_order(actor=system_actor(), order_id=order.id, on=business_date(event.at))


# (event, stable name of the delivery, handler), for config/wiring.py.
LISTENERS: tuple[tuple[str, str, Handler], ...] = (
    ("order.placed", "mail.renewals_ordered", on_placed),
    ("order.completed", "mail.renewals_paid", on_completed),
)
