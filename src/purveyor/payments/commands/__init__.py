"""Writes of payments."""

from purveyor.payments.commands.balance import charge_balance, pay_from_balance
from purveyor.payments.commands.cancel_payable import cancel_payable
from purveyor.payments.commands.deposit import deposit
from purveyor.payments.commands.open_payable import open_payable
from purveyor.payments.commands.record_transfer import record_transfer

__all__ = [
    "cancel_payable",
    "charge_balance",
    "deposit",
    "open_payable",
    "pay_from_balance",
    "record_transfer",
]
