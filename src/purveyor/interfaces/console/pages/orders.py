"""Orders."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("documents")
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/orders/listing.html")


@page("documents")
def detail(desk: Desk, order_id: UUID) -> HttpResponse:
    """detail."""
    return desk.render("console/orders/detail.html")


@page("buy")
def cancel(desk: Desk, order_id: UUID) -> HttpResponse:
    """cancel."""
    return desk.render("console/orders/cancel.html")


@page("documents", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """customer_listing."""
    return desk.render("console/orders/customer_listing.html")


@page("documents", customer=True)
def customer_detail(desk: Desk, order_id: UUID) -> HttpResponse:
    """customer_detail."""
    return desk.render("console/orders/customer_detail.html")
