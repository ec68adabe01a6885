"""Ends a session that nobody used for a while (rules.md f, ASVS 7.3): by real time, never by the test clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

KEY = "last_used"
# A session is written at most once a minute, not with every page.
WRITE_SECONDS = 60


class IdleSession:
    """Middleware, after authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out who was away too long, and lead back to the page afterwards."""
        if not request.session.session_key or not request.user.is_authenticated:
            return self._get_response(request)
        now = int(time.time())
        last = request.session.get(KEY, now)
        if now - last > settings.IDLE_MINUTES * 60:
            logout(request)
            messages.info(request, _("You were signed out because nothing happened for a while."))
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if KEY not in request.session or now - last >= WRITE_SECONDS:
            request.session[KEY] = now
        return self._get_response(request)
