"""Decides the subscriptions of one chunk, in memory, by the same pure functions as a quote and a single renewal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from purveyor.billing.held import breaks_norm
from purveyor.billing.types import Exchange, PartySnapshot
from purveyor.catalog.book import PriceBook, read_book
from purveyor.catalog.pricing import PricedLine, price_line
from purveyor.catalog.types import Offer
from purveyor.infra import tx
from purveyor.infra.bulk import NULL, Cursor, json_field
from purveyor.kernel.actor import system_actor
from purveyor.kernel.money import Money
from purveyor.kernel.period import Period
from purveyor.parties.bulk import read_trades
from purveyor.parties.trade import Trade, gathers
from purveyor.parties.types import Organization
from purveyor.renewals.prices import consent_for
from purveyor.renewals.rules.line import renewal_line
from purveyor.renewals.rules.outcome import Consent, Debtor, Outcome, consent_needed, debtor, decide
from purveyor.renewals.rules.price import keeps_running_price
from purveyor.subscriptions.commands import next_period
from purveyor.subscriptions.types import Status, Subscription
from purveyor.tax import queries as tax
from purveyor.tax.bulk import read_checks
from purveyor.tax.decision import TaxUndecided, compute_tax
from purveyor.tax.exchange import ExchangeRate, find_rate
from purveyor.tax.types import CheckFound

# No sum of one invoice comes near it; beyond it the database's own columns end.
_LARGEST = 2**62


class Priced(NamedTuple):
    """A next term with its price, tax and parties. JSON is escaped as COPY carries it."""

    trade: Trade
    owing: Debtor
    offer: Offer
    period: Period
    price: Money
    price_list: str
    line: PricedLine
    vat: Money
    taxes: str
    tax_decision: str
    buyer: str
    description: str
    explanation: str
    waits: bool
    # The document's ``Exchange``; NULL in the seller's own currency, and None where no rate is known.
    exchange: str | None


class Verdict(NamedTuple):
    """What becomes of one subscription. ``plain`` ones the run writes itself, the others ``renew_term`` does.

    ``undecided`` says that no tax can be decided: a person has to look.
    """

    subscription: Subscription
    outcome: Outcome | Literal["undecided", "nothing"]
    reason: str
    priced: Priced | None
    plain: bool


class Named:
    """A party that documents of a day name: its tax, the evidence for it, and how it stands there."""

    def __init__(self, facts: Facts, trade: Trade, party: Organization, on: date) -> None:
        decision = tax.decide_for(seller=trade.seller, bill_to=party, on=on)
        check: CheckFound | None = facts.checks.get(party.id)
        proven = tax.prove(seller=trade.seller, bill_to=party, decision=decision, check=check)
        self.decision = proven.decision
        # The invoice waits for an answer about the number: that is the single renewal's affair.
        self.waits = proven.waits
        self._parties = (trade.seller, party)
        self.record = json_field(proven.record)
        self.snapshot = snapshot(party)
        self._taxes: dict[Money, tuple[Money, str]] = {}

    def tax_of(self, net: Money) -> tuple[Money, str]:
        """The tax on that sum, and the document's list of taxes."""
        known = self._taxes.get(net)
        if known is None:
            line = compute_tax(net, self.decision)
            spelt = {
                "category": line.category,
                "rate_percent": str(line.rate_percent),
                "base": line.base.amount,
                "amount": line.amount.amount,
                "reason": line.reason.as_json(),
            }
            known = self._taxes[net] = (line.amount, json_field([spelt]))
            # What would break the norm is not issued: that is the single renewal's affair too.
            self.waits = self.waits or breaks_norm(*self._parties, line)
        return known


class Facts:
    """What the subscriptions of a chunk need to be decided: five statements, whatever their number."""

    def __init__(self, cursor: Cursor, found: Sequence[Subscription], today: date) -> None:
        self.today = today
        self.trades = read_trades(
            cursor,
            customer_ids={one.customer_id for one in found},
            reseller_ids={one.reseller_id for one in found},
        )
        self.checks = read_checks(cursor, _named(self.trades.values()))
        with tx.enter(system_actor()):
            self.book: PriceBook = read_book(
                offer_ids={one.offer_id for one in found} | {one.renews_to for one in found},
                currencies={one.currency for one in found},
                reseller_ids={one.reseller_id for one in found},
                since=min([today, *(one.period_end for one in found if one.period_end)]),
            )
        # Many subscriptions of a chunk are alike: what is the same is computed and spelt once.
        self.named: dict[tuple[UUID, date], Named] = {}
        self.lines: dict[tuple[Any, ...], tuple[PricedLine, str]] = {}
        self.descriptions: dict[tuple[Any, ...], tuple[Period, str]] = {}
        self.rates: dict[tuple[str, str], ExchangeRate | None] = {}

    def exchange(self, vat: Money, own: str) -> str | None:
        """The exchange of a document with this VAT, whose seller keeps its books in ``own``, issued today."""
        key = (vat.currency, own)
        if vat.currency == own:
            return NULL
        if key not in self.rates:
            with tx.enter(system_actor()):
                self.rates[key] = find_rate(currency=vat.currency, on=self.today, into=own)
        rate = self.rates[key]
        return None if rate is None else json_field(Exchange.of(rate, vat).as_json())

    def consent(self, found: Subscription, offer: Offer, on: date, price: Money) -> Consent:
        """The payer's answer to a rise, which few renewals need."""
        if not consent_needed(
            old=found.term_price.amount, new=price.amount, percent=offer.terms.price_consent_percent,
            same_offer=offer.id == found.offer_id,
        ):  # fmt: skip
            return "not_needed"
        with tx.enter(system_actor()):
            return consent_for(subscription=found, offer=offer, on=on, price=price)


