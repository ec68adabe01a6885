"""Offers and price lists."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/offers/listing.html")


@page("operate", scopes=("operator",))
def create(desk: Desk) -> HttpResponse:
    """create."""
    return desk.render("console/offers/create.html")


@page("operate", scopes=("operator",))
def detail(desk: Desk, offer_id: UUID) -> HttpResponse:
    """detail."""
    return desk.render("console/offers/detail.html")


@page("operate", scopes=("operator",))
def withdraw(desk: Desk, offer_id: UUID) -> HttpResponse:
    """withdraw."""
    return desk.render("console/offers/withdraw.html")


@page("operate", scopes=("operator",))
def price_lists(desk: Desk) -> HttpResponse:
    """price_lists."""
    return desk.render("console/offers/price_lists.html")


@page("operate", scopes=("operator",))
def price_list_new(desk: Desk) -> HttpResponse:
    """price_list_new."""
    return desk.render("console/offers/price_list_new.html")


@page("operate", scopes=("operator",))
def price_list(desk: Desk, price_list_id: UUID) -> HttpResponse:
    """price_list."""
    return desk.render("console/offers/price_list.html")
