"""Open invitations to the staff: sent again, or withdrawn. One's own, and for the operator its resellers'."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.kernel.errors import NotFound
from purveyor.seats import commands, queries
from purveyor.seats.types import Invitation


@page("settings", scopes=("operator", "reseller"))
def resend(desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Send an invitation to the own staff again: the old link is void, the new one open for the full time."""
    found = _staff_invitation(desk, desk.organization.id, invitation_id)
    return _resend(desk, found, desk.url("people"))


@page("settings", scopes=("operator", "reseller"))
def withdraw(desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Void an invitation to the own staff."""
    found = _staff_invitation(desk, desk.organization.id, invitation_id)
    return _withdraw(desk, found, desk.url("people"))


@page("operate", scopes=("operator",))
def reseller_resend(desk: Desk, reseller_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Send an invitation to a reseller's staff again, as when its first administrator lost the mail."""
    found = _staff_invitation(desk, reseller_id, invitation_id)
    return _resend(desk, found, desk.url("reseller", reseller_id=reseller_id))


@page("operate", scopes=("operator",))
def reseller_withdraw(desk: Desk, reseller_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Void an invitation to a reseller's staff."""
    found = _staff_invitation(desk, reseller_id, invitation_id)
    return _withdraw(desk, found, desk.url("reseller", reseller_id=reseller_id))


def _staff_invitation(desk: Desk, organization_id: UUID, invitation_id: UUID) -> Invitation:
    found = queries.get_invitation(actor=desk.actor, invitation_id=invitation_id)
    # A member's invitation also holds seats: its pages are the customer's.
    if found.member_id is not None or found.organization_id != organization_id:
        raise NotFound(kind="invitation")
    return found


def _resend(desk: Desk, found: Invitation, back: str) -> HttpResponse:
    def act() -> str:
        commands.resend_invitation(actor=desk.actor, now=desk.now, invitation_id=found.id)
        return back

    if desk.posted:
        said = _("The invitation is on its way to %(email)s again.") % {"email": found.email}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    context = {"invitation": found, "back_url": back}
    return desk.render("console/members/resend.html", context, status=422 if desk.posted else 200)


def _withdraw(desk: Desk, found: Invitation, back: str) -> HttpResponse:
    def act() -> str:
        commands.withdraw_invitation(actor=desk.actor, now=desk.now, invitation_id=found.id)
        return back

    if desk.posted:
        said = _("The invitation of %(email)s was withdrawn.") % {"email": found.email}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    context = {"invitation": found, "back_url": back, "danger": True}
    return desk.render("console/members/withdraw.html", context, status=422 if desk.posted else 200)
