"""Kept cards, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from datetime import date

from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, instant
from purveyor.interfaces.api.types import Shape
from purveyor.kernel.ids import show
from purveyor.payments.types_cards import Card


class KeptCard(Shape):
    """A card that its payer lets us keep: what may be known of it. The default one is charged where none is named;
    ``expired`` ones pay nothing any more."""

    id: str
    payer: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    expired: bool
    is_default: bool
    added_at: str
    added_by: str


class Keeping(Shape):
    """Where a person enters the card, on the page of the payment provider. The address serves for a day."""

    url: str


def card(row: Card, today: date) -> Json:
    """A kept card on a day."""
    return {
        "id": show("crd", row.id),
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "brand": row.brand,
        "last4": row.last4,
        "exp_month": row.exp_month,
        "exp_year": row.exp_year,
        "expired": not row.is_good_on(today),
        "is_default": row.is_default,
        "added_at": instant(row.added_at),
        "added_by": row.added_by,
    }
