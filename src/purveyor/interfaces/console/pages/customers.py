"""Customers: list, new, business information, acting on."""

from __future__ import annotations

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("view")
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/customers/listing.html")


@page("create_customer")
def create(desk: Desk) -> HttpResponse:
    """create."""
    return desk.render("console/customers/create.html")


@page("view")
def switch(desk: Desk) -> HttpResponse:
    """switch."""
    return desk.render("console/customers/switch.html")


@page("business_information", customer=True)
def edit(desk: Desk) -> HttpResponse:
    """edit."""
    return desk.render("console/customers/edit.html")
