from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "purveyor.interfaces.mail"
    label = "mail"
