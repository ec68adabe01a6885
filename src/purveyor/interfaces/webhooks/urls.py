"""Addresses that other systems call."""

from __future__ import annotations

from django.urls import URLPattern, path

from purveyor.interfaces.webhooks import card

app_name = "webhooks"

urlpatterns: list[URLPattern] = [path("card", card.card, name="card")]
