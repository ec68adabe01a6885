from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "purveyor.catalog"
    label = "catalog"
