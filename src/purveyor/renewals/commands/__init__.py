"""The only place that writes renewals."""

from purveyor.renewals.commands.advance_ladder import advance_ladder
from purveyor.renewals.commands.answer_price import answer_price
from purveyor.renewals.commands.choose_notices import choose_notices
from purveyor.renewals.commands.close_renewal import close_renewal
from purveyor.renewals.commands.follow_invoice import follow_invoice
from purveyor.renewals.commands.follow_payment import follow_payment
from purveyor.renewals.commands.give_notices import note_rebased
from purveyor.renewals.commands.hold_renewals import hold_renewals, release_renewals, settle_held
from purveyor.renewals.commands.link_gathered import link_gathered
from purveyor.renewals.commands.look_at_numbers import look_at_numbers
from purveyor.renewals.commands.note_invoice import note_invoice, replace_invoice
from purveyor.renewals.commands.pay_waiting import pay_next_waiting
from purveyor.renewals.commands.renew_term import renew_term
from purveyor.renewals.commands.run_renewals import run_renewals
from purveyor.renewals.commands.settle_renewal import settle_renewal
from purveyor.renewals.commands.take_over import take_over

__all__ = [
    "advance_ladder",
    "answer_price",
    "choose_notices",
    "close_renewal",
    "follow_invoice",
    "follow_payment",
    "hold_renewals",
    "link_gathered",
    "look_at_numbers",
    "note_invoice",
    "note_rebased",
    "pay_next_waiting",
    "release_renewals",
    "renew_term",
    "replace_invoice",
    "run_renewals",
    "settle_held",
    "settle_renewal",
    "take_over",
]
