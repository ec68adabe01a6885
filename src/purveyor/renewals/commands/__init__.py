"""The only place that writes renewals."""

from purveyor.renewals.commands.follow_payment import follow_payment
from purveyor.renewals.commands.renew_term import renew_term

__all__ = ["follow_payment", "renew_term"]
