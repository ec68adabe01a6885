"""What happens at the end of a term or a trial, and who pays for the next one (rules.md b2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

# ``invoice``: the term goes on and is billed now; ``gather``: it goes on and the next gathered invoice bills it;
# ``pend``: it waits for its money, which comes first.
Outcome = Literal["invoice", "gather", "pend", "end"]
Consent = Literal["not_needed", "missing", "accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who owes the next term, whose name its invoice bears, and whether the reseller's discount applies."""

    payer_id: UUID
    bill_to_id: UUID
    is_reseller: bool


def decide(
    *,
    auto_renew: bool,
    has_price: bool,
    is_trial: bool,
    is_suspended: bool = False,
    consent: Consent = "not_needed",
    prepay: bool = False,
    gathered: bool = False,
) -> tuple[Outcome, str]:
    """What happens at the end of a term, with the reason of an end: a stable word that ``subscription.ended``
    carries.

    A subscription that is not active does not renew. A rise that needed consent and did not get
    it ends the term: nobody is bound for a year by silence.
    """
    if not auto_renew:
        return "end", "trial_over" if is_trial else "not_renewed"
    if is_suspended:
        return "end", "suspended"
    if not has_price:
        return "end", "offer_not_available"
    if consent in ("missing", "refused"):
        return "end", f"price_{consent}"
    if prepay:
        return "pend", ""
    return ("gather" if gathered else "invoice"), ""


def consent_needed(*, old: int, new: int, percent: int, same_offer: bool) -> bool:
    """Whether a rise of the term price (minor units) needs the payer's consent: above ``percent``, 0 for never.

    Another plan or term was chosen by the payer itself, so only a rise of the same offer counts.
    """
    return bool(percent) and same_offer and new * 100 > old * (100 + percent)


def debtor(*, payer_id: UUID, customer_id: UUID, reseller_id: UUID, bill_to: str) -> Debtor:
    """A renewal is its payer's, at the payer's prices, for all seats, whoever added them.

    ``bill_to`` (``customer`` or ``reseller``) names the reseller only where the reseller pays.
    """
    by_reseller = payer_id == reseller_id
    named = reseller_id if by_reseller and bill_to == "reseller" else customer_id
    return Debtor(payer_id=payer_id, bill_to_id=named, is_reseller=by_reseller)
