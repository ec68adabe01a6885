"""Refusals of the ledger."""

from purveyor.kernel.errors import DomainError


class InsufficientBalance(DomainError):
    """The prepaid balance does not cover it. Facts: ``available``, ``wanted`` (minor units), ``currency``."""

    code = "insufficient_balance"
    status = 409


class UnbalancedTransaction(DomainError):
    """The legs of a currency do not sum to zero: a fault of the caller. Facts: ``currency``, ``sum``."""

    code = "unbalanced_transaction"
    status = 500
