"""The room's Django application."""

from django.apps import AppConfig


class SeatsConfig(AppConfig):
    """Members, invitations, assignments."""

    name = "purveyor.seats"
    label = "seats"
