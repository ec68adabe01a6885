"""The only place that writes renewals."""

from purveyor.renewals.commands.renew_term import renew_term

__all__ = ["renew_term"]
