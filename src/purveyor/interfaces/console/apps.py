from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "purveyor.interfaces.console"
    label = "console"
