"""Resellers, as the operator keeps them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/resellers/listing.html")


@page("operate", scopes=("operator",))
def create(desk: Desk) -> HttpResponse:
    """create."""
    return desk.render("console/resellers/create.html")


@page("operate", scopes=("operator",))
def detail(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """detail."""
    return desk.render("console/resellers/detail.html")


@page("operate", scopes=("operator",))
def edit(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """edit."""
    return desk.render("console/resellers/edit.html")


@page("operate", scopes=("operator",))
def discount(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """discount."""
    return desk.render("console/resellers/discount.html")
