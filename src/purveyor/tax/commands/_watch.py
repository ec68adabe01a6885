"""When the number of a party is looked at next."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from purveyor.kernel.ids import new_id
from purveyor.tax import models
from purveyor.tax.rules.answers import pause_before
from purveyor.tax.types import NumberState


def plan_next(
    *,
    now: datetime,
    reseller_id: UUID,
    customer_id: UUID | None,
    number: str,
    status: NumberState,
    error: str,
) -> None:
    """Note a try, and when the next is due: soon after an unknown answer, else in ``VIES_RECHECK_DAYS``."""
    organization = customer_id or reseller_id
    known = models.NumberWatch.objects.select_for_update().filter(organization_id=organization).first()
    attempts, due = 0, now + timedelta(days=settings.VIES_RECHECK_DAYS)
    if status == "unknown":
        attempts = 1 if known is None or known.number != number else known.attempts + 1
        due = now + pause_before(attempts, random.randint(0, 40))  # noqa: S311  (spreads load, keeps no secret)
    row = known or models.NumberWatch(
        id=new_id(), reseller_id=reseller_id, customer_id=customer_id, organization_id=organization
    )
    row.number, row.due_at, row.attempts, row.tried_at = number, due, attempts, now
    row.last_error = error if status == "unknown" else ""
    row.save(force_insert=known is None)
