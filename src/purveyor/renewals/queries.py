"""Reads of renewals, for the payer and the operator."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.db.models import Q

from purveyor.kernel.actor import Actor
from purveyor.renewals import models
from purveyor.renewals.types import RenewalRow, RenewalStatus


def list_renewals(*, actor: Actor, subscription_id: UUID, limit: int = 50) -> list[RenewalRow]:
    """What became of a subscription's terms at their ends, newest first; at most 200."""
    within = Q(subscription_id=subscription_id)
    if actor.scope == "reseller":
        within &= Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id)
    if actor.scope == "customer":
        within &= Q(customer_id=actor.customer_id, payer_id=actor.customer_id)
    rows = models.Renewal.objects.filter(within)
    return [
        RenewalRow(
            id=row.id,
            subscription_id=row.subscription_id,
            period_start=row.period_start,
            status=cast(RenewalStatus, row.status),
            reason=row.reason,
            quantity=row.quantity,
            invoice_id=row.invoice_id,
            opened_at=row.opened_at,
        )
        for row in rows.order_by("-period_start")[: min(limit, 200)]
    ]
