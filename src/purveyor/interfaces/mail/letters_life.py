"""What mails about the life of a subscription say: to the customer's contact, and to who has a seat."""

from __future__ import annotations

from django.utils.translation import gettext as _

from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import life
from purveyor.parties.types import Organization
from purveyor.subscriptions.types import Subscription


def ended_early(customer: Organization, found: Subscription, product: str, reason: str) -> Letter:
    """To the customer's contact: somebody ended it before its term was over."""
    return Letter(
        subject=_("Your subscription to %(product)s has ended") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("The subscription was ended, and its seats with it. Nothing more is charged for it."),
            _("If you did not expect this, ask us."),
        ),
        facts=_because(product, reason),
        action=_open(customer, found),
    )


def suspended(customer: Organization, found: Subscription, product: str, reason: str) -> Letter:
    """To the customer's contact: it stands still, and what follows."""
    return Letter(
        subject=_("Your subscription to %(product)s is suspended") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("Members keep their seats, but nobody can use them until the subscription goes on."),
            _("Unless it goes on before, it ends with its term."),
        ),
        facts=_because(product, reason),
        action=_open(customer, found),
    )


def resumed(customer: Organization, found: Subscription, product: str) -> Letter:
    """To the customer's contact: it goes on after it was suspended."""
    return Letter(
        subject=_("Your subscription to %(product)s goes on") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(_("The subscription is active again. The end of its term has not moved."),),
        facts=((_("Product"), product),),
        action=_open(customer, found),
    )


def reactivated(customer: Organization, found: Subscription, product: str) -> Letter:
    """To the customer's contact: its end was undone."""
    return Letter(
        subject=_("Your subscription to %(product)s is active again") % {"product": product},
        greeting=greeting(customer.name),
        paragraphs=(
            _("The end of the subscription was undone. Its seats are free: please assign them again."),
        ),
        facts=((_("Product"), product),),
        action=_open(customer, found),
    )


def seat_suspended(*, name: str, organization: str, product: str) -> Letter:
    """To a member: the seat cannot be used for now."""
    return Letter(
        subject=_("Your seat of %(product)s is suspended") % {"product": product},
        greeting=greeting(name),
        paragraphs=(
            _(
                "%(organization)s keeps your seat of %(product)s, but it cannot be used: the subscription is suspended."
            )
            % {"organization": organization, "product": product},
            _("Your administrator knows more."),
        ),
    )


def seat_resumed(*, name: str, organization: str, product: str) -> Letter:
    """To a member: the seat can be used again."""
    return Letter(
        subject=_("You can use your seat of %(product)s again") % {"product": product},
        greeting=greeting(name),
        paragraphs=(
            _("The subscription of %(organization)s to %(product)s goes on.")
            % {"organization": organization, "product": product},
        ),
        action=Action(_("See what you have"), links.home()),
    )


def seat_over(*, name: str, organization: str, product: str) -> Letter:
    """To a member: the subscription is over, and the seat with it."""
    return Letter(
        subject=_("Your seat of %(product)s has ended") % {"product": product},
        greeting=greeting(name),
        paragraphs=(
            _("The subscription of %(organization)s to %(product)s has ended, and your seat with it.")
            % {"organization": organization, "product": product},
            _("If you still need it, ask your administrator."),
        ),
    )


def _because(product: str, reason: str) -> tuple[tuple[str, str], ...]:
    return ((_("Product"), product), (_("Reason"), life.reason(reason)))


def _open(customer: Organization, found: Subscription) -> Action:
    return Action(_("Open the subscription"), links.subscription(customer, found.id))
