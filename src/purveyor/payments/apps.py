from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "purveyor.payments"
    label = "payments"
