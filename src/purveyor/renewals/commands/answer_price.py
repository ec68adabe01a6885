"""The payer agrees to a rise of the price at the next renewal, or does not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.renewals import events, models
from purveyor.renewals.errors import PriceNotAsked
from purveyor.renewals.price_change import question, require_payer
from purveyor.renewals.types import PriceQuestion
from purveyor.subscriptions.queries import lock_subscription


@command
def answer_price(*, actor: Actor, now: datetime, subscription_id: UUID, accept: bool) -> PriceQuestion:
    """Accept or refuse the price of the next renewal; the last answer before the end of the term counts.

    Only who pays (or the operator) answers. An accepted price holds for this renewal alone, and a higher one is
    asked about again. A refused or unanswered one ends the subscription with its term. The same answer twice is
    one answer.

    Raises: Forbidden; NotFound; PriceNotAsked: no rise, or none that needs consent.
    Emits: renewal.price_answered.
    """
    authority.require(actor, "buy")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    require_payer(actor, found)
    on = business_date(now)
    asked = question(actor, on, found)
    if asked is None or not asked.asked:
        raise PriceNotAsked()
    if asked.answer == ("accepted" if accept else "refused"):
        return asked
    models.PriceConsent.objects.create(
        id=new_id(),
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.payer_id,
        subscription_id=found.id,
        period_start=asked.due_on,
        term_price=asked.seat_then.amount,
        currency=asked.seat_then.currency,
        accepted=accept,
        answered_at=now,
        answered_by=actor.name,
    )
    tenant = {
        "reseller_id": found.reseller_id, "customer_id": found.customer_id, "payer_id": found.payer_id,
    }  # fmt: skip
    outbox.emit(
        events.RenewalPriceAnswered(
            subscription_id=str(found.id),
            renewal_id=str(found.renewal_id),
            period_start=asked.due_on.isoformat(),
            accepted=accept,
        ),
        now=now,
        subject_id=found.id,
        **tenant,
    )
    activity.record(
        actor,
        now=now,
        kind="renewal.price_accepted" if accept else "renewal.price_refused",
        subject_kind="subscription",
        subject_id=found.id,
        facts={"amount": asked.seat_then.amount, "currency": asked.seat_then.currency},
        **tenant,
    )
    after = question(actor, on, found)
    assert after is not None  # the price did not change within the transaction
    return after
