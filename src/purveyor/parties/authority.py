"""Who may do what to whom: every command asks here first."""

from __future__ import annotations

from uuid import UUID

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.parties.rules.roles import allows


def may(actor: Actor, act: str) -> bool:
    """Whether the actor's role includes ``act`` (view, assign, buy, promote, settings, operate, ...)."""
    return allows(actor.scope, actor.role, act)


def require(actor: Actor, act: str, *, customer_id: UUID | None = None) -> None:
    """Refuse unless the actor's role includes ``act`` and, if given, the customer is within reach.

    Whether a reseller's customer exists is for the query to say (row-level security shows no other's);
    here a customer's actor is held to itself, and an actor acting on one customer to that one.

    Raises: NotFound for a customer out of reach; Forbidden for a role without the right.
    """
    if customer_id is not None:
        if actor.scope == "customer" and customer_id != actor.customer_id:
            raise NotFound()
        if actor.acting_on is not None and customer_id != actor.acting_on:
            raise NotFound()
    if not may(actor, act):
        raise Forbidden(act=act, role=actor.role)
