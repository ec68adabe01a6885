"""When the number of a party is looked at next."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from purveyor.infra import rows, tx
from purveyor.kernel.ids import new_id
from purveyor.tax import models
from purveyor.tax.rules.answers import pause_before
from purveyor.tax.types import NumberState

_PLAN = """
UPDATE tax_numberwatch SET number = %s, due_at = %s, attempts = %s, tried_at = %s, last_error = %s
WHERE organization_id = %s"""


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
    attempts, due, said = 0, now + timedelta(days=settings.VIES_RECHECK_DAYS), ""
    if status == "unknown":
        attempts, said = _tried(organization, number) + 1, error
        due = now + pause_before(attempts, random.randint(0, 40))  # noqa: S311  (spreads load, keeps no secret)
    if tx.execute(_PLAN, (number, due, attempts, now, said, organization)).rowcount:
        return
    rows.insert(
        models.NumberWatch(
            id=new_id(), reseller_id=reseller_id, customer_id=customer_id, organization_id=organization,
            number=number, due_at=due, attempts=attempts, tried_at=now, last_error=said,
        )
    )  # fmt: skip


def _tried(organization: UUID, number: str) -> int:
    """How often in a row nobody could say anything of this number; the row is locked."""
    known = rows.find(models.NumberWatch, "t.organization_id = %s FOR UPDATE", (organization,))
    return known[0].attempts if known and known[0].number == number else 0
