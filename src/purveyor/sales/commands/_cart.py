"""Reads what a cart depends on, today, and has it composed. Quote and order both come through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from purveyor.catalog import queries as catalog
from purveyor.catalog.types import MAX_QUANTITY, Offer, PriceFound
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import DomainError, Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.parties.trade import Trade, get_trade
from purveyor.parties.types import Organization
from purveyor.renewals.prices import next_price, price_after, price_on
from purveyor.sales.rules.compose import (
    Buyer,
    Composed,
    LineFacts,
    OfferFacts,
    RenewalFacts,
    compose,
    new_term,
)
from purveyor.sales.rules.parties import Roles, decide_roles
from purveyor.sales.types import LineWish
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription
from purveyor.tax import queries as tax
from purveyor.tax.commands import refresh_number
from purveyor.tax.decision import Proven

LINES_MAX = 50
_NO_DISCOUNT = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cart:
    """A priced cart and the parties it was priced for."""

    trade: Trade
    roles: Roles
    bill_to: Organization
    proven: Proven
    composed: Composed


@dataclass(slots=True)
class _Reader:
    """Reads each thing once, however many lines ask for it."""

    actor: Actor
    on: date
    trade: Trade
    roles: Roles
    lock: bool
    _discounts: dict[tuple[UUID, UUID], Decimal] = field(default_factory=dict)
    _subscriptions: dict[UUID, Subscription] = field(default_factory=dict)
    _added: dict[UUID, int] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return self.trade.customer.currency

    def price(self, offer_id: UUID) -> PriceFound:
        return catalog.price_for(offer_id=offer_id, currency=self.currency, on=self.on)

    def after(self, found: PriceFound, offer_id: UUID, end: date) -> Money | None:
        """The price of the term after one that begins today at ``found``, as its renewal will say."""
        then = price_on(offer_id=offer_id, currency=self.currency, on=end, today=self.on)
        if then is None:
            return None
        return price_after(
            running=found.amount,
            price_list=found.price_list,
            found=then,
            offer_id=offer_id,
            same_offer=True,
            on=end,
        ).amount

    def discount(self, offer_id: UUID, tier: str) -> Decimal:
        if tier != "reseller":
            return _NO_DISCOUNT
        key = (self.trade.reseller_id, offer_id)
        if key not in self._discounts:
            self._discounts[key] = catalog.discount_for(reseller_id=key[0], offer_id=offer_id, on=self.on)
        return self._discounts[key]

    def hold(self, wishes: Sequence[LineWish]) -> None:
        """Read the subscriptions of a cart; when it will be charged, lock them, always in the same order."""
        wanted = {wish.subscription_id for wish in wishes if wish.subscription_id is not None}
        read = subscriptions.lock_subscription if self.lock else subscriptions.get_subscription
        for one in sorted(wanted):
            found = read(actor=self.actor, subscription_id=one)
            if found.customer_id != self.trade.customer.id:
                raise NotFound(kind="subscription")
            self._subscriptions[one] = found

    def subscription(self, subscription_id: UUID, adding: int) -> tuple[Subscription, int]:
        """The subscription, and how many seats it will have after this line and those before it."""
        found = self._subscriptions[subscription_id]
        self._added[subscription_id] = self._added.get(subscription_id, 0) + adding
        return found, found.quantity + self._added[subscription_id]


def price_cart(
    *,
    actor: Actor,
    now: datetime,
    customer_id: UUID,
    wishes: Sequence[LineWish],
    charging: bool = False,
    asking: bool = False,
) -> Cart:
    """Price ``wishes`` for ``customer_id`` as ``actor`` would buy them now.

    ``charging`` locks the subscriptions that grow, and leaves out the outlook on the next renewal, which is
    shown but never charged. ``asking`` has a VAT number looked at whose last answer is not fresh.

    Raises: Invalid (``lines.0.quantity`` ...), NotFound, OfferNotAvailable, SubscriptionNotActive and
        PeriodEnded naming the line; TaxUndecided.
    """
    _check(wishes)
    trade = get_trade(actor=actor, customer_id=customer_id)
    roles = decide_roles(
        actor=actor,
        customer_id=customer_id,
        reseller_id=trade.reseller_id,
        reseller_is_house=trade.profile.is_house,
        bill_to=trade.customer.bill_to,
    )
    on = business_date(now)
    bill_to = trade.named(roles.bill_to_id)
    if asking:
        # Before anything is locked: the service may take its time.
        bill_to = refresh_number(actor=actor, now=now, organization=bill_to)
    reader = _Reader(actor, on, trade, roles, charging)
    reader.hold(wishes)
    facts = [_facts(reader, position, wish, not charging) for position, wish in enumerate(wishes)]
    proven = tax.decide_with_proof(actor=actor, seller=trade.seller, bill_to=bill_to, on=on)
    composed = compose(
        facts=facts,
        currency=reader.currency,
        buyer=Buyer(actor.organization_id, actor.role, roles.tier),
        payer_id=roles.payer_id,
        bill_to_id=roles.bill_to_id,
        decision=proven.decision,
    )
    return Cart(trade, roles, bill_to, proven, composed)


def _check(wishes: Sequence[LineWish]) -> None:
    if not wishes:
        raise Invalid(field="lines", reason="required")
    if len(wishes) > LINES_MAX:
        raise Invalid(field="lines", reason="too_many", max=LINES_MAX)
    for position, wish in enumerate(wishes):
        at = f"lines.{position}"
        if wish.type == "change_plan":
            raise Invalid(field=f"{at}.type", reason="not_yet")
        if wish.type not in ("new", "add_seats"):
            raise Invalid(field=f"{at}.type", reason="unknown")
        if type(wish.quantity) is not int or wish.quantity < 1:
            raise Invalid(field=f"{at}.quantity", reason="too_small", min=1)
        if wish.quantity > MAX_QUANTITY:
            raise Invalid(field=f"{at}.quantity", reason="too_large", max=MAX_QUANTITY)
        if wish.type == "new" and not wish.offer:
            raise Invalid(field=f"{at}.offer", reason="required")
        if wish.type == "add_seats" and wish.subscription_id is None:
            raise Invalid(field=f"{at}.subscription", reason="required")


def _facts(reader: _Reader, position: int, wish: LineWish, outlook: bool) -> LineFacts:
    at = f"lines.{position}"
    try:
        if wish.type == "new":
            return _new(reader, wish, at, outlook)
        return _add_seats(reader, wish, at, outlook)
    except DomainError as error:
        # Whatever refuses a line names it, so that a form can show the sentence beside its field.
        if not (error.field or "").startswith(at):
            error.facts["field"] = f"{at}.offer" if wish.type == "new" else f"{at}.subscription"
        error.facts["line"] = position
        raise


def _new(reader: _Reader, wish: LineWish, at: str, outlook: bool) -> LineFacts:
    offer = catalog.get_offer(offer_ref=wish.offer or "")
    if not offer.terms.quantity_min <= wish.quantity <= offer.terms.quantity_max:
        few = wish.quantity < offer.terms.quantity_min
        raise Invalid(
            field=f"{at}.quantity",
            reason="too_small" if few else "too_large",
            min=offer.terms.quantity_min,
            max=offer.terms.quantity_max,
        )
    found = reader.price(offer.id)
    discount = reader.discount(offer.id, reader.roles.tier)
    start, end = new_term(reader.on, offer.term_months)
    renewal = reader.after(found, offer.id, end) if outlook else None
    return LineFacts(
        type="new",
        offer=_offer_facts(offer),
        quantity=wish.quantity,
        term_price=found.amount,
        term_months=offer.term_months,
        price_list=found.price_list,
        discount_percent=discount,
        months=offer.term_months,
        period_start=start,
        period_end=end,
        renewal=RenewalFacts(end, True, 0, 0, renewal, discount, offer.term_months),
    )


def _offer_facts(offer: Offer) -> OfferFacts:
    return OfferFacts(offer.id, offer.code, offer.product, offer.plan, offer.term_months)


def _add_seats(reader: _Reader, wish: LineWish, at: str, outlook: bool) -> LineFacts:
    if wish.subscription_id is None:
        raise Invalid(field=f"{at}.subscription", reason="required")
    running, total = reader.subscription(wish.subscription_id, wish.quantity)
    left = subscriptions.months_left(subscription=running, on=reader.on)
    # Looked at again when it is charged: another top-up may have been faster.
    most = MAX_QUANTITY if running.quantity_max is None else running.quantity_max
    if total > most:
        raise Invalid(field=f"{at}.quantity", reason="too_large", max=max(0, most - running.quantity))
    period = running.period
    if period is None:
        raise NotFound(kind="period")
    return LineFacts(
        type="add_seats",
        offer=OfferFacts(
            running.offer_id, running.offer_code, running.product, running.plan, running.term_months
        ),
        quantity=wish.quantity,
        term_price=running.term_price,
        term_months=running.term_months,
        price_list=running.price_list,
        discount_percent=reader.discount(running.offer_id, reader.roles.tier),
        months=left.months,
        period_start=reader.on,
        period_end=period.end,
        renewal=_renewal(reader, running, period.end, outlook),
        subscription_id=running.id,
        remaining=left.explanation,
    )


def _renewal(reader: _Reader, running: Subscription, on: date, outlook: bool) -> RenewalFacts:
    """What it will cost its payer, who need not be the one that tops it up (rules.md b2)."""
    reseller_pays = running.payer_id == reader.trade.reseller_id
    visible = not (reseller_pays and reader.actor.scope == "customer")
    price = None
    if outlook and visible and running.auto_renew:
        price = next_price(subscription=running, on=on, today=reader.on)
    chosen = running.renewal_quantity
    months = running.term_months
    if running.renews_to != running.offer_id:
        months = catalog.get_offer(offer_ref=running.renews_to).term_months
    return RenewalFacts(
        on=on,
        auto_renew=running.auto_renew,
        planned=running.quantity if chosen is None else chosen,
        taken=running.seats_assigned - running.seats_leaving,
        term_price=None if price is None else price.amount,
        discount_percent=reader.discount(running.renews_to, "reseller" if reseller_pays else "list")
        if visible and outlook
        else _NO_DISCOUNT,
        term_months=months,
        visible=visible,
    )
