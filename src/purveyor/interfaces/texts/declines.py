"""Cards in plain words: which one it is, and why it was declined."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as __

from purveyor.payments.types_cards import Card

_SAID = {
    "insufficient_funds": __("There is not enough money on the card. Pay with another one, or try again later."),
    "expired_card": __("The card has expired. Pay with another one."),
    "lost_card": __("The bank does not accept this card any more. Pay with another one."),
    "stolen_card": __("The bank does not accept this card any more. Pay with another one."),
    "pickup_card": __("The bank does not accept this card any more. Pay with another one."),
    "fraudulent": __("The bank does not accept this card. Pay with another one, or ask the bank."),
    "incorrect_cvc": __("The security code was wrong. Enter the card again."),
    "incorrect_number": __("The card number was wrong. Enter the card again."),
    "processing_error": __("The bank could not be reached. Try again in a while."),
    "authentication_required": __("The bank wants you to confirm this payment yourself."),
    "payment_intent_authentication_failure": __("The bank did not get your confirmation. Try again."),
    "card_velocity_exceeded": __("The card has reached its limit. Pay with another one, or try again later."),
    "withdrawal_count_limit_exceeded": __("The card has reached its limit. Pay with another one, or try again later."),
    "card_not_supported": __("This kind of card cannot pay this. Pay with another one."),
    "currency_not_supported": __("This card cannot pay in this currency. Pay with another one."),
    "resource_missing": __("The card is not known to the payment provider any more. Enter it again, or another one."),
    "no_card": __("No card is kept. Enter one to pay."),
}  # fmt: skip


def sentence(code: str) -> str:
    """The sentence for a provider's word; a general one for a word that says nothing to its holder."""
    said = _SAID.get(code)
    return (
        _(said)
        if said
        else _("The bank declined the card and did not say why. Pay with another one, or ask the bank.")
    )


def card_name(card: Card) -> str:
    """A card as people know it."""
    brand = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}.get(
        card.brand, card.brand.title()
    )
    return _("%(brand)s ending in %(last4)s") % {"brand": brand, "last4": card.last4}
