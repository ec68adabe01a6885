"""What mails about balances and credit say, to whoever they belong to."""

from __future__ import annotations

from django.utils.translation import gettext as _

from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.letters_business import account_facts
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import formats
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization, Seller
from purveyor.payments.types import Payable
from purveyor.sales.credit import Credit


def deposit_asked(owner: Organization, found: Payable, seller: Seller, *, automatic: bool) -> Letter:
    """How to pay in; with why, where nobody asked by hand."""
    amount = formats.money_text(found.open)
    why = _("You asked how to pay in. Please give exactly this reference.")
    if automatic:
        why = _("Your balance is below the amount that you set. To fill it up, please transfer what follows.")
    return Letter(
        subject=_("Pay in %(amount)s") % {"amount": amount},
        greeting=greeting(owner.name),
        paragraphs=(why, _("The money is on your balance as soon as it has arrived. This is no invoice.")),
        facts=(
            (_("Amount"), amount),
            (_("Reference"), formats.in_fours(found.reference or "")),
            (_("Account holder"), seller.organization.name),
            *account_facts(seller.iban, seller.bic, seller.bank_name),
        ),
        action=Action(_("Open the balance"), links.balance(owner)),
    )


def balance_low(owner: Organization, available: Money, threshold: Money) -> Letter:
    """That the balance is below what its owner set: told once."""
    return Letter(
        subject=_("Your balance is down to %(amount)s") % {"amount": formats.money_text(available)},
        greeting=greeting(owner.name),
        paragraphs=(
            _(
                "You asked to be told below %(threshold)s. Orders and renewals that the balance cannot pay have "
                "to wait."
            )
            % {"threshold": formats.money_text(threshold)},
        ),
        action=Action(_("Pay in"), links.balance(owner)),
    )


def order_above_limit(owner: Organization, order_id_url: str, gross: Money, credit: Credit) -> Letter:
    """That an order waits for room, with the figures behind it."""
    facts = [
        (_("This order"), formats.money_text(gross)),
        (_("Open invoices"), formats.money_text(credit.invoices)),
        (_("On account, without VAT"), formats.money_text(credit.on_account)),
    ]
    if credit.limit is not None:
        facts.append((_("Credit limit"), formats.money_text(credit.limit)))
    return Letter(
        subject=_("An order waits: your credit limit is reached"),
        greeting=greeting(owner.name),
        paragraphs=(
            _("With this order you would owe more than your credit limit, so it is on hold."),
            _(
                "It goes on by itself when open invoices are paid or the limit is raised. You can also cancel it."
            ),
        ),
        facts=tuple(facts),
        action=Action(_("Open the order"), order_id_url),
    )


def order_goes_on(
    owner: Organization, order_id_url: str, gross: Money, *, is_asked: bool, waiting: int
) -> Letter:
    """That an order that waited for room goes on, and how many wait behind it."""
    then = _("It is carried out, and stands on account until the end of the month.")
    if is_asked:
        then = _("It waits for its transfer. The order says where the money goes.")
    facts = [(_("This order"), formats.money_text(gross))]
    if waiting:
        facts.append((_("Orders that still wait"), formats.number_text(waiting)))
    return Letter(
        subject=_("An order goes on: there is room below your credit limit"),
        greeting=greeting(owner.name),
        paragraphs=(_("This order was on hold because of your credit limit. You owe less now."), then),
        facts=tuple(facts),
        action=Action(_("Open the order"), order_id_url),
    )
