"""Named refusals of sales."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class QuoteExpired(DomainError):
    """The quote's time is over: ask for a new one. Facts: ``quote``, ``expired_at``."""

    code = "quote_expired"
    status = 409


class QuoteOutdated(DomainError):
    """What the quote promised is no longer what would be charged.

    Facts: ``quote`` (the outdated one), ``old_gross``, ``new_gross`` (money as JSON), and ``fresh_quote`` (the
    id of a new one at today's price) once somebody stored it: :func:`purveyor.sales.commands.requote`.
    """

    code = "quote_outdated"
    status = 409


class QuoteAlreadyAccepted(DomainError):
    """A quote is accepted once. Facts: ``order``."""

    code = "quote_already_accepted"
    status = 409


class OrderNotCancellable(DomainError):
    """Only an order that waits for money, or for a person, can be cancelled. Facts: ``status``."""

    code = "order_not_cancellable"
    status = 409


class TrialNotOffered(DomainError):
    """The offer has no trial days. Facts: ``offer``."""

    code = "trial_not_offered"
    status = 409


class TrialAlreadyUsed(DomainError):
    """The customer had its trial of this product. Facts: ``product``."""

    code = "trial_already_used"
    status = 409


class DebtBlocksOrders(DomainError):
    """The payer's overdue invoices come first (rules.md d). Facts: ``overdue``, how many of them."""

    code = "debt_blocks_orders"
    status = 409
