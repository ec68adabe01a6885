"""How much a reseller may owe."""

from __future__ import annotations

from uuid import UUID

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import models


def list_credit_limits(*, actor: Actor, reseller_id: UUID) -> list[Money]:
    """The reseller's limits, one a currency where the operator set one; its own to read, and the operator's.

    Raises: NotFound for everybody else.
    """
    _require_own(actor, reseller_id)
    rows = models.CreditLimit.objects.filter(reseller_id=reseller_id).order_by("currency")
    return [Money(row.amount, row.currency) for row in rows]


def find_credit_limit(*, actor: Actor, reseller_id: UUID, currency: str) -> Money | None:
    """The limit in one currency; None where there is none. Raises NotFound as above."""
    _require_own(actor, reseller_id)
    row = models.CreditLimit.objects.filter(reseller_id=reseller_id, currency=currency).first()
    return None if row is None else Money(row.amount, row.currency)


def _require_own(actor: Actor, reseller_id: UUID) -> None:
    if actor.scope == "customer" or (actor.scope == "reseller" and actor.reseller_id != reseller_id):
        raise NotFound(kind="reseller")
