"""Renewals that were on account learn of the invoice that billed them, and follow its payment from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from purveyor.infra.bulk import array
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority

_LINK = """
UPDATE renewals_renewal r SET invoice_id = %s
FROM unnest(%s::uuid[], %s::date[]) AS billed(subscription_id, period_start)
WHERE r.subscription_id = billed.subscription_id AND r.period_start = billed.period_start AND r.invoice_id IS NULL
"""


@command
def link_gathered(
    *, actor: Actor, now: datetime, invoice_id: UUID, renewals: Sequence[tuple[UUID, date]]
) -> int:
    """Set the invoice of each (subscription, first day of the term); returns how many. One statement, repeatable.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    if not renewals:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _LINK, [invoice_id, array(one[0] for one in renewals), array(one[1] for one in renewals)]
        )
        return int(cursor.rowcount)
