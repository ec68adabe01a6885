"""Who takes part in a sale, read in one statement: the customer, its reseller, the seller of record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties.queries import get_reseller_profile
from purveyor.parties.types import Address, Organization, ResellerProfile, Seller

ORGANIZATION = (
    "id", "kind", "name", "country", "email", "language", "currency", "currency_frozen", "vat_number", "vat_status",
    "bill_to", "line1", "city", "postal_code", "line2", "region", "reseller_id", "created_at",
    "may_pay_itself",
)  # fmt: skip
# In the order of their types: what a row holds goes straight into them.
PROFILE = tuple(one.name for one in fields(ResellerProfile) if one.name != "organization_id")
SELLER = tuple(one.name for one in fields(Seller) if one.name != "organization")
_WIDTH = len(ORGANIZATION)
# Every quote and order reads this: composing it anew cost more than running it. A list of ids is looked up in the
# index; the same said with OR would read every organization.
_TRADE = f"""
SELECT {", ".join(f"o.{name}" for name in ORGANIZATION)}, {", ".join(f"p.{name}" for name in PROFILE)},
       {", ".join(f"s.{name}" for name in SELLER)}
FROM parties_organization o LEFT JOIN parties_resellerprofile p ON p.organization_id = o.id
LEFT JOIN parties_sellerprofile s ON s.organization_id = o.id
WHERE o.id IN (%s, (SELECT c.reseller_id FROM parties_organization c WHERE c.id = %s AND c.kind = 'customer'),
               (SELECT h.id FROM parties_organization h WHERE h.kind = 'operator'))"""


@dataclass(frozen=True)
class Trade:
    """The parties of a sale. ``reseller`` is None where a customer reads: it sees the profile only."""

    customer: Organization
    reseller: Organization | None
    profile: ResellerProfile
    seller: Seller

    @property
    def reseller_id(self) -> UUID:
        """Whose books the sale is in."""
        return self.profile.organization_id

    def named(self, organization_id: UUID) -> Organization:
        """The customer or the reseller, by id: the party that a document names. Raises NotFound."""
        for party in (self.customer, self.reseller):
            if party is not None and party.id == organization_id:
                return party
        raise NotFound(kind="organization")


def gathers(*, profile: ResellerProfile, payer_id: UUID, bill_to_id: UUID) -> bool:
    """Whether what ``payer_id`` owes by bank transfer goes on account: its reseller gathers, owes it itself and
    stands on the invoice itself. What bears a customer's name is billed at once, in an invoice of its own."""
    gathering = profile.billing_mode == "gathered" and profile.gathering_allowed and not profile.is_house
    return gathering and payer_id == bill_to_id == profile.organization_id


def get_trade(*, actor: Actor, customer_id: UUID) -> Trade:
    """The parties of a sale to this customer, within the actor's scope.

    Raises: NotFound for a customer out of reach, and before ``setup_operator``.
    """
    sql = _TRADE
    params: list[UUID | None] = [customer_id, customer_id]
    if actor.scope == "reseller":
        sql, params = f"{sql} AND (o.reseller_id = %s OR o.kind = 'operator')", [*params, actor.reseller_id]
    if actor.scope == "customer":
        sql, params = f"{sql} AND (o.id = %s OR o.kind = 'operator')", [*params, actor.customer_id]
    found = {row[1]: row for row in tx.fetch(sql, params)}
    if "customer" not in found:
        raise NotFound(kind="customer")
    if "operator" not in found:
        raise NotFound(kind="operator")
    customer, seller = as_organization(found["customer"]), found["operator"]
    reseller, profile = None, None
    if "reseller" in found:
        reseller = as_organization(found["reseller"])
        profile = ResellerProfile(reseller.id, *found["reseller"][_WIDTH : _WIDTH + len(PROFILE)])
    elif customer.reseller_id is not None:
        profile = get_reseller_profile(reseller_id=customer.reseller_id)
    if profile is None:
        raise NotFound(kind="reseller")
    return Trade(customer, reseller, profile, Seller(as_organization(seller), *seller[-len(SELLER) :]))


def as_organization(row: Sequence[Any]) -> Organization:
    """The organization whose columns ``ORGANIZATION`` a row begins with."""
    return Organization(
        id=row[0], kind=row[1], name=row[2], country=row[3], email=row[4], language=row[5], currency=row[6],
        currency_frozen=row[7], vat_number=row[8], vat_status=row[9], bill_to=row[10],
        address=Address(line1=row[11], city=row[12], postal_code=row[13], line2=row[14], region=row[15]),
        reseller_id=row[16], created_at=row[17], may_pay_itself=row[18],
    )  # fmt: skip
