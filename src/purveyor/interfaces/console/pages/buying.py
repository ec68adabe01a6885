"""Buying."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("buy", customer=True)
def choose(desk: Desk) -> HttpResponse:
    """choose."""
    return desk.render("console/buying/choose.html")


@page("buy", customer=True)
def trial(desk: Desk) -> HttpResponse:
    """trial."""
    return desk.render("console/buying/trial.html")


@page("buy", customer=True)
def quote(desk: Desk, quote_id: UUID) -> HttpResponse:
    """quote."""
    return desk.render("console/buying/quote.html")


@page("buy", customer=True)
def top_up(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """top_up."""
    return desk.render("console/buying/top_up.html")
