"""The room's Django application."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Quantity, term, renewal settings and life cycle."""

    name = "purveyor.subscriptions"
    label = "subscriptions"
