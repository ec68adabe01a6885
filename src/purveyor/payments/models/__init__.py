"""Tables of payments."""

from purveyor.payments.models.dunning import DunningCase, DunningDone, DunningStep
from purveyor.payments.models.money import Allocation, Payable, Payment
from purveyor.payments.models.refunds import Refund

__all__ = [
    "Allocation",
    "DunningCase",
    "DunningDone",
    "DunningStep",
    "Payable",
    "Payment",
    "Refund",
]
