"""Writes of the bank: statements, what their entries are for, and files for the bank."""

from purveyor.payments.commands.bank.by_hand import (
    dismiss_entry,
    match_entry,
    restore_entry,
    unmatch_entry,
)
from purveyor.payments.commands.bank.import_statement import import_statement
from purveyor.payments.commands.bank.mandates import enter_mandate, revoke_mandate
from purveyor.payments.commands.bank.match_statement import go_on, match_again, match_statement
from purveyor.payments.commands.bank.own_money import book_entry
from purveyor.payments.commands.bank.payment_files import make_collections, make_payouts, withdraw_file
from purveyor.payments.commands.bank.return_payout import return_payout
from purveyor.payments.commands.bank.reverse_payment import reverse_payment

__all__ = [
    "book_entry",
    "dismiss_entry",
    "enter_mandate",
    "go_on",
    "import_statement",
    "make_collections",
    "make_payouts",
    "match_again",
    "match_entry",
    "match_statement",
    "restore_entry",
    "return_payout",
    "reverse_payment",
    "revoke_mandate",
    "unmatch_entry",
    "withdraw_file",
]
