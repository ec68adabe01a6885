"""Refusals of payments."""

from purveyor.kernel.errors import DomainError


class PayableNotOpen(DomainError):
    """It is settled or cancelled. Facts: ``status``."""

    code = "payable_not_open"
    status = 409


class PaymentAlreadyRecorded(DomainError):
    """The same transfer (target, reference, amount, day) is on record. Facts: ``payment``, ``received_on``."""

    code = "payment_already_recorded"
    status = 409


class DunningCaseClosed(DomainError):
    """The invoice is paid, or the last step was taken: nothing is left to pause. Facts: ``status``."""

    code = "dunning_case_closed"
    status = 409


class DunningNotPaused(DomainError):
    """Only a case on hold, or with a promise, can be released. Facts: ``status``."""

    code = "dunning_not_paused"
    status = 409


class InvoiceInOrder(DomainError):
    """It is being paid with an order over several renewals: that is paid or cancelled first. Facts: ``number``."""

    code = "invoice_in_order"
    status = 409


class RefundOver(DomainError):
    """The refund has come to another end already. Facts: ``status``."""

    code = "refund_over"
    status = 409


class CardNotFound(DomainError):
    """The card is not kept, or not any more."""

    code = "card_not_found"
    status = 404


class CardsUnavailable(DomainError):
    """The card provider does not answer: nothing was charged, try again in a while."""

    code = "cards_unavailable"
    status = 503
