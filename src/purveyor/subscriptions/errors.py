"""Refusals of this room. ``period_ended`` is raised by ``rules/calendar.py``."""

from purveyor.kernel.errors import DomainError


class SubscriptionNotActive(DomainError):
    """Only a running subscription takes seats, members or renewal settings. Facts: ``status``."""

    code = "subscription_not_active"
    status = 409


class SeatsExhausted(DomainError):
    """No seat is free. Facts: ``quantity``, ``assigned``, ``free``, ``wanted``."""

    code = "seats_exhausted"
    status = 409


class SeatsInUse(DomainError):
    """Fewer seats than are assigned. Facts: ``field``, ``wanted``, ``assigned``."""

    code = "seats_in_use"
    status = 409


class TransitionRefused(DomainError):
    """The life cycle has no such step. Facts: ``status``, ``wanted``."""

    code = "subscription_not_active"
    status = 409


class RenewalLocked(DomainError):
    """So close to the end of the term nothing about the renewal changes any more. Facts: ``from``, ``until``."""

    code = "renewal_locked"
    status = 409
