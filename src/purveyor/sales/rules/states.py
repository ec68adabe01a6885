"""What an order may become. A transition that is not listed is an error."""

from __future__ import annotations

from purveyor.sales.types import OrderStatus

_NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    "awaiting_payment": frozenset({"on_hold", "provisioning", "completed", "cancelled"}),
    # One whose money came too late is bought again, at the price of that day; one that waited for room in its
    # payer's credit limit goes on.
    "on_hold": frozenset({"cancelled", "completed", "awaiting_payment"}),
    "provisioning": frozenset({"on_hold", "completed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}


def may_become(now: OrderStatus, then: OrderStatus) -> bool:
    """Whether an order in state ``now`` may pass to ``then``."""
    return then in _NEXT[now]
