"""What needs a hand, and what happened."""

from __future__ import annotations

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("view")
def today(desk: Desk) -> HttpResponse:
    """today."""
    return desk.render("console/overview/today.html")


@page("view")
def activity(desk: Desk) -> HttpResponse:
    """activity."""
    return desk.render("console/overview/activity.html")


@page("view", customer=True)
def customer(desk: Desk) -> HttpResponse:
    """customer."""
    return desk.render("console/overview/customer.html")


@page("view", customer=True)
def customer_activity(desk: Desk) -> HttpResponse:
    """customer_activity."""
    return desk.render("console/overview/customer_activity.html")
