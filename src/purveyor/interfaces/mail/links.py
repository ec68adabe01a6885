"""Addresses of console pages, as they stand in mails. Ids are shown as everywhere."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from purveyor.kernel.ids import show
from purveyor.parties.types import Organization


def home() -> str:
    """Where everybody begins."""
    return f"{settings.BASE_URL}/"


def activate(token: str) -> str:
    """The link of an invitation. Opening it changes nothing: mail scanners open links."""
    return f"{settings.BASE_URL}/activate/{token}"


def order(payer: Organization, order_id: UUID) -> str:
    """An order in the payer's own workspace."""
    return f"{settings.BASE_URL}/{payer.public_id}/orders/{show('ord', order_id)}"


def document(payer: Organization, document_id: UUID) -> str:
    """An invoice in the payer's own workspace."""
    return f"{settings.BASE_URL}/{payer.public_id}/billing/{show('inv', document_id)}"


def subscription(customer: Organization, subscription_id: UUID) -> str:
    """A subscription in its customer's own workspace."""
    own = customer.public_id
    return f"{settings.BASE_URL}/{own}/on/{own}/subscriptions/{show('sub', subscription_id)}"


def dunning_case(organization: Organization, case_id: UUID) -> str:
    """What is owed on an invoice, and what happens when, in the organization's own workspace."""
    return f"{settings.BASE_URL}/{organization.public_id}/debts/{show('dun', case_id)}"


def on(organization: Organization, customer_id: UUID, subscription_id: UUID, part: str = "") -> str:
    """A customer's subscription, or a part of it, in the workspace of whoever is told."""
    tail = f"/{part}" if part else ""
    return f"{_acting(organization, customer_id)}/subscriptions/{show('sub', subscription_id)}{tail}"


def renewals(organization: Organization) -> str:
    """The renewals of all customers, or a customer's own."""
    if organization.kind == "customer":
        return f"{_acting(organization, organization.id)}/renewals"
    return f"{settings.BASE_URL}/{organization.public_id}/renewals"


def pending(organization: Organization, customer_id: UUID) -> str:
    """A customer's renewals that wait for their money."""
    return f"{_acting(organization, customer_id)}/renewals/pending"


def balance(organization: Organization) -> str:
    """An organization's own balance."""
    return f"{settings.BASE_URL}/{organization.public_id}/balance"


def cards(organization: Organization) -> str:
    """An organization's own kept cards."""
    return f"{settings.BASE_URL}/{organization.public_id}/settings/cards"


def _acting(organization: Organization, customer_id: UUID) -> str:
    return f"{settings.BASE_URL}/{organization.public_id}/on/{show('cus', customer_id)}"
