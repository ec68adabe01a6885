"""Writes about deposits and how balances are kept filled."""

from purveyor.payments.commands.funds.ask_deposit import ask_deposit, drop_deposit
from purveyor.payments.commands.funds.set_funds import set_funds
from purveyor.payments.commands.funds.watch import watch_balance, watch_funds

__all__ = ["ask_deposit", "drop_deposit", "set_funds", "watch_balance", "watch_funds"]
