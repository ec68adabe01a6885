"""The renewals room as a Django app."""

from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    """Terms and trials that end."""

    name = "purveyor.renewals"
    default_auto_field = "django.db.models.BigAutoField"
