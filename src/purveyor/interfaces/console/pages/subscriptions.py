"""Subscriptions."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("view")
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/subscriptions/listing.html")


@page("view", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """customer_listing."""
    return desk.render("console/subscriptions/customer_listing.html")


@page("view", customer=True)
def detail(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """detail."""
    return desk.render("console/subscriptions/detail.html")


@page("buy", customer=True)
def renewal(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """renewal."""
    return desk.render("console/subscriptions/renewal.html")
