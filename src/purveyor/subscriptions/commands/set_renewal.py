"""What happens at the end of the term."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from purveyor.catalog import queries as catalog
from purveyor.catalog.errors import OfferNotAvailable
from purveyor.catalog.types import Offer
from purveyor.infra import clock, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.parties import authority
from purveyor.subscriptions import events
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import lifecycle
from purveyor.subscriptions.rules.renewal import check_quantity, need_unlocked
from purveyor.subscriptions.types import Subscription

METHODS = ("bank_transfer", "balance", "card")


class _Unchanged:
    """Says that a setting stays, where None means something else."""


UNCHANGED: Final = _Unchanged()


@command
def set_renewal(
    *,
    actor: Actor,
    now: datetime,
    subscription_id: UUID,
    auto_renew: bool | None = None,
    renewal_quantity: int | _Unchanged | None = UNCHANGED,
    renewal_offer: UUID | str | _Unchanged | None = UNCHANGED,
    renewal_payment_method: str | None = None,
) -> Subscription:
    """Change the renewal's settings, until the offer's locked days before the end (``renewal_lock_days``).

    ``renewal_quantity=None`` renews as many seats as there are then. ``renewal_offer`` (id or code) is another plan
    or term of the same product, sold and priced in the currency; None stays with the one it has. Only who pays for
    the subscription (or the operator) decides what it costs next. Safe to repeat.

    Raises:
        SeatsInUse: fewer seats than are assigned, those whose members leave not counted. RenewalLocked.
        PeriodEnded. OfferNotAvailable. SubscriptionNotActive. Invalid. NotFound. Forbidden.
    Emits: subscription.renewal_changed, unless nothing changed.
    """
    found = _held(actor, now, subscription_id)
    on = clock.business_date(now)
    quantity, offer_id = found.renewal_quantity, found.renewal_offer_id
    if not isinstance(renewal_quantity, _Unchanged):
        quantity = renewal_quantity
    offer: Offer | None = None
    if not isinstance(renewal_offer, _Unchanged):
        offer = _next_offer(found, renewal_offer, on)
        offer_id = None if offer is None else offer.id
    if (quantity, offer_id) != (found.renewal_quantity, found.renewal_offer_id):
        offer = offer or catalog.get_offer(offer_ref=offer_id or found.offer_id)
        check_quantity(quantity, found, least=offer.terms.quantity_min, most=offer.terms.quantity_max)
    method = renewal_payment_method or found.renewal_payment_method
    if method not in METHODS:
        raise Invalid(field="renewal_payment_method", reason="choice", choices=list(METHODS))
    if method == "card" and method != found.renewal_payment_method and not settings.STRIPE_KEY:
        # Payments, which knows, lies above this room.
        raise Invalid(field="renewal_payment_method", reason="card_not_available")
    renews = found.auto_renew if auto_renew is None else auto_renew
    return _save(
        actor, now, found, auto_renew=renews, renewal_quantity=quantity, renewal_payment_method=method,
        renewal_offer_id=offer_id,
    )  # fmt: skip


@command
def cancel_scheduled_change(*, actor: Actor, now: datetime, subscription_id: UUID) -> Subscription:
    """Let the next term begin as the running one ends: same offer, as many seats as there are then. Safe to repeat.

    ``seats.commands.cancel_scheduled_change`` calls it and keeps those members who were to leave.

    Raises:
        RenewalLocked. PeriodEnded. SubscriptionNotActive. NotFound. Forbidden.
    Emits: subscription.renewal_changed, unless nothing was scheduled.
    """
    found = _held(actor, now, subscription_id)
    return _save(
        actor, now, found, auto_renew=True, renewal_quantity=None, renewal_offer_id=None,
        renewal_payment_method=found.renewal_payment_method,
    )  # fmt: skip


def _held(actor: Actor, now: datetime, subscription_id: UUID) -> Subscription:
    """The subscription, locked, when this actor may change its renewal now."""
    authority.require(actor, "buy")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if actor.scope != "operator" and actor.organization_id != found.payer_id:
        raise Forbidden(act="buy", role=actor.role, reason="payer_decides")
    lifecycle.need(found.status, lifecycle.RENEWS)
    need_unlocked(found, clock.business_date(now))
    return found


def _next_offer(found: Subscription, wanted: UUID | str | None, on: date) -> Offer | None:
    """The offer of the next term where it is another one, sold and priced today and, as far as is known, then."""
    if wanted is None:
        return None
    try:
        offer = catalog.get_offer(offer_ref=wanted)
        if offer.id == found.offer_id:
            return None
        if offer.product_id != catalog.get_offer(offer_ref=found.offer_id).product_id:
            raise Invalid(field="renewal_offer", reason="another_product")
        catalog.price_for(offer_id=offer.id, currency=found.currency, on=on)
        if found.period_end is not None:
            catalog.check_available(offer=offer, on=found.period_end)
    except (NotFound, OfferNotAvailable) as error:
        error.facts["field"] = "renewal_offer"
        raise
    return offer


def _save(actor: Actor, now: datetime, found: Subscription, **settings: Any) -> Subscription:
    """Write settings that differ, and say so."""
    if all(getattr(found, name) == value for name, value in settings.items()):
        return found
    changed = _write.changed(_write.update(actor, found.id, **settings))
    offer_id = changed.renewal_offer_id
    outbox.emit(
        events.SubscriptionRenewalChanged(
            str(changed.id), str(changed.customer_id), changed.auto_renew, changed.renewal_quantity,
            changed.renewal_payment_method, None if offer_id is None else str(offer_id),
        ),
        **_write.announced(changed, now),
    )  # fmt: skip
    _write.note(
        actor, now, changed, "subscription.renewal_changed", auto_renew=changed.auto_renew,
        renewal_quantity=changed.renewal_quantity, renewal_payment_method=changed.renewal_payment_method,
        renewal_offer=None if offer_id is None else catalog.get_offer(offer_ref=offer_id).code,
    )  # fmt: skip
    return changed
