from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "purveyor.ledger"
    label = "ledger"
