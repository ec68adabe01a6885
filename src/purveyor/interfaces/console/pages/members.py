"""A customer's members: who they are, what they may do, how they join and leave. Seats: ``seats.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.members import EditForm, RoleForm
from purveyor.interfaces.console.pages.seats import add, assign, last_day, product, release, replace
from purveyor.interfaces.console.widgets import Pager, Tab
from purveyor.interfaces.texts import formats, labels
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.kernel.ids import show
from purveyor.seats import commands
from purveyor.seats import queries as seats
from purveyor.seats.types import Member
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

__all__ = [
    "add", "assign", "detail", "edit", "listing", "release", "remove", "replace", "resend", "role", "withdraw",
]  # fmt: skip

PAGE = 50
CONFIRM = "discount_lost"


@dataclass(frozen=True)
class Row:
    """A member in the list, with the names of what it holds a seat of."""

    member: Member
    products: tuple[str, ...]
    url: str
    changeable: bool


@dataclass(frozen=True)
class Seat:
    """A seat on a member's page; ``last_day`` is the last one of the running term."""

    assignment_id: UUID
    status: str
    subscription: Subscription | None
    last_day: date | None


def touchable(desk: Desk, member: Member) -> bool:
    """Whether the actor may change this member: an administrator is for administrators."""
    return (
        member.status != "removed" and desk.may("assign") and (member.role != "admin" or desk.may("promote"))
    )


def _to_change(desk: Desk, member_id: UUID) -> Member:
    member = seats.get_member(actor=desk.actor, member_id=member_id)
    if member.status == "removed":
        raise NotFound(kind="member")
    if not touchable(desk, member):
        raise Forbidden(act="promote")
    return member


@page("view", customer=True)
def listing(desk: Desk) -> HttpResponse:
    """Everybody who works in the customer, by name, with what they hold."""
    given = desk.request.GET
    q, status, after = given.get("q", "").strip(), given.get("state", ""), given.get("after")
    if status not in {"active", "invited", "removed"}:
        status = ""
    assert desk.customer is not None  # the frame found it
    read = {
        "actor": desk.actor,
        "customer_id": desk.customer.id,
        "q": q,
        "status": status or None,
        "limit": PAGE,
    }
    try:
        found = seats.list_members(cursor=after, **read)  # type: ignore[arg-type]  # one dict for both calls
    except Invalid:
        # A forged or outdated place in the list: begin anew.
        found = seats.list_members(cursor=None, **read)  # type: ignore[arg-type]  # as above
    held = {seat.subscription_id for member in found.rows for seat in member.seats}
    known = subscriptions.find_subscriptions(actor=desk.actor, ids=sorted(held))
    rows = [
        Row(
            member,
            tuple(product(known[s.subscription_id]) for s in member.seats if s.subscription_id in known),
            desk.url("on_member", member_id=member.id),
            touchable(desk, member),
        )
        for member in found.rows
    ]
    url = desk.url("on_members")
    kept = {name: value for name, value in (("q", q), ("state", status)) if value}
    pager = Pager(
        previous_url=f"{url}?{urlencode(kept)}" if after else "",
        next_url=f"{url}?{urlencode({**kept, 'after': found.next_cursor})}" if found.next_cursor else "",
    )
    context = {
        "rows": rows, "pager": pager, "url": url, "q": q, "state": status, "tabs": _tabs(url, q, status),
        "may_assign": desk.may("assign"),
    }  # fmt: skip
    return desk.render("console/members/listing.html", context)


def _tabs(url: str, q: str, status: str) -> list[Tab]:
    named = (("", _("All")), ("active", _("Active")), ("invited", _("Invited")), ("removed", _("Removed")))

    def address(state: str) -> str:
        kept = {name: value for name, value in (("q", q), ("state", state)) if value}
        return f"{url}?{urlencode(kept)}" if kept else url

    return [Tab(label, address(state), state == status) for state, label in named]


@page("view", customer=True)
def detail(desk: Desk, member_id: UUID) -> HttpResponse:
    """One member: data, role, seats, invitation, and what can be done."""
    member = seats.get_member(actor=desk.actor, member_id=member_id)
    known = subscriptions.find_subscriptions(actor=desk.actor, ids=[s.subscription_id for s in member.seats])
    held = [
        Seat(s.assignment_id, s.status, found, last_day(found) if found else None)
        for s in member.seats
        for found in [known.get(s.subscription_id)]
    ]
    assert desk.customer is not None  # the frame found it
    free: list[Subscription] = []
    if desk.may("assign") and member.status != "removed":
        listed = subscriptions.list_free_seats(actor=desk.actor, customer_id=desk.customer.id)
        free = [s for s in listed if s.id not in known]
    return desk.render(
        "console/members/detail.html",
        {
            "member": member, "seats": held, "free": free, "changeable": touchable(desk, member),
            "language": formats.language_text(member.language),
            "public_id": show("mem", member.id),
            "works": desk.may("assign") and member.status != "removed",
        },
    )  # fmt: skip


