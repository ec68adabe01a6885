"""An organization says when its balance is low, and whether it is filled up by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import is_currency
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import models
from purveyor.payments.cards import is_offered
from purveyor.payments.commands._rows import require_payer
from purveyor.payments.funds import settings_of
from purveyor.payments.types_funds import FundSettings


@command
def set_funds(
    *,
    actor: Actor,
    now: datetime,
    organization_id: UUID,
    currency: str,
    threshold: int | None,
    target: int | None = None,
    automatic: bool = False,
    method: str = "bank_transfer",
) -> FundSettings:
    """Set what is watched of the organization's balance in one currency; amounts in minor units, None: nothing.

    It is looked at once, so that a balance which is low already is told. Safe to repeat.

    Raises: Forbidden; NotFound for another's balance; Invalid (``threshold``, ``target``, ``method``, ``currency``,
        ``organization``).
    """
    authority.require(actor, "settings")
    require_payer(actor, organization_id)
    organization = parties.get_organization(actor=actor, organization_id=organization_id)
    if organization.reseller_id is None:
        raise Invalid(field="organization", reason="no_balance")
    _check(currency, threshold, target, automatic, method)
    values: dict[str, Any] = {
        "threshold": threshold,
        "target": target,
        "automatic": automatic,
        "method": method,
        "due_at": now if threshold is not None else None,
    }
    if threshold is None:
        values["low_since"] = None
    row, _made = models.FundSettings.objects.update_or_create(
        payer_id=organization.id,
        currency=currency,
        defaults=values,
        create_defaults={
            "id": new_id(),
            "reseller_id": organization.reseller_id,
            "customer_id": organization.id if organization.kind == "customer" else None,
            **values,
        },
    )
    activity.record(
        actor,
        now=now,
        kind="funds.set",
        subject_kind="organization",
        subject_id=organization.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts={"automatic": int(automatic), "currency": currency},
    )
    return settings_of(row)


def _check(currency: str, threshold: int | None, target: int | None, automatic: bool, method: str) -> None:
    if not is_currency(currency):
        raise Invalid(field="currency", reason="currency")
    if threshold is not None and threshold <= 0:
        raise Invalid(field="threshold", reason="not_positive")
    if method not in ("bank_transfer", "card"):
        raise Invalid(field="method", reason="unknown_method")
    if method == "card" and not is_offered():
        raise Invalid(field="method", reason="card_not_available")
    if target is not None and target <= 0:
        raise Invalid(field="target", reason="not_positive")
    if automatic:
        if threshold is None:
            raise Invalid(field="threshold", reason="required")
        if target is None:
            raise Invalid(field="target", reason="required")
        if target <= threshold:
            raise Invalid(field="target", reason="target_above_threshold")
