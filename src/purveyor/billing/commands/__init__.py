"""Writes of billing."""

from purveyor.billing.commands.apply_payment import apply_payment
from purveyor.billing.commands.apply_payments import apply_payments, withdraw_payment
from purveyor.billing.commands.close_pro_forma import close_pro_forma
from purveyor.billing.commands.hold_invoice import (
    hold_on,
    issue_held,
    issue_or_hold,
    last_instant,
    lock_held,
    wake_held,
)
from purveyor.billing.commands.issue import issue_invoice, issue_pro_forma
from purveyor.billing.commands.issue_credit_note import (
    issue_credit_note,
    prepare_credit,
    settle_credit_note,
)
from purveyor.billing.commands.mark_overdue import mark_overdue
from purveyor.billing.commands.on_account import (
    claim_account,
    hold_account,
    put_on_account,
    set_account_cap,
    settle_account,
    take_back_on_account,
)

__all__ = [
    "apply_payment",
    "apply_payments",
    "claim_account",
    "close_pro_forma",
    "hold_account",
    "hold_on",
    "issue_credit_note",
    "issue_held",
    "issue_invoice",
    "issue_or_hold",
    "issue_pro_forma",
    "last_instant",
    "lock_held",
    "mark_overdue",
    "prepare_credit",
    "put_on_account",
    "set_account_cap",
    "settle_account",
    "settle_credit_note",
    "take_back_on_account",
    "wake_held",
    "withdraw_payment",
]
