"""Which legs may be booked together (rules.md e: at least two, and zero in each currency)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid5

from purveyor.ledger.errors import UnbalancedTransaction
from purveyor.ledger.types import PARTY_KINDS, AccountKind, Leg


def check_legs(legs: Sequence[Leg]) -> None:
    """See that ``legs`` can be booked as one transaction.

    Raises: UnbalancedTransaction; ValueError for no legs, an empty one, or one whose party does not fit.
    """
    sums: dict[str, int] = defaultdict(int)
    for leg in legs:
        if (leg.kind in PARTY_KINDS) != (leg.party_id is not None):
            raise ValueError(f"{leg.kind} and its party do not fit")
        if leg.amount.amount == 0:
            raise ValueError("a leg moves something")
        sums[leg.amount.currency] += leg.amount.amount
    if not legs:
        raise ValueError("nothing to post")
    for currency, total in sums.items():
        if total:
            raise UnbalancedTransaction(currency=currency, sum=total)


def account_id(*, reseller_id: UUID, kind: AccountKind, party_id: UUID | None, currency: str) -> UUID:
    """The id of an account. It follows from what the account is, so that nobody has to look it up."""
    return uuid5(reseller_id, f"{kind}/{party_id or ''}/{currency}")
