"""The sales room as a Django app."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    """Quotes and orders."""

    name = "purveyor.sales"
    default_auto_field = "django.db.models.BigAutoField"
