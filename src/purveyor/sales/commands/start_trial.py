"""Try before paying."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from purveyor.catalog import queries as catalog
from purveyor.catalog.types import Offer, Terms
from purveyor.infra import activity
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.parties.commands import freeze_currency
from purveyor.parties.trade import get_trade
from purveyor.sales import models
from purveyor.sales.commands._debt import refuse_debtor
from purveyor.sales.errors import TrialAlreadyUsed, TrialNotOffered
from purveyor.sales.rules.parties import decide_roles
from purveyor.sales.types import TrialStarted
from purveyor.subscriptions import commands as subscriptions


@command
def start_trial(*, actor: Actor, now: datetime, customer_id: UUID, offer: str, quantity: int) -> TrialStarted:
    """Start the trial of an offer (``off_...`` or its code): no payment, once per customer and product.

    It runs for the offer's ``trial_days``. At its end it is renewed (paid by whoever started it, at the price
    of that day), or ends, as its renewal settings say then.

    Raises: NotFound, Forbidden, Invalid (``quantity``), OfferNotAvailable, TrialNotOffered, TrialAlreadyUsed,
        DebtBlocksOrders (it goes on as a paid one).
    Emits: subscription.trial_started.
    """
    authority.require(actor, "buy", customer_id=customer_id)
    trade = get_trade(actor=actor, customer_id=customer_id)
    wanted = catalog.get_offer(offer_ref=offer)
    terms = _tried(wanted, quantity)
    today = business_date(now)
    price = catalog.price_for(offer_id=wanted.id, currency=trade.customer.currency, on=today)
    if not trade.customer.currency_frozen:
        freeze_currency(actor=actor, now=now, customer_id=customer_id, currency=trade.customer.currency)
    if models.Trial.objects.filter(customer_id=customer_id, product_id=wanted.product_id).exists():
        raise TrialAlreadyUsed(field="offer", product=wanted.product)
    roles = decide_roles(
        actor=actor,
        customer_id=customer_id,
        reseller_id=trade.reseller_id,
        reseller_is_house=trade.profile.is_house,
        bill_to=trade.customer.bill_to,
    )
    refuse_debtor(actor, roles.payer_id)
    opened = subscriptions.open_subscription(
        actor=actor,
        now=now,
        customer_id=customer_id,
        payer_id=roles.payer_id,
        offer_id=wanted.id,
        quantity=quantity,
        term_months=wanted.term_months,
        term_price=price.amount,
        price_list=price.price_list,
        starts_on=today,
        trial_days=terms.trial_days,
        status="trial",
    )
    row = models.Trial(
        id=new_id(),
        reseller_id=trade.reseller_id,
        customer_id=customer_id,
        product_id=wanted.product_id,
        subscription_id=opened.id,
        started_at=now,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        # Another trial of it began at the same moment; this transaction is lost with the error.
        raise TrialAlreadyUsed(field="offer", product=wanted.product) from error
    activity.record(
        actor,
        now=now,
        kind="trial.started",
        subject_kind="subscription",
        subject_id=opened.id,
        reseller_id=trade.reseller_id,
        customer_id=customer_id,
        facts={"offer": wanted.code, "quantity": quantity, "days": terms.trial_days},
    )
    ends_on = opened.period_end or today
    return TrialStarted(subscription_id=opened.id, customer_id=customer_id, ends_on=ends_on)


def _tried(offer: Offer, quantity: int) -> Terms:
    """The terms under which so many seats may be tried."""
    terms = offer.terms
    if terms.trial_days < 1:
        raise TrialNotOffered(field="offer", offer=offer.code)
    if not terms.quantity_min <= quantity <= terms.quantity_max:
        reason = "too_small" if quantity < terms.quantity_min else "too_large"
        raise Invalid(field="quantity", reason=reason, min=terms.quantity_min, max=terms.quantity_max)
    return terms
