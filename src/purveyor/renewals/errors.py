"""Named refusals of renewals."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class PriceNotAsked(DomainError):
    """Nobody was asked to agree to a price: there is no rise at the next renewal, or none that needs consent."""

    code = "price_not_asked"
    status = 409


class RenewalNotOpen(DomainError):
    """Only a renewal that waits for money of its own is paid; once, or in one order. Facts: ``renewal``,
    ``status``, and ``order`` where an open order pays it already."""

    code = "renewal_not_open"
    status = 409


class NothingToTakeOver(DomainError):
    """The customer pays for it already, or no renewal of it waits for the reseller's money. Facts: ``subscription``."""

    code = "nothing_to_take_over"
    status = 409
