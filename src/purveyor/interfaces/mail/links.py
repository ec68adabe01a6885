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
