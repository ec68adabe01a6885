from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "purveyor.parties"
    label = "parties"
