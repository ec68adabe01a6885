"""The only place that writes sales."""

from purveyor.sales.commands.accept_quote import accept_quote
from purveyor.sales.commands.cancel_order import cancel_order
from purveyor.sales.commands.close_account import close_account, note_account_invoice
from purveyor.sales.commands.make_quote import make_quote, requote
from purveyor.sales.commands.note_invoice import note_invoice, replace_invoice
from purveyor.sales.commands.pay_renewals import pay_renewals
from purveyor.sales.commands.preview_quote import preview_quote
from purveyor.sales.commands.release_credit_holds import release_credit_holds
from purveyor.sales.commands.settle_order import settle_order
from purveyor.sales.commands.start_trial import start_trial
from purveyor.sales.commands.take_back_seats import take_back_seats

__all__ = [
    "accept_quote",
    "cancel_order",
    "close_account",
    "make_quote",
    "note_account_invoice",
    "note_invoice",
    "pay_renewals",
    "preview_quote",
    "release_credit_holds",
    "replace_invoice",
    "requote",
    "settle_order",
    "start_trial",
    "take_back_seats",
]
