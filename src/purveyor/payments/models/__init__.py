"""Tables of payments."""

from purveyor.payments.models.bank import (
    BankEntry,
    BankMatch,
    BankStatement,
    Mandate,
    PaymentFile,
    PaymentFileItem,
    Reversal,
)
from purveyor.payments.models.cards import (
    Card,
    CardAttempt,
    CardDispute,
    CardDisputePart,
    CardEvent,
    CardPayer,
    CardRefund,
)
from purveyor.payments.models.dunning import DunningCase, DunningDone, DunningStep
from purveyor.payments.models.funds import FundSettings
from purveyor.payments.models.money import Allocation, PaidInvoice, Payable, Payment
from purveyor.payments.models.refunds import Refund

__all__ = [
    "Allocation",
    "BankEntry",
    "BankMatch",
    "BankStatement",
    "Card",
    "CardAttempt",
    "CardDispute",
    "CardDisputePart",
    "CardEvent",
    "CardPayer",
    "CardRefund",
    "DunningCase",
    "DunningDone",
    "DunningStep",
    "FundSettings",
    "Mandate",
    "PaidInvoice",
    "Payable",
    "Payment",
    "PaymentFile",
    "PaymentFileItem",
    "Refund",
    "Reversal",
]
