"""How django-allauth behaves here: people come by invitation, and nobody learns who has an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers: an invitation makes the login."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Logins have no user name, only an e-mail address."""
