from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "purveyor.billing"
    label = "billing"
