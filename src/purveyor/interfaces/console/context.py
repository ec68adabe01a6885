"""What every template may count on, whoever renders it (django-allauth's views, error pages)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from purveyor.interfaces.console import menus


def public(request: HttpRequest) -> dict[str, Any]:
    """The frame of signed-out pages: language switch and whom to ask. No query."""
    return {"public": SimpleLazyObject(menus.public_shell)}
