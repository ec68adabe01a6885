"""What happens at the end of the term."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, Invalid
from purveyor.parties import authority
from purveyor.subscriptions import events
from purveyor.subscriptions.commands import _write
from purveyor.subscriptions.errors import SeatsInUse
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.rules import lifecycle
from purveyor.subscriptions.types import Subscription

METHODS = ("bank_transfer", "balance")
MAX_QUANTITY = 100_000


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
    renewal_payment_method: str | None = None,
) -> Subscription:
    """Change the renewal's settings; ``renewal_quantity=None`` renews as many seats as there are then.

    Only who pays for the subscription (or the operator) decides what it costs next. Safe to repeat.

    Raises:
        SeatsInUse: fewer seats than are assigned. SubscriptionNotActive. Invalid. NotFound. Forbidden.
    Emits: subscription.renewal_changed, unless nothing changed.
    """
    authority.require(actor, "buy")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    if actor.scope != "operator" and actor.organization_id != found.payer_id:
        raise Forbidden(act="buy", role=actor.role, reason="payer_decides")
    lifecycle.need(found.status, lifecycle.RENEWS)
    quantity = found.renewal_quantity
    if not isinstance(renewal_quantity, _Unchanged):
        quantity = _checked_quantity(renewal_quantity, found)
    method = renewal_payment_method or found.renewal_payment_method
    if method not in METHODS:
        reason = "card_not_available" if method == "card" else "choice"
        raise Invalid(field="renewal_payment_method", reason=reason, choices=list(METHODS))
    renews = found.auto_renew if auto_renew is None else auto_renew
    if (renews, quantity, method) == (found.auto_renew, found.renewal_quantity, found.renewal_payment_method):
        return found
    changed = _write.changed(
        _write.update(
            actor, found.id, auto_renew=renews, renewal_quantity=quantity, renewal_payment_method=method
        )
    )
    outbox.emit(
        events.SubscriptionRenewalChanged(
            str(changed.id), str(changed.customer_id), renews, quantity, method
        ),
        **_write.announced(changed, now),
    )
    _write.note(
        actor, now, changed, "subscription.renewal_changed", auto_renew=renews,
        renewal_quantity=quantity, renewal_payment_method=method,
    )  # fmt: skip
    return changed


def _checked_quantity(wanted: int | None, found: Subscription) -> int | None:
    if wanted is None:
        return None
    if wanted < 1 or wanted > MAX_QUANTITY:
        raise Invalid(field="renewal_quantity", reason="too_small" if wanted < 1 else "too_large")
    if wanted < found.seats_assigned:
        raise SeatsInUse(field="renewal_quantity", wanted=wanted, assigned=found.seats_assigned)
    return wanted
