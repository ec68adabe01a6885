"""Activation: somebody opens the link of an invitation. Signed out or in, the page is the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invited, take a name and a password."""
    return render(request, "console/account/activate.html", {})


def activated(request: HttpRequest) -> HttpResponse:
    """Where to go on from here."""
    return render(request, "console/account/activated.html", {})
