"""What the pages of buying share: the offers on their shelves, and the price while one chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.catalog.types import OfferView
from purveyor.interfaces.console import prices
from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.console.forms.selling import BuyForm
from purveyor.interfaces.texts import explanations, formats, refusals
from purveyor.kernel.errors import DomainError
from purveyor.payments import queries as payments
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

RUNNING = frozenset({"active", "trial"})
F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class Choice:
    """One offer to choose: a plan for a term."""

    offer: OfferView
    term: str
    note: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with its terms."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product with its plans."""

    vendor: str
    product: str
    plans: tuple[PlanRow, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The price of what is chosen now, or why there is none."""

    price: prices.Price | None
    refusal: str = ""


def steps() -> list[str]:
    """The way from the wish to the subscription."""
    return [_("Choose"), _("Price and payment"), _("Done")]


def shelves(offers: list[OfferView], chosen: str, *, trial: bool = False) -> list[Shelf]:
    """Offers by product, then by plan; they come in that order."""
    return [
        Shelf(
            vendor,
            product,
            tuple(
                PlanRow(plan, tuple(_choice(one, chosen, trial) for one in rows))
                for plan, rows in groupby(listed, key=lambda one: one.plan)
            ),
        )
        for (vendor, product), listed in groupby(offers, key=lambda one: (one.vendor, one.product))
    ]


def _choice(offer: OfferView, chosen: str, trial: bool) -> Choice:
    note = ""
    if trial:
        days = offer.terms.trial_days
        note = ngettext("%(count)s day free", "%(count)s days free", days) % {
            "count": formats.number_text(days)
        }
    elif offer.discount_percent:
        note = _("list price %(price)s") % {"price": formats.money_text(offer.list_price)}
    return Choice(offer, explanations.months_text(offer.term_months), note, chosen in _names(offer))


def _names(offer: OfferView) -> tuple[str, str]:
    return offer.code, offer.public_id


def want(form: BuyForm) -> LineWish:
    """What the form asks for; before anything was chosen, one seat of the first offer."""
    if form.is_bound:
        return LineWish("new", form.cleaned_data["quantity"], offer=form.cleaned_data["offer"])
    return LineWish("new", 1, offer=str(form["offer"].value() or ""))


def preview(desk: Desk, form: F, wish: Callable[[F], LineWish]) -> Preview:
    """The price as it would be promised now; nothing is written. Why not, where it cannot be."""
    assert desk.customer is not None  # the pages of buying name one
    if form.is_bound and not form.is_valid():
        first = next((str(text) for errors in form.errors.values() for text in errors), "")
        return Preview(None, first)
    try:
        seen = sales.preview_quote(
            actor=desk.actor, now=desk.now, customer_id=desk.customer.id, lines=[wish(form)]
        )
    except DomainError as error:
        return Preview(None, refusals.sentence(error))
    return Preview(prices.price_of(seen))


def running_of(desk: Desk, offer_code: str) -> Subscription | None:
    """The customer's running subscription to the same plan: free seats are offered first, then more of it."""
    assert desk.customer is not None  # the pages of buying name one
    listed = subscriptions.list_subscriptions(actor=desk.actor, customer_id=desk.customer.id, sort="ends")
    same = [one for one in listed.rows if one.status.value in RUNNING and one.offer_code == offer_code]
    return max(same, key=lambda one: one.seats_free, default=None)


def overdue_of(desk: Desk) -> int:
    """How many overdue invoices of whoever would pay here refuse it new orders: said before it begins to choose."""
    if desk.actor.scope == "operator":
        return 0
    return payments.count_blocking(actor=desk.actor, payer_id=desk.organization.id)
