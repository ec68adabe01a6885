"""Refusals of billing."""

from purveyor.kernel.errors import DomainError


class DocumentNotPayable(DomainError):
    """It is paid, written off or no invoice. Facts: ``number``, ``status``."""

    code = "document_not_payable"
    status = 409


class PaymentExceedsInvoice(DomainError):
    """More than is open. Facts: ``open``, ``wanted`` (minor units), ``currency``."""

    code = "payment_exceeds_invoice"
    status = 409


class DocumentNotCreditable(DomainError):
    """Only an invoice is answered by a credit note. Facts: ``number``, ``kind``."""

    code = "document_not_creditable"
    status = 409


class CreditExceedsLine(DomainError):
    """More than what is left of a line. Facts: ``line`` (its position), ``left``, ``wanted`` (seats)."""

    code = "credit_exceeds_line"
    status = 409


class NotOnAccount(DomainError):
    """Only seats added since the last invoice can be taken back. Facts: ``wanted``, ``left``."""

    code = "not_on_account"
    status = 409


class ExchangeRateMissing(DomainError):
    """Not in the seller's currency, and no rate of the day into it is known. Facts: ``currency``, ``into``, ``on``."""

    code = "exchange_rate_missing"
    status = 409
