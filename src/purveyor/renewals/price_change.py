"""What a renewal will cost more, as its payer is asked about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import connection

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.kernel.money import round_half_up
from purveyor.parties import authority
from purveyor.renewals import models
from purveyor.renewals._outlook import Outlook
from purveyor.renewals.errors import PriceNotAsked
from purveyor.renewals.types import PriceQuestion
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.queries import scope_sql
from purveyor.subscriptions.types import Status, Subscription


def find_price_question(*, actor: Actor, subscription_id: UUID, on: date) -> PriceQuestion | None:
    """The rise of the price at the next renewal, as far as it is published on ``on``; None where there is none.

    Raises: NotFound; Forbidden for everybody but the payer and the operator.
    """
    authority.require(actor, "buy")
    found = subscriptions.get_subscription(actor=actor, subscription_id=subscription_id)
    require_payer(actor, found)
    return question(actor, on, found)


def get_subscription_id(*, actor: Actor, renewal_id: UUID) -> UUID:
    """The subscription whose next renewal bears this id.

    Raises: NotFound; PriceNotAsked for a renewal whose day has come.
    """
    where, params = scope_sql(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.id FROM subscriptions_subscription s WHERE s.renewal_id = %s AND {where}",
            [renewal_id, *params],
        )
        row = cursor.fetchone()
    if row is not None:
        found: UUID = row[0]
        return found
    past = models.Renewal.objects.filter(id=renewal_id)
    if actor.scope == "reseller" and actor.reseller_id is not None:
        past = past.filter(reseller_id=actor.reseller_id)
    if actor.customer_id is not None:
        past = past.filter(customer_id=actor.customer_id)
    if past.exists():
        raise PriceNotAsked()
    raise NotFound(kind="renewal")


def require_payer(actor: Actor, found: Subscription) -> None:
    """Only who pays answers for a price (rules.md b2). Raises: Forbidden."""
    if actor.scope != "operator" and actor.organization_id != found.payer_id:
        raise Forbidden(act="buy", role=actor.role, reason="payer_decides")


def question(actor: Actor, on: date, found: Subscription) -> PriceQuestion | None:
    """The same for a subscription that is known, and locked where somebody answers."""
    due = found.period_end
    if due is None or due <= on or found.status is not Status.ACTIVE:
        return None
    if not found.auto_renew or found.renews_to != found.offer_id:
        return None
    outlook = Outlook(actor, on, [found])
    then = outlook.list_price(found, due)
    if then is None or then.amount <= found.term_price.amount:
        return None
    amounts = outlook.amounts(found, due)
    if amounts.net is None or amounts.net_running is None:
        return None
    return PriceQuestion(
        subscription_id=found.id,
        renewal_id=found.renewal_id,
        due_on=due,
        quantity=found.renews_with,
        term_months=found.term_months,
        seat_now=found.term_price,
        seat_then=then,
        net_now=amounts.net_running,
        net_then=amounts.net,
        percent=percent_more(found.term_price.amount, then.amount),
        asked=amounts.consent != "not_needed",
        answer=amounts.consent,
    )


def percent_more(old: int, new: int) -> Decimal:
    """By how much ``new`` is above ``old``, in percent to two decimals, half up; 0 above nothing."""
    return Decimal(round_half_up(Fraction((new - old) * 10_000, old))) / 100 if old else Decimal(0)
