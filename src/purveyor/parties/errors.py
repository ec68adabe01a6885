"""Refusals of this room."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class CurrencyFrozen(DomainError):
    """A customer's currency is that of its first order."""

    code = "currency_frozen"
    status = 409


class CodeTaken(DomainError):
    """A reseller's code is unique: its documents carry it."""

    code = "code_taken"
    status = 409


class GatheringNotAllowed(DomainError):
    """The operator bills this reseller at once. A house reseller owes nothing itself, so nothing is gathered."""

    code = "gathering_not_allowed"
    status = 409


class SellerCountryNotYet(DomainError):
    """No invoice of a seller there would be lawful yet. Facts: ``field`` (``country``), ``country``."""

    code = "seller_country_not_yet"
