"""Who acts: the organization, the role, and the customer that is acted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

Scope = Literal["operator", "reseller", "customer"]
Via = Literal["console", "api", "cli", "system"]

SYSTEM_ROLE = "system"
_NO_ORGANIZATION = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One person, key or job, in one organization and one role, for the length of one act.

    ``reseller_id`` is None for the operator; a customer's is the reseller it belongs to. ``customer_id`` is
    the customer's own id, or that of the customer whom a reseller or the operator is acting on.

    Raises:
        ValueError: a scope without the ids that its row-level security needs.
    """

    scope: Scope
    organization_id: UUID
    reseller_id: UUID | None = None
    customer_id: UUID | None = None
    role: str
    person_id: UUID | None = None
    name: str = ""
    via: Via = "console"
    ip: str | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        if (self.reseller_id is None) != (self.scope == "operator"):
            raise ValueError("exactly the operator has no reseller")
        if self.scope == "customer" and self.customer_id is None:
            raise ValueError("a customer's actor needs its customer")

    @property
    def acting_on(self) -> UUID | None:
        """The customer for whom somebody else acts; None when an organization acts for itself."""
        return None if self.scope == "customer" else self.customer_id

    @property
    def is_system(self) -> bool:
        """Whether a job acts, and no person."""
        return self.role == SYSTEM_ROLE

    def on(self, customer_id: UUID | None) -> Actor:
        """The same actor, acting on this customer (or on none).

        Raises:
            ValueError: a customer cannot act on another.
        """
        if self.scope == "customer" and customer_id != self.customer_id:
            raise ValueError("a customer acts for itself only")
        return replace(self, customer_id=customer_id)


def system_actor(
    *, organization_id: UUID = _NO_ORGANIZATION, customer_id: UUID | None = None, language: str = "en"
) -> Actor:
    """The actor of jobs and due work: the operator's scope, no person.

    ``organization_id`` is the operator's where the caller knows it, and the nil UUID where nobody needs it.
    """
    return Actor(
        scope="operator",
        organization_id=organization_id,
        customer_id=customer_id,
        role=SYSTEM_ROLE,
        name="Purveyor",
        via="system",
        language=language,
    )
