"""The customer's name is copied for searching and sorting; it follows corrections."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority


@command
def follow_customer(*, actor: Actor, now: datetime, customer_id: UUID) -> None:
    """Copy the customer's search and sort keys again. Safe to repeat.

    Raises:
        Forbidden.
    """
    authority.require(actor, "operate")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subscriptions_subscription s"
            " SET customer_sort = c.sort_key, search_key = c.search_key || ' ' || s.offer_search"
            " FROM parties_organization c WHERE c.id = s.customer_id AND s.customer_id = %s",
            [customer_id],
        )
