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
