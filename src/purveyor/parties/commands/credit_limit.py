"""The operator says how much a reseller may owe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money, is_currency
from purveyor.parties import events, models, queries
from purveyor.parties.authority import require


@command
def set_credit_limit(
    *, actor: Actor, now: datetime, reseller_id: UUID, currency: str, amount: int | None
) -> Money | None:
    """Set how much the reseller may owe in one currency, in minor units; None: no limit. The operator's act.

    What is owed already is not touched; orders that are held for the limit go on once it leaves room. Safe to repeat.

    Raises: Forbidden; NotFound; Invalid (``amount``, ``currency``).
    Emits: credit_limit.set where it changes.
    """
    require(actor, "operate")
    if queries.get_organization(actor=actor, organization_id=reseller_id).kind != "reseller":
        raise NotFound(kind="reseller")
    if not is_currency(currency):
        raise Invalid(field="currency", reason="currency")
    if amount is not None and amount < 0:
        raise Invalid(field="amount", reason="negative")
    rows = models.CreditLimit.objects.filter(reseller_id=reseller_id, currency=currency)
    before = rows.select_for_update().first()
    known = None if before is None else before.amount
    if known == amount:
        return None if amount is None else Money(amount, currency)
    if amount is None:
        rows.delete()
    elif before is None:
        models.CreditLimit.objects.create(
            id=new_id(), reseller_id=reseller_id, currency=currency, amount=amount, set_at=now
        )
    else:
        rows.update(amount=amount, set_at=now)
    outbox.emit(
        events.CreditLimitSet(reseller=str(reseller_id), currency=currency, amount=amount),
        now=now,
        subject_id=reseller_id,
        reseller_id=reseller_id,
        payer_id=reseller_id,
    )
    facts: dict[str, str | int] = {"currency": currency}
    if amount is not None:
        facts["amount"] = amount
    activity.record(
        actor,
        now=now,
        kind="credit_limit.set" if amount is not None else "credit_limit.lifted",
        subject_kind="reseller",
        subject_id=reseller_id,
        reseller_id=reseller_id,
        payer_id=reseller_id,
        facts=facts,
    )
    return None if amount is None else Money(amount, currency)
