"""Refusals of this room."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class OfferNotAvailable(DomainError):
    """The offer cannot be bought that day or in that currency.

    Facts: ``offer`` (its code), ``reason`` (``not_yet``, ``no_longer``, ``withdrawn`` or ``no_price``) and,
    for ``no_price``, ``currency``.
    """

    code = "offer_not_available"


class CodeTaken(DomainError):
    """Codes are unique: clients rely on them. Facts: ``field`` and ``value``."""

    code = "code_taken"
    status = 409


class PriceListOverlap(DomainError):
    """At most one price list a currency holds on a day. Facts: ``currency``, ``other`` (its code)."""

    code = "price_list_overlap"
    status = 409


class OfferAlreadyWithdrawn(DomainError):
    """The offer was withdrawn before. Facts: ``offer`` (its code)."""

    code = "offer_already_withdrawn"
    status = 409
