"""What the next terms of many subscriptions cost their payers: a fixed number of statements for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from purveyor.catalog.book import PriceBook, read_book
from purveyor.catalog.pricing import price_line
from purveyor.catalog.types import Offer
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.parties.trade import gathers
from purveyor.parties.types import Organization, ResellerProfile, Seller
from purveyor.renewals.rules.outcome import Consent, Debtor, consent_needed, debtor
from purveyor.renewals.rules.price import keeps_running_price
from purveyor.subscriptions.types import Subscription
from purveyor.tax import queries as tax
from purveyor.tax.decision import TaxUndecided, compute_tax

_LAST_ANSWERS = """
SELECT DISTINCT ON (c.subscription_id, c.period_start) c.subscription_id, c.period_start, c.term_price, c.accepted
FROM renewals_priceconsent c JOIN unnest(%s::uuid[], %s::date[]) k (id, due)
  ON c.subscription_id = k.id AND c.period_start = k.due
ORDER BY c.subscription_id, c.period_start, c.answered_at DESC, c.id DESC"""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one renewal costs. Net and tax are None where no price holds, or no tax can be decided yet."""

    net: Money | None
    vat: Money | None
    net_running: Money | None
    consent: Consent


class Outlook:
    """The books, parties and answers that the prices of some subscriptions need."""

    def __init__(
        self, actor: Actor, on: date, found: Sequence[Subscription], offer_ids: Sequence[UUID] = ()
    ) -> None:
        self.book: PriceBook = read_book(
            offer_ids={*offer_ids} | {one.offer_id for one in found} | {one.renews_to for one in found},
            currencies={one.currency for one in found},
            reseller_ids={one.reseller_id for one in found},
            since=min([on, *(one.period_end for one in found if one.period_end)]),
        )
        self._on = on
        self._seller: Seller | None = parties.get_seller() if found else None
        ids = {one.customer_id for one in found} | {one.reseller_id for one in found}
        self._parties: dict[UUID, Organization] = {
            row.id: row for row in parties.list_organizations(actor=actor, ids=ids)
        }
        self._answers = _answers(found)
        self._resellers = {one.reseller_id for one in found}
        self._profiles: dict[UUID, ResellerProfile] | None = None

    def offer(self, found: Subscription) -> Offer:
        """The offer of the next term."""
        return self.book.offers[found.renews_to]

    def gathers(self, found: Subscription) -> bool:
        """Whether the renewal goes on account: its reseller pays by transfer, stands on the invoice, and gathers. One
        statement more, for all, where the first two are so."""
        owing = self._debtor(found)
        if (
            found.renewal_payment_method != "bank_transfer"
            or owing is None
            or owing.bill_to_id != found.reseller_id
        ):
            return False
        if self._profiles is None:
            profiles = parties.list_reseller_profiles(ids=self._resellers)
            self._profiles = {one.organization_id: one for one in profiles}
        profile = self._profiles.get(found.reseller_id)
        return profile is not None and gathers(
            profile=profile, payer_id=owing.payer_id, bill_to_id=owing.bill_to_id
        )

    def list_price(self, found: Subscription, due: date) -> Money | None:
        """One seat for the next term, before discount: the list of that day, once notice of a rise was given."""
        listed = self.book.price(found.renews_to, found.currency, due, today=self._on)
        if listed is None:
            return None
        same = found.renews_to == found.offer_id
        held = keeps_running_price(
            old=found.term_price.amount,
            new=listed.amount.amount,
            same_offer=same,
            valid_from=listed.valid_from,
            boundary=due,
            notice_days=self.book.offers[found.offer_id].terms.price_notice_days,
        )
        return found.term_price if held else listed.amount

    def amounts(self, found: Subscription, due: date) -> Amounts:
        """What the renewal of ``found`` on ``due`` costs its payer (rules.md b2), and whether it agreed."""
        price = self.list_price(found, due)
        offer = self.offer(found)
        by_reseller = found.payer_id == found.reseller_id
        discount = Decimal(0)
        if by_reseller:
            discount = self.book.discount(found.reseller_id, offer.id, due)
        seats = found.renews_with
        same = offer.id == found.offer_id
        running = _net(found.term_price, found.term_months, seats, discount) if same else None
        if price is None:
            return Amounts(None, None, running, "not_needed")
        net = _net(price, offer.term_months, seats, discount)
        return Amounts(net, self._vat(found, net, due), running, self._consent(found, offer, price, due))

    def _consent(self, found: Subscription, offer: Offer, price: Money, due: date) -> Consent:
        if not consent_needed(
            old=found.term_price.amount,
            new=price.amount,
            percent=offer.terms.price_consent_percent,
            same_offer=offer.id == found.offer_id,
        ):
            return "not_needed"
        answer = self._answers.get((found.id, due))
        if answer is None:
            return "missing"
        answered, accepted = answer
        if accepted:
            return "accepted" if answered >= price.amount else "missing"
        return "refused" if answered <= price.amount else "missing"

    def _vat(self, found: Subscription, net: Money, due: date) -> Money | None:
        owing = self._debtor(found)
        bill_to = None if owing is None else self._parties.get(owing.bill_to_id)
        if bill_to is None or self._seller is None:
            return None
        try:
            decision = tax.decide_for(seller=self._seller, bill_to=bill_to, on=due)
        except TaxUndecided:
            return None
        return compute_tax(net, decision).amount

    def _debtor(self, found: Subscription) -> Debtor | None:
        customer = self._parties.get(found.customer_id)
        if customer is None:
            return None
        return debtor(
            payer_id=found.payer_id,
            customer_id=found.customer_id,
            reseller_id=found.reseller_id,
            bill_to=customer.bill_to,
        )


def _net(price: Money, months: int, quantity: int, discount: Decimal) -> Money:
    line = price_line(
        term_price=price, term_months=months, months=months, quantity=quantity, discount_percent=discount
    )
    return line.net


def _answers(found: Iterable[Subscription]) -> dict[tuple[UUID, date], tuple[int, bool]]:
    keys = [(one.id, one.period_end) for one in found if one.period_end is not None]
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_ANSWERS, [[key[0] for key in keys], [key[1] for key in keys]])
        return {(row[0], row[1]): (row[2], row[3]) for row in cursor.fetchall()}
