"""Leads ``/api/v1`` around the console's middleware: no session, no cookie, no template is of use to it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from purveyor.interfaces.api import door


class ApiShortcut:
    """The first middleware: calls to the API go through its own door, everything else on as before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(door.PREFIX) and path[len(door.PREFIX) : len(door.PREFIX) + 1] in {"", "/"}:
            return door.serve(request)
        return self.get_response(request)
