"""Documents and the balance."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("documents")
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/billing/listing.html")


@page("documents")
def document(desk: Desk, document_id: UUID) -> HttpResponse:
    """document."""
    return desk.render("console/billing/document.html")


@page("documents")
def balance(desk: Desk) -> HttpResponse:
    """balance."""
    return desk.render("console/billing/balance.html")


@page("documents", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """customer_listing."""
    return desk.render("console/billing/customer_listing.html")


@page("documents", customer=True)
def customer_document(desk: Desk, document_id: UUID) -> HttpResponse:
    """customer_document."""
    return desk.render("console/billing/customer_document.html")
