from django.apps import AppConfig


class TaxConfig(AppConfig):
    name = "purveyor.tax"
    label = "tax"
