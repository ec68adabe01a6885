"""What mails about an unpaid invoice say: calm, with the days on which something follows."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from purveyor.billing.types import Document
from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.letters_business import _for_customer, _sums
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import formats
from purveyor.parties.types import Organization
from purveyor.payments.types import DunningAction, DunningCase

# To (organization), about a case, its invoice and the name of its customer.
DunningLetter = Callable[[Organization, DunningCase, Document, str], Letter]


def reminded(to: Organization, case: DunningCase, document: Document, customer: str) -> Letter:
    """A reminder."""
    subject = _("Reminder: invoice %(number)s is not paid") % {"number": document.number}
    return _letter(subject, (_was_due(document), _crossed()), to, case, document, customer)


def final_notice(to: Organization, case: DunningCase, document: Document, customer: str) -> Letter:
    """The last word before the suspension, with its day."""
    subject = _("Final notice: invoice %(number)s is not paid") % {"number": document.number}
    day = case.day_of("suspend")
    after = (
        _("If it is not paid, the subscriptions on this invoice are suspended on %(day)s.")
        % {"day": formats.day_text(day)}
        if day is not None
        else _("Please pay it now.")
    )
    return _letter(subject, (_was_due(document), after, _crossed()), to, case, document, customer)


def orders_blocked(to: Organization, case: DunningCase, document: Document, customer: str) -> Letter:
    """New orders are refused."""
    subject = _("No new orders until invoice %(number)s is paid") % {"number": document.number}
    said = (
        _was_due(document),
        _("Until it is paid, new orders are refused. What is paid goes on as it is."),
        _crossed(),
    )
    return _letter(subject, said, to, case, document, customer)


def suspended(to: Organization, case: DunningCase, document: Document, customer: str) -> Letter:
    """The subscriptions on the invoice are suspended."""
    subject = _("Suspended: invoice %(number)s is not paid") % {"number": document.number}
    said = (
        _was_due(document),
        _("The subscriptions on this invoice are suspended. All others go on."),
        _("As soon as the money is there, they go on by themselves. Nothing is lost until then."),
    )
    return _letter(subject, said, to, case, document, customer)


def terminated(to: Organization, case: DunningCase, document: Document, customer: str) -> Letter:
    """The subscriptions on the invoice have ended."""
    subject = _("Ended: invoice %(number)s was not paid") % {"number": document.number}
    said = (
        _was_due(document),
        _("The subscriptions on this invoice have ended. The amount is still owed."),
    )
    return _letter(subject, said, to, case, document, customer)


def resolved(to: Organization, case: DunningCase, document: Document, customer: str) -> Letter:
    """It is paid: what was stopped goes on."""
    if case.before == "suspended":
        after = _("The subscriptions on this invoice go on.")
    elif case.before == "terminated":
        after = _("The subscriptions on this invoice had ended. To go on, buy new ones.")
    else:
        after = _("New orders can be placed again.")
    return Letter(
        subject=_("Thank you: invoice %(number)s is paid") % {"number": document.number},
        greeting=greeting(to.name),
        paragraphs=(_("The money has arrived."), after),
        facts=tuple(_for_customer(document.customer_id == to.id, customer)),
        action=Action(_("Open the invoice"), links.document(to, document.id)),
    )


def about_customer(reseller: Organization, case: DunningCase, action: DunningAction, customer: str) -> Letter:
    """To the reseller of a customer that pays for itself: that something is unpaid, but not how much."""
    facts: list[tuple[str, str]] = [(_("Customer"), customer), *_ahead(case)]
    if action == "suspend":
        said = _("%(customer)s has not paid an invoice of its own, and its subscriptions are suspended.")
    elif action == "terminate":
        said = _("%(customer)s has not paid an invoice of its own, and its subscriptions have ended.")
    else:
        said = _("%(customer)s has not paid an invoice of its own. A word from you may help.")
    return Letter(
        subject=_("Your customer %(customer)s has an unpaid invoice") % {"customer": customer},
        greeting=greeting(reseller.name),
        paragraphs=(said % {"customer": customer},),
        facts=tuple(facts),
        action=Action(_("Open Purveyor"), links.home()),
    )


def _letter(
    subject: str,
    said: tuple[str, ...],
    to: Organization,
    case: DunningCase,
    document: Document,
    customer: str,
) -> Letter:
    return Letter(
        subject=subject,
        greeting=greeting(to.name),
        paragraphs=said,
        facts=(*_for_customer(document.customer_id == to.id, customer), *_sums(document), *_ahead(case)),
        action=Action(_("See what is owed and what happens when"), links.dunning_case(to, case.id)),
    )


def _was_due(document: Document) -> str:
    return _("The invoice was due on %(due)s, and %(open)s is still open.") % {
        "due": formats.day_text(document.due_on),
        "open": formats.money_text(document.open),
    }


def _crossed() -> str:
    return _("If you have paid in the last days, there is nothing more to do.")


def _ahead(case: DunningCase) -> list[tuple[str, str]]:
    """The days on which something stops, as far as they are still ahead."""
    named: list[tuple[str, DunningAction]] = [
        (_("New orders stop"), "block_orders"),
        (_("Service is suspended"), "suspend"),
        (_("Subscriptions end"), "terminate"),
    ]
    days = [(label, case.day_of(action)) for label, action in named]
    return [(label, formats.day_text(day)) for label, day in days if day is not None]
