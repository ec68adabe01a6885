"""Who takes part in a sale, read in one statement: the customer, its reseller, the seller of record."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Subquery

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.parties import models
from purveyor.parties.queries import _organization, _profile, get_reseller_profile
from purveyor.parties.types import Organization, ResellerProfile, Seller


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


def get_trade(*, actor: Actor, customer_id: UUID) -> Trade:
    """The parties of a sale to this customer, within the actor's scope.

    Raises: NotFound for a customer out of reach, and before ``setup_operator``.
    """
    organizations = models.Organization.objects
    reseller = organizations.filter(id=customer_id, kind="customer").values("reseller_id")
    operator = organizations.filter(kind="operator").values("id")
    # A list of ids is looked up in the index; the same said with OR would read every organization.
    rows = organizations.filter(id__in=[customer_id, Subquery(reseller), Subquery(operator)]).select_related(
        "resellerprofile", "sellerprofile"
    )
    if actor.scope == "reseller":
        rows = rows.filter(Q(reseller_id=actor.reseller_id) | Q(kind="operator"))
    if actor.scope == "customer":
        rows = rows.filter(Q(id=actor.customer_id) | Q(kind="operator"))
    found = {row.kind: row for row in rows}
    if "customer" not in found:
        raise NotFound(kind="customer")
    if "operator" not in found:
        raise NotFound(kind="operator")
    customer = _organization(found["customer"])
    managing = found.get("reseller")
    bank = found["operator"].sellerprofile
    if managing is not None:
        profile = _profile(managing.resellerprofile)
    elif customer.reseller_id is not None:
        profile = get_reseller_profile(reseller_id=customer.reseller_id)
    else:
        raise NotFound(kind="reseller")
    return Trade(
        customer=customer,
        reseller=None if managing is None else _organization(managing),
        profile=profile,
        seller=Seller(
            organization=_organization(found["operator"]),
            iban=bank.iban,
            bic=bank.bic,
            bank_name=bank.bank_name,
            help_email=bank.help_email,
            help_url=bank.help_url,
        ),
    )