def _named(trades: Any) -> list[Organization]:
    """Each party that a document may name, once."""
    found: dict[UUID, Organization] = {}
    for trade in trades:
        found[trade.customer.id] = trade.customer
        if trade.reseller is not None:
            found[trade.reseller.id] = trade.reseller
    return list(found.values())


def decide_one(found: Subscription, facts: Facts) -> Verdict:
    """What ``renew_term`` would do with this subscription on the day of ``facts``, and its price if it goes on."""
    if found.status not in (Status.ACTIVE, Status.TRIAL, Status.SUSPENDED) or found.period_end is None:
        return Verdict(found, "nothing", "", None, False)
    on = found.period_end
    if facts.today < on:
        return Verdict(found, "nothing", "", None, False)
    active = found.status is Status.ACTIVE and not found.seats_leaving
    price = _price(found, facts, on) if found.auto_renew else None
    offer = facts.book.offers.get(found.renews_to)
    consent: Consent = "not_needed"
    if offer is not None and price is not None:
        consent = facts.consent(found, offer, on, price[0])
    trade = facts.trades.get(found.customer_id)
    if trade is not None and trade.reseller_id != found.reseller_id:
        trade = None
    owing = None if trade is None else _debtor(found, trade)
    outcome, reason = decide(
        auto_renew=found.auto_renew,
        has_price=price is not None,
        is_trial=found.status is Status.TRIAL,
        is_suspended=found.status is Status.SUSPENDED,
        consent=consent,
        prepay=offer is not None and offer.terms.prepay,
        gathered=trade is not None and owing is not None and _gathered(found, trade, owing),
    )
    if outcome == "end":
        return Verdict(found, outcome, reason, None, active and not found.auto_renew)
    if trade is None or owing is None or offer is None or price is None:
        return Verdict(found, "undecided", "not_found", None, False)
    try:
        priced = _priced(found, facts, trade, owing, offer, on, price)
    except TaxUndecided as error:
        return Verdict(found, "undecided", str(error.facts.get("reason", "")), None, False)
    total = priced.line.net.amount + priced.vat.amount
    plain = (
        active
        and outcome in ("invoice", "gather")
        and consent == "not_needed"
        and found.renewal_offer_id is None
        and found.renewal_payment_method == "bank_transfer"
        and 0 < total < _LARGEST
        and found.renewal_id is not None
        and found.anchor_day is not None
        and not priced.waits
        and priced.exchange is not None
    )
    return Verdict(found, outcome, reason, priced, plain)


def _debtor(found: Subscription, trade: Trade) -> Debtor:
    return debtor(
        payer_id=found.payer_id, customer_id=found.customer_id, reseller_id=found.reseller_id,
        bill_to=trade.customer.bill_to,
    )  # fmt: skip


def _gathered(found: Subscription, trade: Trade, owing: Debtor) -> bool:
    return found.renewal_payment_method == "bank_transfer" and gathers(
        profile=trade.profile, payer_id=owing.payer_id, bill_to_id=owing.bill_to_id
    )


def _price(found: Subscription, facts: Facts, on: date) -> tuple[Money, str] | None:
    """As ``prices.next_price``: the list of that day, once notice of a rise was given."""
    listed = facts.book.price(found.renews_to, found.currency, on)
    if listed is None:
        return None
    if keeps_running_price(
        old=found.term_price.amount, new=listed.amount.amount, same_offer=found.renews_to == found.offer_id,
        valid_from=listed.valid_from, boundary=on,
        notice_days=facts.book.offers[found.offer_id].terms.price_notice_days,
    ):  # fmt: skip
        return found.term_price, found.price_list
    return listed.amount, listed.price_list


def _priced(
    found: Subscription,
    facts: Facts,
    trade: Trade,
    owing: Debtor,
    offer: Offer,
    on: date,
    price: tuple[Money, str],
) -> Priced:
    quantity, months = found.renews_with, offer.term_months
    discount = facts.book.discount(trade.reseller_id, offer.id, on) if owing.is_reseller else Decimal(0)
    line, explanation = _line(facts, price[0], months, quantity, discount)
    named = facts.named.get((owing.bill_to_id, on))
    if named is None:
        named = facts.named[owing.bill_to_id, on] = Named(facts, trade, trade.named(owing.bill_to_id), on)
    vat, taxes = named.tax_of(line.net)
    period, description = _description(facts, found, offer, quantity)
    return Priced(
        trade, owing, offer, period, price[0], price[1], line, vat, taxes, named.record, named.snapshot, description,
        explanation, named.waits, facts.exchange(vat, trade.seller.organization.currency),
    )  # fmt: skip


def _line(
    facts: Facts, price: Money, months: int, quantity: int, discount: Decimal
) -> tuple[PricedLine, str]:
    key = (price.amount, price.currency, months, quantity, discount)
    known = facts.lines.get(key)
    if known is None:
        line = price_line(
            term_price=price, term_months=months, months=months, quantity=quantity, discount_percent=discount
        )
        known = facts.lines[key] = (line, json_field([part.as_json() for part in line.explanation]))
    return known


def snapshot(party: Organization) -> str:
    """The party as a document keeps it."""
    return json_field(PartySnapshot.of(party).as_json())


def _description(facts: Facts, found: Subscription, offer: Offer, quantity: int) -> tuple[Period, str]:
    key = (offer.id, quantity, found.period_end, found.anchor_day)
    known = facts.descriptions.get(key)
    if known is None:
        period = next_period(found, offer.term_months)
        said = renewal_line(
            product=offer.product, plan=offer.plan, offer=offer.code, quantity=quantity,
            term_months=offer.term_months, period=period,
        )  # fmt: skip
        known = facts.descriptions[key] = (period, json_field(said.as_json()))
    return known
