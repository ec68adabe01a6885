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
