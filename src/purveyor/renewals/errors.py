"""Named refusals of renewals."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class PriceNotAsked(DomainError):
    """Nobody was asked to agree to a price: there is no rise at the next renewal, or none that needs consent."""

    code = "price_not_asked"
    status = 409
