"""What is scheduled for the end of a term, in words, and the offers that the next term may be of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.catalog import queries as catalog
from purveyor.catalog.types import OfferView
from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.texts import explanations, formats
from purveyor.kernel.ids import show
from purveyor.subscriptions.types import Subscription


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that will be different, as a sentence."""

    text: str


def changes(found: Subscription) -> tuple[Change, ...]:
    """What will be different after the term, each a sentence; empty where nothing is scheduled."""
    planned = found.scheduled
    if planned is None:
        return ()
    if planned.ends:
        return (Change(_("It ends, and does not renew.")),)
    said: list[Change] = []
    if planned.quantity_to is not None and planned.quantity_from is not None:
        said.append(Change(_seats(planned.quantity_from, planned.quantity_to)))
    if planned.offer_to is not None:
        said.append(Change(_offer(found)))
    if planned.leaving:
        said.append(Change(_leaving(planned.leaving)))
    return tuple(said)


def _seats(old: int, new: int) -> str:
    return ngettext("%(new)s seat instead of %(old)s.", "%(new)s seats instead of %(old)s.", new) % {
        "new": formats.number_text(new),
        "old": formats.number_text(old),
    }


def _leaving(count: int) -> str:
    return ngettext(
        "%(count)s member leaves, and has the seat until then.",
        "%(count)s members leave, and have their seats until then.",
        count,
    ) % {"count": formats.number_text(count)}


def _offer(found: Subscription) -> str:
    offer = catalog.get_offer(offer_ref=found.renews_to)
    return _("%(plan)s for %(term)s instead of %(old_plan)s for %(old_term)s.") % {
        "plan": offer.plan,
        "term": explanations.months_text(offer.term_months),
        "old_plan": found.plan,
        "old_term": explanations.months_text(found.term_months),
    }


def next_offers(desk: Desk, found: Subscription) -> list[tuple[str, str]]:
    """What the next term may be of, as choices with the price of a seat at today's list; "" stays as it is."""
    product = catalog.get_offer(offer_ref=found.offer_id).product_id
    sold = catalog.list_offers(
        actor=desk.actor, on=desk.today, customer=desk.customer, currency=found.currency
    )
    same = [one for one in sold if one.product_id == product]
    kinds = Counter((one.plan, one.term_months) for one in same)
    priced = {one.id: _priced(found, one, kinds[one.plan, one.term_months] > 1) for one in same}
    stays = priced.get(found.offer_id) or _("%(plan)s, %(term)s") % {
        "plan": found.plan,
        "term": explanations.months_text(found.term_months),
    }
    others = [(show("off", one.id), priced[one.id]) for one in same if one.id != found.offer_id]
    return [("", _("As it is: %(offer)s") % {"offer": stays}), *others]


def _priced(found: Subscription, one: OfferView, with_code: bool) -> str:
    # A customer that pays itself pays the list price, whoever looks.
    price = one.list_price if found.payer_id == found.customer_id else one.your_price
    told = {
        "plan": one.plan,
        "term": explanations.months_text(one.term_months),
        "price": formats.money_text(price),
        "code": one.code,
    }
    if with_code:
        # Two offers of one plan and term differ in their terms: the code tells them apart.
        return _("%(plan)s, %(term)s (%(code)s): %(price)s") % told
    return _("%(plan)s, %(term)s: %(price)s") % told
