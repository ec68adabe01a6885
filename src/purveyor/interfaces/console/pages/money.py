"""Money received, balances, and what waits for a person."""

from __future__ import annotations

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/money/listing.html")


@page("operate", scopes=("operator",))
def receive(desk: Desk) -> HttpResponse:
    """receive."""
    return desk.render("console/money/receive.html")


@page("operate", scopes=("operator",))
def balances(desk: Desk) -> HttpResponse:
    """balances."""
    return desk.render("console/money/balances.html")


@page("operate", scopes=("operator",))
def deposit(desk: Desk) -> HttpResponse:
    """deposit."""
    return desk.render("console/money/deposit.html")


@page("operate", scopes=("operator",))
def parked(desk: Desk) -> HttpResponse:
    """parked."""
    return desk.render("console/money/parked.html")
