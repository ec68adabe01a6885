"""Writes of payments."""

from purveyor.payments.commands.balance import charge_balance, pay_from_balance
from purveyor.payments.commands.cancel_payable import cancel_payable
from purveyor.payments.commands.correct_vat import correct_vat
from purveyor.payments.commands.credit_invoice import credit_invoice
from purveyor.payments.commands.deposit import deposit
from purveyor.payments.commands.dunning_case import open_case, resolve_case, take_step
from purveyor.payments.commands.dunning_ladder import reset_ladder, set_ladder
from purveyor.payments.commands.dunning_pause import promise, put_on_hold, release
from purveyor.payments.commands.finish_refund import finish_refund, name_refund_account
from purveyor.payments.commands.link_invoice import link_invoice, link_paid_invoices
from purveyor.payments.commands.open_payable import open_payable
from purveyor.payments.commands.record_transfer import record_transfer
from purveyor.payments.commands.release_advance import release_advance
from purveyor.payments.commands.release_held import hold_or_settle, release_held
from purveyor.payments.commands.reopen_payable import reopen_payable

__all__ = [
    "cancel_payable",
    "charge_balance",
    "correct_vat",
    "credit_invoice",
    "deposit",
    "finish_refund",
    "hold_or_settle",
    "link_invoice",
    "link_paid_invoices",
    "name_refund_account",
    "open_case",
    "open_payable",
    "pay_from_balance",
    "promise",
    "put_on_hold",
    "record_transfer",
    "release",
    "release_advance",
    "release_held",
    "reopen_payable",
    "reset_ladder",
    "resolve_case",
    "set_ladder",
    "take_step",
]
