"""Whoever is in debt buys nothing new; what is paid goes on, and nobody else is touched (rules.md d)."""

from __future__ import annotations

from uuid import UUID

from purveyor.kernel.actor import Actor
from purveyor.payments.queries import count_blocking
from purveyor.sales.errors import DebtBlocksOrders


def refuse_debtor(actor: Actor, payer_id: UUID) -> None:
    """Refuse a new order of a payer whose dunning has come that far. Renewals are none. Raises DebtBlocksOrders."""
    overdue = count_blocking(actor=actor, payer_id=payer_id)
    if overdue:
        raise DebtBlocksOrders(overdue=overdue)
