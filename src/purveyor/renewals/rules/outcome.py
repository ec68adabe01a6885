"""What happens at the end of a term or a trial, and who pays for the next one (rules.md b2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Outcome = Literal["renew", "end"]


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who owes the next term, whose name its invoice bears, and whether the reseller's discount applies."""

    payer_id: UUID
    bill_to_id: UUID
    is_reseller: bool


def decide(*, auto_renew: bool, has_price: bool, is_trial: bool) -> tuple[Outcome, str]:
    """Renew or end, with the reason of an end: a stable word that ``subscription.ended`` carries."""
    if not auto_renew:
        return "end", "trial_over" if is_trial else "not_renewed"
    if not has_price:
        return "end", "offer_not_available"
    return "renew", ""


def debtor(*, payer_id: UUID, customer_id: UUID, reseller_id: UUID, bill_to: str) -> Debtor:
    """A renewal is its payer's, at the payer's prices, for all seats, whoever added them.

    ``bill_to`` (``customer`` or ``reseller``) names the reseller only where the reseller pays.
    """
    by_reseller = payer_id == reseller_id
    named = reseller_id if by_reseller and bill_to == "reseller" else customer_id
    return Debtor(payer_id=payer_id, bill_to_id=named, is_reseller=by_reseller)
