"""The only place that writes renewals."""

from purveyor.renewals.commands.answer_price import answer_price
from purveyor.renewals.commands.choose_notices import choose_notices
from purveyor.renewals.commands.follow_payment import follow_payment
from purveyor.renewals.commands.give_notices import note_rebased
from purveyor.renewals.commands.link_gathered import link_gathered
from purveyor.renewals.commands.renew_term import renew_term

__all__ = ["answer_price", "choose_notices", "follow_payment", "link_gathered", "note_rebased", "renew_term"]
