"""A customer's members."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page


@page("view", customer=True)
def listing(desk: Desk) -> HttpResponse:
    """listing."""
    return desk.render("console/members/listing.html")


@page("assign", customer=True)
def add(desk: Desk) -> HttpResponse:
    """add."""
    return desk.render("console/members/add.html")


@page("view", customer=True)
def detail(desk: Desk, member_id: UUID) -> HttpResponse:
    """detail."""
    return desk.render("console/members/detail.html")


@page("assign", customer=True)
def edit(desk: Desk, member_id: UUID) -> HttpResponse:
    """edit."""
    return desk.render("console/members/edit.html")


@page("assign", customer=True)
def role(desk: Desk, member_id: UUID) -> HttpResponse:
    """role."""
    return desk.render("console/members/role.html")


@page("assign", customer=True)
def remove(desk: Desk, member_id: UUID) -> HttpResponse:
    """remove."""
    return desk.render("console/members/remove.html")


@page("assign", customer=True)
def assign(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """assign."""
    return desk.render("console/members/assign.html")


@page("assign", customer=True)
def release(desk: Desk, assignment_id: UUID) -> HttpResponse:
    """release."""
    return desk.render("console/members/release.html")


@page("assign", customer=True)
def replace(desk: Desk, assignment_id: UUID) -> HttpResponse:
    """replace."""
    return desk.render("console/members/replace.html")


@page("assign", customer=True)
def resend(desk: Desk, invitation_id: UUID) -> HttpResponse:
    """resend."""
    return desk.render("console/members/resend.html")


@page("assign", customer=True)
def withdraw(desk: Desk, invitation_id: UUID) -> HttpResponse:
    """withdraw."""
    return desk.render("console/members/withdraw.html")
