"""All addresses of this deployment."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("language", include("django.conf.urls.i18n")),
    path("", include("purveyor.interfaces.console.urls")),
]
