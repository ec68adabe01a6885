"""What mails to organizations say: subscriptions to a customer's contact, documents to whoever pays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from purveyor.billing.types import Document
from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import explanations, formats
from purveyor.parties.types import Organization
from purveyor.payments.types_bank import Mandate
from purveyor.sales.types import OrderView, PaymentDetails
from purveyor.subscriptions.types import Subscription

SubscriptionLetter = Callable[[Organization, Subscription, str], Letter]


def subscription_made(customer: Organization, found: Subscription, product: str) -> Letter:
    """To the customer's contact, without a price: somebody else may pay."""
    return Letter(
        subject=_("Your subscription to %(product)s is active") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("A subscription was made for %(customer)s. Its seats can be assigned now.")
            % {"customer": customer.name},
        ),
        facts=_about(found, product),
        action=Action(_("Open the subscription"), links.subscription(customer, found.id)),
    )


def trial_converted(customer: Organization, found: Subscription, product: str) -> Letter:
    """To the customer's contact: the trial goes on as a subscription."""
    return Letter(
        subject=_("Your trial of %(product)s is now a subscription") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(_("The trial has become a subscription. Members keep their seats, and nothing stops."),),
        facts=_about(found, product),
        action=Action(_("Open the subscription"), links.subscription(customer, found.id)),
    )


def trial_started(customer: Organization, found: Subscription, product: str, end: date) -> Letter:
    """To the customer's contact: until when it can be tried, and what follows."""
    after = (
        _("It then goes on as a paid subscription, unless it is switched off before.")
        if found.auto_renew
        else _("It then ends by itself, and nothing is charged.")
    )
    return Letter(
        subject=_("Your trial of %(product)s has started") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("You can try %(product)s until %(last)s.") % {"product": product, "last": _last_day(end)},
            after,
        ),
        facts=((_("Product"), product), (_("Seats"), formats.number_text(found.quantity))),
        action=Action(_("Open the subscription"), links.subscription(customer, found.id)),
    )


def trial_ended(customer: Organization, found: Subscription, product: str) -> Letter:
    """To the customer's contact: the trial is over, nothing was charged."""
    return Letter(
        subject=_("Your trial of %(product)s has ended") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("The trial is over and its seats have ended. Nothing was charged."),
            _("If you want to go on, buy a subscription or ask us."),
        ),
        action=Action(_("Open the subscription"), links.subscription(customer, found.id)),
    )


def subscription_ended(customer: Organization, found: Subscription, product: str) -> Letter:
    """To the customer's contact: the last term is over."""
    return Letter(
        subject=_("Your subscription to %(product)s has ended") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("The subscription was not renewed, and its seats have ended."),
            _("If you want to go on, buy a new subscription or ask us."),
        ),
        action=Action(_("Open the subscription"), links.subscription(customer, found.id)),
    )


def order_waiting(
    payer: Organization, order: OrderView, payment: PaymentDetails, *, number: str, customer: str, seller: str
) -> Letter:
    """To the payer: what to transfer, where to, and under which reference."""
    return Letter(
        subject=_("Pro-forma invoice %(number)s: please transfer %(amount)s")
        % {"number": number, "amount": formats.money_text(payment.amount)},
        greeting=greeting(payer.name),
        paragraphs=(
            _("Thank you for the order. It completes by itself as soon as the money is there."),
            _("Use exactly this reference, so that your payment is recognized."),
        ),
        facts=(
            *_for_customer(order.customer_id == payer.id, customer),
            (_("Amount"), formats.money_text(payment.amount)),
            (_("To"), seller),
            *account_facts(payment.iban, payment.bic, payment.bank_name),
            (_("Reference"), payment.reference),
        ),
        action=Action(_("Open the order"), links.order(payer, order.id)),
    )


def invoice_issued(
    payer: Organization,
    document: Document,
    *,
    customer: str,
    from_order: bool,
    mandate: Mandate | None = None,
    creditor: str = "",
) -> Letter:
    """To the payer: the invoice, and how to pay it where something is open. With a ``mandate`` it announces what is
    collected by it, as the mandate promises."""
    sums = _sums(document)
    if from_order and not document.open:
        first = _("Your order is complete. This is its invoice, and it is paid.")
    elif not document.open:
        first = _("This is your invoice. It is paid.")
    elif mandate is not None:
        first = _(
            "This is your invoice. %(open)s is collected from your account %(account)s by direct debit, on %(due)s"
            " at the earliest. There is nothing to transfer."
        ) % {
            "open": formats.money_text(document.open),
            "account": mandate.account,
            "due": formats.day_text(document.due_on),
        }
        sums = [
            *_amounts(document),
            (_("Mandate reference"), mandate.reference),
            (_("Creditor identifier"), creditor),
        ]
    else:
        first = _("This is your invoice. Please pay it by %(due)s.") % {
            "due": formats.day_text(document.due_on)
        }
    return Letter(
        subject=_("Invoice %(number)s") % {"number": document.number},
        greeting=greeting(payer.name),
        paragraphs=(first,),
        facts=(*_for_customer(document.customer_id == payer.id, customer), *sums),
        action=Action(_("Open the invoice"), links.document(payer, document.id)),
    )


def invoice_overdue(payer: Organization, document: Document, *, customer: str) -> Letter:
    """To the payer: what is open, and since when."""
    return Letter(
        subject=_("Invoice %(number)s is overdue") % {"number": document.number},
        greeting=greeting(payer.name),
        paragraphs=(
            _("The invoice was due on %(due)s, and %(open)s is still open.")
            % {"due": formats.day_text(document.due_on), "open": formats.money_text(document.open)},
            _("If you have paid in the last days, there is nothing more to do."),
        ),
        facts=(*_for_customer(document.customer_id == payer.id, customer), *_sums(document)),
        action=Action(_("Open the invoice"), links.document(payer, document.id)),
    )


def _amounts(document: Document) -> list[tuple[str, str]]:
    facts = [
        (_("Number"), document.number),
        (_("Net"), formats.money_text(document.net)),
        (_("VAT"), formats.money_text(document.vat)),
        (_("Total"), formats.money_text(document.gross)),
    ]
    if document.open:
        facts.append((_("Open"), formats.money_text(document.open)))
    return facts


def _sums(document: Document) -> list[tuple[str, str]]:
    facts = _amounts(document)
    if document.open and document.payment is not None:
        payment = document.payment
        facts.extend(account_facts(payment.iban, payment.bic, payment.bank_name))
        facts.append((_("Reference"), payment.reference))
    return facts


def account_facts(iban: str, bic: str, bank: str) -> list[tuple[str, str]]:
    """The account to transfer to, as lines of a mail."""
    grouped = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    facts = [(_("IBAN"), grouped), (_("BIC"), bic), (_("Bank"), bank)]
    return [(label, value) for label, value in facts if value]


def _for_customer(own: bool, customer: str) -> list[tuple[str, str]]:
    return [] if own else [(_("Customer"), customer)]


def _about(found: Subscription, product: str) -> tuple[tuple[str, str], ...]:
    facts = [(_("Product"), product), (_("Seats"), formats.number_text(found.quantity))]
    if found.period is not None:
        facts.append((_("Term"), explanations.months_text(found.term_months)))
        facts.append((_("Until"), formats.day_text(found.period.last_day)))
    return tuple(facts)


def _last_day(end: date) -> str:
    return formats.day_text(end - timedelta(days=1))
