"""How this room's commands write: one guarded UPDATE that answers with the whole row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.catalog import queries as catalog
from purveyor.infra import activity, clock
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.kernel.names import search_key
from purveyor.subscriptions import models
from purveyor.subscriptions.queries import COLUMNS, JOINED, TABLES, as_subscription, scope_sql
from purveyor.subscriptions.types import Subscription


def update(
    actor: Actor, subscription_id: UUID, *, guard: str = "true", guarded: tuple[Any, ...] = (), **values: Any
) -> Subscription | None:
    """Set columns of one row that the actor may see and the guard allows; None when it does not."""
    scope, params = scope_sql(actor)
    assigned = ", ".join(f"{name} = %s" for name in values)
    sql = (
        f"UPDATE subscriptions_subscription s SET {assigned} FROM {TABLES}"
        f" WHERE {JOINED} AND s.id = %s AND {scope} AND {guard} RETURNING {COLUMNS}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values.values(), subscription_id, *params, *guarded])
        row = cursor.fetchone()
    return None if row is None else as_subscription(row)


def period_values(start: date, end: date) -> dict[str, Any]:
    """The columns that follow the running period: its end is the next due instant, with a renewal of its own."""
    return {
        "period_start": start,
        "period_end": end,
        "ends_sort": end,
        "due_at": clock.start_of(end),
        "renewal_id": new_id(),
    }


def other_offer(found: Subscription) -> dict[str, Any]:
    """The columns by which it is found, where the next term is of another offer: the names are copied for lists."""
    if found.renews_to == found.offer_id:
        return {}
    offer = catalog.get_offer(offer_ref=found.renews_to)
    sold = offer_words(offer.code, offer.vendor, offer.product, offer.plan)
    customer = models.Subscription.objects.filter(id=found.id).values_list("search_key", "offer_search").get()
    return {"offer_search": sold, "search_key": f"{customer[0].removesuffix(customer[1])}{sold}"}


def offer_words(*names: str) -> str:
    """What of an offer a subscription is found by."""
    return search_key(" ".join(names))


def write_term(
    subscription: Subscription,
    *,
    kind: str,
    start: date,
    end: date,
    price: Money,
    price_list: str,
    quantity: int,
) -> None:
    """Keep what this term was sold for. Unique (subscription, start): a second one is a database error."""
    models.Term(
        id=new_id(), reseller_id=subscription.reseller_id, customer_id=subscription.customer_id,
        subscription_id=subscription.id, kind=kind, start=start, end=end, price=price.amount,
        currency=price.currency, price_list=price_list, quantity=quantity,
    ).save(force_insert=True)  # fmt: skip


def announced(found: Subscription, now: datetime) -> dict[str, Any]:
    """The scope of an event about this subscription."""
    return {
        "now": now,
        "subject_id": found.id,
        "reseller_id": found.reseller_id,
        "customer_id": found.customer_id,
    }


def note(actor: Actor, now: datetime, found: Subscription, kind: str, **facts: Any) -> None:
    """Put an act on this subscription on record."""
    activity.record(
        actor, now=now, kind=kind, subject_kind="subscription", subject_id=found.id,
        reseller_id=found.reseller_id, customer_id=found.customer_id, facts=facts,
    )  # fmt: skip


def changed(found: Subscription | None) -> Subscription:
    """The row, or a refusal when it was not the actor's to change."""
    if found is None:
        raise NotFound(kind="subscription")
    return found
