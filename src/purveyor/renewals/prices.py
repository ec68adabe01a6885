"""The list price of a subscription's next term, and whether its payer agreed: one answer for quotes, lists and runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from purveyor.catalog import queries as catalog
from purveyor.catalog.errors import OfferNotAvailable
from purveyor.catalog.types import Offer, PriceFound
from purveyor.kernel.money import Money
from purveyor.renewals.rules.outcome import Consent, consent_needed
from purveyor.renewals.rules.price import keeps_running_price
from purveyor.subscriptions.types import Subscription

_LAST_ANSWER = """
SELECT term_price, accepted FROM renewals_priceconsent
WHERE subscription_id = %s AND period_start = %s AND currency = %s
ORDER BY answered_at DESC, id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class NextPrice:
    """One seat for the whole next term, before discount. ``held`` says that a rise came without its notice, so
    that the running term's price holds once more."""

    amount: Money
    price_list: str
    held: bool = False


def next_price(*, subscription: Subscription, on: date, today: date | None = None) -> NextPrice | None:
    """What the next term costs that begins on ``on``; None where its offer is not sold or priced then.

    The list of that day counts, whatever is scheduled: the running offer, or another one. A rise of the same
    offer needs its ``price_notice_days``. ``today`` is for an outlook: where no list holds on ``on`` yet, the
    list of today is taken.
    """
    found = price_on(offer_id=subscription.renews_to, currency=subscription.currency, on=on, today=today)
    if found is None:
        return None
    same = subscription.renews_to == subscription.offer_id
    return price_after(running=subscription.term_price, price_list=subscription.price_list, found=found,
                       offer_id=subscription.offer_id, same_offer=same, on=on)  # fmt: skip


def price_on(*, offer_id: UUID, currency: str, on: date, today: date | None = None) -> PriceFound | None:
    """The list price on a day; for an outlook that of ``today`` where no list holds on ``on`` yet."""
    try:
        return catalog.price_for(offer_id=offer_id, currency=currency, on=on)
    except OfferNotAvailable as error:
        if today is None or error.facts["reason"] != "no_price":
            return None
    try:
        return catalog.price_for(offer_id=offer_id, currency=currency, on=today)
    except OfferNotAvailable:
        return None


def price_after(
    *, running: Money, price_list: str, found: PriceFound, offer_id: UUID, same_offer: bool, on: date
) -> NextPrice:
    """The price after a term at ``running``, when the list says ``found`` on the day it ends."""
    if same_offer and found.amount > running:
        terms = catalog.get_offer(offer_ref=offer_id).terms
        if keeps_running_price(
            old=running.amount, new=found.amount.amount, same_offer=True, valid_from=found.valid_from,
            boundary=on, notice_days=terms.price_notice_days,
        ):  # fmt: skip
            return NextPrice(running, price_list, held=True)
    return NextPrice(found.amount, found.price_list)


def consent_for(*, subscription: Subscription, offer: Offer, on: date, price: Money) -> Consent:
    """Whether the rise to ``price`` at the boundary ``on`` needs the payer's consent, and has it.

    ``offer`` is the next term's. Consent to a price covers a lower one; a refusal a higher one.
    """
    same = offer.id == subscription.offer_id
    percent = offer.terms.price_consent_percent
    if not consent_needed(
        old=subscription.term_price.amount, new=price.amount, percent=percent, same_offer=same
    ):
        return "not_needed"
    with connection.cursor() as cursor:
        cursor.execute(_LAST_ANSWER, (subscription.id, on, price.currency))
        row = cursor.fetchone()
    if row is None:
        return "missing"
    answered, accepted = row
    if accepted:
        return "accepted" if answered >= price.amount else "missing"
    return "refused" if answered <= price.amount else "missing"
