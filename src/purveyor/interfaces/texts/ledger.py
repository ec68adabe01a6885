"""Names of accounts and movements, in the language active now. A movement without a name is shown by its own word."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACCOUNTS: dict[str, Promise] = {
    "cash_clearing": pgettext_lazy("account", "Money at the bank"),
    "card_clearing": pgettext_lazy("account", "Money at the card provider"),
    "receivable": pgettext_lazy("account", "Owed to us on invoices"),
    "customer_prepaid": pgettext_lazy("account", "Balances paid ahead"),
    "advance": pgettext_lazy("account", "Arrived for what is not invoiced yet"),
    "refund_payable": pgettext_lazy("account", "Refunds on their way"),
    "deferred_revenue": pgettext_lazy("account", "Sold and not yet earned"),
    "revenue": pgettext_lazy("account", "Earned"),
    "tax_payable": pgettext_lazy("account", "VAT owed"),
    "write_off": pgettext_lazy("account", "Written off"),
    "fees": pgettext_lazy("account", "Fees"),
    "fx": pgettext_lazy("account", "Exchange differences"),
    "bank_fees": pgettext_lazy("account", "Charges of the bank"),
    "bank_interest": pgettext_lazy("account", "Interest of the bank"),
    "bank_other": pgettext_lazy("account", "Other money of your own at the bank"),
}
MOVEMENTS: dict[str, Promise] = {
    "sale": pgettext_lazy("movement", "Sale"),
    "renewal": pgettext_lazy("movement", "Renewal"),
    "recognition": pgettext_lazy("movement", "Revenue of the day"),
    "deposit": _("Paid in"),
    "transfer": pgettext_lazy("movement", "Transfer"),
    "payment": pgettext_lazy("movement", "Payment"),
    "card": pgettext_lazy("movement", "Card"),
    "card_fee": _("Fee of the card provider"),
    "dispute": pgettext_lazy("movement", "Chargeback"),
    "dispute_won": _("Chargeback won"),
    "invoice_held": pgettext_lazy("movement", "Money of an invoice that is held"),
    "order_held": _("Money back from an order on hold"),
    "order_cancelled": _("Money back from a cancelled order"),
    "credit_note": pgettext_lazy("movement", "Credit note"),
    "refund": pgettext_lazy("movement", "Refund"),
    "refund_failed": _("A refund that could not be paid out"),
    "reversal": _("Money that went back to its bank, or was matched to something else"),
    "bank_fees": _("Bank charge"),
    "bank_interest": _("Interest"),
    "bank_other": _("Other money of your own"),
    "bank_undone": _("A bank charge, interest or other money of your own, taken back"),
    "vat_not_owed": _("VAT that was paid and is not owed"),
}


def account(kind: str) -> str:
    """The name of a kind of account."""
    return str(ACCOUNTS.get(kind, kind))


def movement(kind: str) -> str:
    """The name of a kind of movement."""
    return str(MOVEMENTS.get(kind, kind))
