"""Renewal runs at the operator's desk."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """All runs."""
    return desk.redirect("parked")


@page("operate", scopes=("operator",))
def dry(desk: Desk) -> HttpResponse:
    """What would be billed."""
    return desk.redirect("parked")


@page("operate", scopes=("operator",))
def detail(desk: Desk, run_id: UUID) -> HttpResponse:
    """One run."""
    return desk.redirect("parked")
