"""Writes of billing."""

from purveyor.billing.commands.apply_payment import apply_payment
from purveyor.billing.commands.close_pro_forma import close_pro_forma
from purveyor.billing.commands.issue import issue_invoice, issue_pro_forma
from purveyor.billing.commands.mark_overdue import mark_overdue

__all__ = ["apply_payment", "close_pro_forma", "issue_invoice", "issue_pro_forma", "mark_overdue"]
