"""All addresses of this deployment."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from purveyor.interfaces.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("webhooks/", include("purveyor.interfaces.webhooks.urls")),
    path("", include("purveyor.interfaces.console.urls")),
]
