"""Writes about cards. What asks the provider (``drive``, ``notices``, ``refunds``) runs outside every transaction."""

from purveyor.payments.commands.cards.keep import begin_keeping, remove_card, set_default_card
from purveyor.payments.commands.cards.notices import store_notice
from purveyor.payments.commands.cards.pay import charge_kept_card, pay_by_card
from purveyor.payments.commands.cards.refunds import ask_card_refund

__all__ = [
    "ask_card_refund",
    "begin_keeping",
    "charge_kept_card",
    "pay_by_card",
    "remove_card",
    "set_default_card",
    "store_notice",
]
