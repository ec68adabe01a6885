"""Keep the evidence of a VAT number's check."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import rows
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.tax import models
from purveyor.tax.commands._watch import plan_next
from purveyor.tax.numbers import check_number
from purveyor.tax.types import VIES, NumberCheckRow, NumberResult


@command
def record_number_check(
    *,
    actor: Actor,
    now: datetime,
    country: str,
    number: str,
    reseller_id: UUID,
    customer_id: UUID | None = None,
    found: NumberResult | None = None,
) -> NumberCheckRow | None:
    """Store what was ``found`` of ``number``, for a party in ``country``; None where there is no number.

    Left out, the number is checked by form and check digit. What VIES said is followed by the next look at it.

    ``customer_id`` is None for a reseller's own number. Called by whoever saves a number, in the same
    transaction, after that command has checked the actor; its activity tells who did it. Checks are kept ten
    years and never changed (rules.md c2; Reg. 282/2011 art. 18), so repeating it only adds a later one.

    Raises:
        VatNumberInvalid, Invalid: as ``numbers.check_number``.
    """
    result = found or check_number(country, number)
    if result.status == "none":
        return None
    row = NumberCheckRow(
        id=new_id(),
        reseller_id=reseller_id,
        customer_id=customer_id,
        number=result.normalized,
        status=result.status,
        source=str(result.evidence["source"]),
        checked_at=now,
        evidence=result.evidence,
    )
    rows.insert(
        models.NumberCheck(
            id=row.id,
            reseller_id=row.reseller_id,
            customer_id=row.customer_id,
            number=row.number,
            status=row.status,
            source=row.source,
            checked_at=row.checked_at,
            evidence=row.evidence,
        )
    )
    if row.source == VIES:
        plan_next(
            now=now,
            reseller_id=reseller_id,
            customer_id=customer_id,
            number=row.number,
            status=row.status,
            error=str(row.evidence.get("error", "")),
        )
    return row
