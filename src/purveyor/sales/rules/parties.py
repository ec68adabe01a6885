"""Who pays an order, whose name it bears, and at which prices (rules.md b and b2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from purveyor.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Roles:
    """``tier`` is ``reseller`` (the reseller's discount) or ``list``."""

    payer_id: UUID
    bill_to_id: UUID
    tier: str


def decide_roles(
    *, actor: Actor, customer_id: UUID, reseller_id: UUID, reseller_is_house: bool, bill_to: str
) -> Roles:
    """Who owes and who is named.

    The discount applies exactly when the purchaser acts for the reseller that manages the customer: then the
    reseller pays, and ``bill_to`` may name it. The operator acting on a customer stands in for its reseller;
    the operator's direct customers (of its house reseller) pay themselves, at list price, because nobody owes
    money to himself. A customer's own purchase is at list price, paid by it and invoiced to it.
    """
    reseller_buys = actor.scope != "customer" and not reseller_is_house
    payer = reseller_id if reseller_buys else customer_id
    named = reseller_id if reseller_buys and bill_to == "reseller" else customer_id
    return Roles(payer_id=payer, bill_to_id=named, tier="reseller" if reseller_buys else "list")
