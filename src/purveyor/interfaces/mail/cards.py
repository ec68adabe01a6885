"""Mails about cards: a charge that was declined, one that its payer must confirm, and a chargeback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.infra.registry import Announced, Handler
from purveyor.interfaces.mail import sending
from purveyor.interfaces.mail.sending import Action, Letter, greeting
from purveyor.interfaces.texts import declines, formats
from purveyor.kernel.actor import system_actor
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import cards
from purveyor.payments import queries as payments
from purveyor.payments.types import Payable

# To (payer), about a payable, its invoice's number, the provider's word, the day of the next try.
_CardLetter = Callable[[Organization, Payable, str, str, date | None], Letter]


def on_declined(event: Announced) -> None:
    """To the payer: why, when it is tried again, and where another card pays. Not once it was paid meanwhile."""
    _tell(event, declined)


def on_action_needed(event: Announced) -> None:
    """To the payer: where it confirms the payment itself, or gives a card."""
    _tell(event, action_needed)


def on_dispute_opened(event: Announced) -> None:
    """To the operator: the holder's bank took money back, and the provider wants an answer in time."""
    seller = parties.get_seller().organization
    payer = parties.get_organization(actor=system_actor(), organization_id=UUID(event.payload["payer_id"]))
    amount = Money(event.payload["amount"], event.payload["currency"])
    sending.post(
        event,
        "dispute",
        sending.contact(seller),
        sending.operator(),
        lambda: Letter(
            subject=_("Chargeback: %(payer)s, %(amount)s")
            % {"payer": payer.name, "amount": formats.money_text(amount)},
            greeting=greeting(seller.name),
            paragraphs=(
                _("The bank of the card's holder took the payment back. The invoice stands open again."),
                _(
                    "The card provider takes your evidence on its own pages. Until it is decided, nobody is dunned."
                ),
            ),
            facts=((_("Reason"), event.payload["reason"]),),
        ),
    )


def _tell(event: Announced, letter: _CardLetter) -> None:
    system = system_actor()
    payable = payments.get_payable(actor=system, payable_id=event.subject_id)
    if payable.status not in ("open", "partially_paid"):
        return
    payer = parties.get_organization(actor=system, organization_id=payable.payer_id)
    numbers = billing.numbers_of(actor=system, subject_ids=[payable.subject_id])
    number = numbers[payable.subject_id][1] if payable.subject_id in numbers else ""
    next_on = event.payload["next_on"]
    day = None if next_on is None else date.fromisoformat(next_on)
    sending.post(
        event,
        "card",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letter(payer, payable, number, event.payload["reason"], day),
    )


def declined(payer: Organization, payable: Payable, number: str, reason: str, next_on: date | None) -> Letter:
    """The kept card did not pay."""
    after = (
        _("We try again on %(day)s by ourselves.") % {"day": formats.day_text(next_on)}
        if next_on is not None
        else _("We do not try this card again by ourselves.")
    )
    return _letter(
        _("Your card was declined: %(amount)s") % _amount(payable), payer, payable, number,
        (declines.sentence(reason), after),
    )  # fmt: skip


def action_needed(
    payer: Organization, payable: Payable, number: str, reason: str, next_on: date | None
) -> Letter:
    """The payer itself must act."""
    return _letter(
        _("Please confirm a payment: %(amount)s") % _amount(payable), payer, payable, number,
        (declines.sentence(reason), _("It takes a minute, on the page of our payment provider.")),
    )  # fmt: skip


def _letter(
    subject: str, payer: Organization, payable: Payable, number: str, said: tuple[str, ...]
) -> Letter:
    return Letter(
        subject=subject,
        greeting=greeting(payer.name),
        paragraphs=said,
        facts=(
            *(((_("Number"), number),) if number else ()),
            (_("Open"), formats.money_text(payable.open)),
        ),
        action=Action(_("Pay by card"), cards.pay_url(payable.id)),
    )


def _amount(payable: Payable) -> dict[str, str]:
    return {"amount": formats.money_text(payable.open)}


# (event, stable name of the delivery, handler), for config/wiring.py.
LISTENERS: tuple[tuple[str, str, Handler], ...] = (
    ("card.declined", "mail.card_declined", on_declined),
    ("card.action_needed", "mail.card_action_needed", on_action_needed),
    ("dispute.opened", "mail.dispute_opened", on_dispute_opened),
)