@page("assign", customer=True)
def edit(desk: Desk, member_id: UUID) -> HttpResponse:
    """Correct a name or a language; another e-mail invites that address."""
    member = _to_change(desk, member_id)
    initial = {"name": member.name, "email": member.email, "language": member.language}
    form = EditForm(desk.request.POST or None, initial=initial)

    def act() -> str:
        commands.update_member(
            actor=desk.actor,
            now=desk.now,
            member_id=member_id,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            language=form.cleaned_data["language"],
        )
        return desk.url("on_member", member_id=member_id)

    if desk.posted and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        moved = _("Saved. The invitation is on its way to %(email)s.") % {"email": email}
        done = desk.submit(form, act, said=_("Saved.") if email == member.email else moved)
        if done:
            return done
    context = {"form": form, "member": member, "back_url": desk.url("on_member", member_id=member_id)}
    return desk.render("console/members/edit.html", context, status=422 if desk.posted else 200)


def _roles(desk: Desk) -> list[tuple[str, str]]:
    said = {
        "member": _("Member: sees the own licenses."),
        "manager": _("Manager: adds members and assigns seats, but does not buy."),
        "admin": _("Administrator: does everything a manager does, and buys."),
    }
    offered = ("member", "manager", "admin") if desk.may("promote") else ("member", "manager")
    return [(name, said[name]) for name in offered]


@page("assign", customer=True)
def role(desk: Desk, member_id: UUID) -> HttpResponse:
    """Change what a member may do. Before somebody becomes an administrator the page asks again."""
    member = _to_change(desk, member_id)
    form = RoleForm(desk.request.POST or None, roles=_roles(desk), initial={"role": member.role})

    def act() -> str:
        commands.update_member(
            actor=desk.actor,
            now=desk.now,
            member_id=member_id,
            role=form.cleaned_data["role"],
            confirm=CONFIRM if form.cleaned_data["confirm"] else None,
        )
        return desk.url("on_member", member_id=member_id)

    context = {"form": form, "member": member, "back_url": desk.url("on_member", member_id=member_id)}
    if desk.posted and form.is_valid():
        wanted, data = form.cleaned_data["role"], form.cleaned_data
        if wanted == "admin" and member.role != "admin" and not data["confirm"]:
            if data["asked"]:
                form.add_error("confirm", _("Tick this to go on, or choose manager instead."))
            context["back_url"] = desk.url("on_member_role", member_id=member_id)
            return desk.render("console/members/role_confirm.html", context, status=422)
        said = _("%(name)s now has the role: %(role)s.") % {
            "name": member.name or member.email,
            "role": labels.role(wanted),
        }
        done = desk.submit(form, act, said=said)
        if done:
            return done
    return desk.render("console/members/role.html", context, status=422 if desk.posted else 200)


@page("assign", customer=True)
def remove(desk: Desk, member_id: UUID) -> HttpResponse:
    """Take a member out; the seats are free at once."""
    member = _to_change(desk, member_id)

    def act() -> str:
        commands.remove_member(actor=desk.actor, now=desk.now, member_id=member_id)
        return desk.url("on_members")

    if desk.posted:
        said = _("%(email)s was removed.") % {"email": member.email}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    context = {
        "member": member, "seat_count": len(member.seats), "danger": True,
        "back_url": desk.url("on_member", member_id=member_id),
    }  # fmt: skip
    return desk.render("console/members/remove.html", context, status=422 if desk.posted else 200)


def _home(desk: Desk, member_id: UUID | None) -> str:
    return desk.url("on_members") if member_id is None else desk.url("on_member", member_id=member_id)


@page("assign", customer=True)
def resend(desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Send an invitation again: the old link is void, the new one is open for the full time."""
    invitation = seats.get_invitation(actor=desk.actor, invitation_id=invitation_id)
    back = _home(desk, invitation.member_id)

    def act() -> str:
        commands.resend_invitation(actor=desk.actor, now=desk.now, invitation_id=invitation_id)
        return back

    if desk.posted:
        said = _("The invitation is on its way to %(email)s again.") % {"email": invitation.email}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    context = {"invitation": invitation, "back_url": back}
    return desk.render("console/members/resend.html", context, status=422 if desk.posted else 200)


@page("assign", customer=True)
def withdraw(desk: Desk, invitation_id: UUID) -> HttpResponse:
    """Void an invitation: who had not accepted is removed, and the reserved seats are free."""
    invitation = seats.get_invitation(actor=desk.actor, invitation_id=invitation_id)

    def act() -> str:
        commands.withdraw_invitation(actor=desk.actor, now=desk.now, invitation_id=invitation_id)
        return desk.url("on_members")

    if desk.posted:
        said = _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email}
        done = desk.submit(None, act, said=said)
        if done:
            return done
    context = {"invitation": invitation, "back_url": _home(desk, invitation.member_id), "danger": True}
    return desk.render("console/members/withdraw.html", context, status=422 if desk.posted else 200)
